#include "tests/tools/vectors/statistics.h"

#include <array>

#include "tests/tools/vectors/json.h"

namespace leeway::vectors {
namespace {

Object generator(const Object& /*inputs*/, const Object& params) {
  const json::array values = expand(member(params, "spec"));
  const std::size_t shown = std::min<std::size_t>(values.size(), 6);
  Object out;
  out["n"] = values.size();
  out["first"] = json::array(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(shown));
  out["last"] = values.empty() ? json::value(nullptr) : values[values.size() - 1];
  return out;
}

constexpr auto kStatistics = std::to_array<Statistic>({
    {"generator", &generator},
    {"psi_counts", &psi_from_counts},
    {"psi_numeric", &psi_of_numbers},
    {"psi_categorical", &psi_of_categories},
    {"ks_two_sample", &ks_two_sample},
    {"discrete", &discrete_distances},
    {"sample", &sample_distances},
    {"cramer_von_mises", &cramer_von_mises},
    {"anderson_darling_k_sample", &anderson_darling},
    {"epps_singleton", &epps_singleton},
    {"mann_whitney_u", &mann_whitney},
    {"t_tests", &t_tests},
    {"variance_tests", &variance_tests},
    {"contingency", &contingency},
    {"goodness_of_fit", &goodness_of_fit},
    {"fisher_exact", &fisher_exact},
    {"two_proportion_z", &two_proportion_z},
    {"adjust", &adjust},
    {"mmd_rbf", &mmd_rbf},
    {"page_hinkley_one_sided", &page_hinkley_one_sided},
    {"page_hinkley_two_sided", &page_hinkley_two_sided},
    {"cusum", &cusum},
    {"cusum_warmup", &cusum_warmup},
    {"ewma_chart", &ewma_chart},
    {"shewhart", &shewhart},
    {"adwin", &adwin},
    {"ddm", &ddm},
    {"eddm", &eddm},
    {"kswin", &kswin},
    {"describe", &describe},
    {"merge", &merge},
    {"histogram_equal_width", &histogram_equal_width},
    {"histogram_given_edges", &histogram_given_edges},
    {"bin_rule_edges", &bin_rule_edges},
    {"quantile_edges", &quantile_edges_of},
    {"categorical_profile", &categorical_profile},
});

}  // namespace

std::span<const Statistic> statistics() { return kStatistics; }

const Statistic* find_statistic(std::string_view name) {
  for (const Statistic& statistic : kStatistics) {
    if (statistic.name == name) return &statistic;
  }
  return nullptr;
}

}  // namespace leeway::vectors
