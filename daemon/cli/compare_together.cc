#include "daemon/cli/compare_together.h"

#include <algorithm>

#include "collectors/tables/multivariate.h"
#include "daemon/monitor/multivariate.h"
#include "detectors/base/names.h"

namespace leeway::cli {
namespace {

constexpr std::uint64_t kSampleRows = 1000;
constexpr std::string_view kEmbedding = "=embedding";

std::size_t embeddings(const CompareArguments& arguments) {
  return static_cast<std::size_t>(std::ranges::count_if(
      arguments.types, [](const std::string& type) { return type.ends_with(kEmbedding); }));
}

}  // namespace

Result<> check_multivariate(const CompareArguments& arguments) {
  for (const std::string& name : arguments.multivariate) {
    if (multivariate::find_measure(name) != nullptr) continue;
    const auto nearest = nearest_name(name, multivariate::kMeasureNames);
    return fail(ErrorCode::kInvalidArgument,
                "--multivariate: there is no measure '" + name + "'" +
                    (nearest ? "; did you mean '" + *nearest + "'?" : ""));
  }
  return {};
}

std::uint64_t sample_rows(const CompareArguments& arguments) {
  return arguments.multivariate.empty() && embeddings(arguments) == 0 ? 0 : kSampleRows;
}

threshold::Policy policy_of(const CompareArguments& arguments) {
  threshold::Policy policy;
  policy.dialect = arguments.dialect;
  policy.multivariate_tests = arguments.multivariate.size() + embeddings(arguments);
  return policy;
}

Result<std::vector<Finding>> compare_together(const CompareArguments& arguments,
                                              const std::filesystem::path& folder,
                                              const profile::Schema& schema,
                                              const tables::LearnAnswer& learned,
                                              const tables::FoldedPane& current) {
  if (!learned.sample || !current.sample) return std::vector<Finding>{};
  tables::MeasurePlan plan =
      monitor::multivariate_plan(schema, folder / *learned.sample, arguments.multivariate, 0);
  auto windows = tables::measure(plan);
  if (!windows) return fail(std::move(windows.error()));
  const monitor::MultivariateBaseline baseline = monitor::baseline_of(plan, *windows);
  plan.columns = baseline.columns;
  plan.current = {folder / *current.sample};
  auto measured = tables::measure(plan);
  if (!measured) return fail(std::move(measured.error()));
  return monitor::multivariate_findings(baseline, policy_of(arguments), measured->windows.front());
}

}  // namespace leeway::cli
