// quality_bench FILE: CPU seconds of folding a file, with and without what is checked of its
// values, all in turn in one process, the least of 14 runs. Not a test: figures go into commit
// messages and README.md.

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "collectors/tables/fold.h"
#include "collectors/tables/learn.h"
#include "detectors/drift/quality_findings.h"
#include "detectors/profile/reference.h"

namespace {

using namespace leeway;

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](timeval time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

template <class T>
T or_die(Result<T> result) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "%s\n", result.error().message.c_str());
  std::exit(1);
}

double least(const std::vector<double>& times) {
  return *std::min_element(times.begin(), times.end());
}

struct Variant {
  const char* what;
  tables::FoldPlan plan;
  std::vector<double> seconds{};
};

/// What a window is held against without a word of the user.
tables::FoldPlan with_ranges(tables::FoldPlan plan, const profile::Reference& reference) {
  for (std::size_t i = 0; i < reference.schema.columns.size(); ++i) {
    if (!reference.schema.columns[i].grid) continue;
    const profile::ColumnProfile& shown = reference.profile.columns[i];
    plan.value_rules[reference.schema.columns[i].name].shown =
        profile::Interval{.min = shown.min, .max = shown.max};
  }
  return plan;
}

/// A rule for each column of a kind.
template <class Change>
tables::FoldPlan with_rules(tables::FoldPlan plan, ColumnType type, const Change& change) {
  for (const profile::Column& column : plan.schema.columns) {
    if (column.type == type) change(plan.value_rules[column.name], column);
  }
  return plan;
}

std::vector<std::string> names_of(const profile::Column& column) {
  std::vector<std::string> names;
  for (std::size_t i = 0; column.categories && i < column.categories->size(); ++i) {
    names.emplace_back(column.categories->name(i));
  }
  return names;
}

void judge(const profile::Reference& reference) {
  drift::QualityLimits limits;
  limits.duplicate_rows.critical = 0.1;
  constexpr int kRuns = 1000;
  std::size_t findings = 0;
  const double start = cpu_seconds();
  for (int run = 0; run < kRuns; ++run) {
    for (std::size_t i = 0; i < reference.schema.columns.size(); ++i) {
      const profile::ColumnProfile& side = reference.profile.columns[i];
      findings += drift::quality_findings(reference.schema.columns[i],
                                          {.column = side, .windows = {}}, side, limits, 200)
                      .size();
    }
  }
  const double each = (cpu_seconds() - start) / kRuns;
  std::printf("judge %zu findings of a window: %.3f ms\n", findings / kRuns, 1e3 * each);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "quality_bench FILE\n");
    return 2;
  }
  const tables::LearnPlan learning{
      .files = {argv[1]},
      .source = argv[1],
      .rules = {},
      .panes = {},
      .scratch = {.directory = std::filesystem::temp_directory_path(), .stem = "quality-bench"},
      .limits = {}};
  const tables::LearnAnswer learned = or_die(tables::learn(learning));
  const profile::Reference reference = or_die(profile::Reference::deserialize(learned.reference));
  const tables::FoldPlan plain{.files = learning.files,
                               .schema = reference.schema,
                               .reference_columns = learned.columns,
                               .timestamp = {},
                               .panes = {},
                               .not_after = {},
                               .segments = {},
                               .missing_values = {},
                               .value_rules = {},
                               .count_row_keys = false,
                               .scratch = learning.scratch,
                               .limits = {}};
  const tables::FoldPlan by_default = with_ranges(plain, reference);
  tables::FoldPlan rows = by_default;
  rows.count_row_keys = true;
  std::vector<Variant> variants;
  variants.push_back({"nothing", plain});
  variants.push_back({"the reference's ranges: by default", by_default});
  variants.push_back({"min and max of every number",
                      with_rules(by_default, ColumnType::kNumeric, [](auto& rules, const auto&) {
                        rules.min = -1e6;
                        rules.max = 1e6;
                      })});
  variants.push_back({"one_of of every category", with_rules(by_default, ColumnType::kCategorical,
                                                             [](auto& rules, const auto& column) {
                                                               rules.one_of = names_of(column);
                                                             })});
  variants.push_back({"pattern of every category", with_rules(by_default, ColumnType::kCategorical,
                                                              [](auto& rules, const auto&) {
                                                                rules.pattern = "^[a-z]+[0-9]";
                                                              })});
  variants.push_back({"one_of of every number",
                      with_rules(by_default, ColumnType::kNumeric, [](auto& rules, const auto&) {
                        for (int i = 0; i < 100; ++i) rules.one_of.push_back(std::to_string(i));
                      })});
  variants.push_back({"whole rows", rows});
  constexpr std::size_t kRuns = 14;
  for (std::size_t run = 0; run < kRuns; ++run) {
    for (std::size_t i = 0; i < variants.size(); ++i) {
      Variant& variant = variants[(i + run) % variants.size()];  // nobody is always the first
      const double start = cpu_seconds();
      or_die(tables::fold(variant.plan));
      variant.seconds.push_back(cpu_seconds() - start);
    }
  }
  const auto count = static_cast<double>(reference.profile.rows) *
                     static_cast<double>(reference.schema.columns.size());
  const double floor = least(variants.front().seconds);
  for (const Variant& variant : variants) {
    const double seconds = least(variant.seconds);
    std::printf("%-40s %.3f s  %+6.1f %%  %+6.2f ns a value\n", variant.what, seconds,
                100.0 * (seconds / floor - 1.0), 1e9 * (seconds - floor) / count);
  }
  judge(reference);
}
