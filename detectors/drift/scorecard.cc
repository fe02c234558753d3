#include <cmath>

#include "detectors/drift/bin_measures.h"
#include "detectors/drift/dialects.h"
#include "detectors/drift/measure_table.h"
#include "detectors/drift/sorted_walk.h"

namespace leeway::drift {
namespace {

constexpr std::size_t kDeciles = 10;

/// Deciles of the reference with open ends, or the categories.
Bins bins_of(const Sides& sides) {
  if (!sides.column.grid) return category_bins(sides);
  const std::vector<double> edges =
      psi_edges(Binning::kQuantile, kDeciles, finite_part(sides.reference_sorted), {});
  return {.counts = {psi_counts(sides.reference_sorted, edges, OuterBins::kOpen),
                     psi_counts(sides.current_sorted, edges, OuterBins::kOpen)}};
}

Result<Measured> psi_on_bins(const Sides& sides) {
  return psi_of(bins_of(sides), {.rule = ZeroRule::kEpsilonFill});
}
Result<Measured> jensen_shannon_on_bins(const Sides& sides) {
  return jensen_shannon_of(bins_of(sides), LogBase::kTwo);
}
Result<Measured> hellinger_on_bins(const Sides& sides) { return hellinger_of(bins_of(sides)); }
Result<Measured> total_variation_on_bins(const Sides& sides) {
  return total_variation_of(bins_of(sides));
}
Result<Measured> l_infinity_on_bins(const Sides& sides) { return l_infinity_of(bins_of(sides)); }
Result<Measured> chi_squared_on_bins(const Sides& sides) {
  return contingency_of(bins_of(sides), CountTest::kPearson);
}
Result<Measured> g_on_bins(const Sides& sides) {
  return contingency_of(bins_of(sides), CountTest::kG);
}
Result<Measured> cramers_v_on_bins(const Sides& sides) {
  auto measured = chi_squared_on_bins(sides);
  if (!measured) return measured;
  measured->value = std::sqrt(
      measured->value / (rows_with_values(sides.reference) + rows_with_values(sides.current)));
  return measured;
}

/// As leeway-1 has it but for the bins.
consteval Measure on_bins(std::string_view name, std::string_view sentence,
                          Result<Measured> (*measure)(const Sides&)) {
  Measure own = as_in_table(name);
  own.sentence = sentence;
  own.needs_rows = true;
  own.measure = measure;
  own.rows = &rows_with_values;
  return own;
}

constexpr std::array kScorecard = {
    [] {
      Measure own = on_bins("psi",
                            "population stability index over the deciles of the reference or all "
                            "categories, a share of 0 becomes 1e-4",
                            &psi_on_bins);
      own.limits_from = LimitsFrom::kDialect;
      own.limits = {.warning = 0.1, .critical = 0.25};
      return own;
    }(),
    on_bins("jensen_shannon", "Jensen-Shannon distance with base 2 of the same bins",
            &jensen_shannon_on_bins),
    on_bins("hellinger", "Hellinger distance of the same bins", &hellinger_on_bins),
    on_bins("total_variation", "total variation distance of the same bins",
            &total_variation_on_bins),
    on_bins("l_infinity", "the largest change of a share of the same bins", &l_infinity_on_bins),
    on_bins("chi_squared", "chi-squared statistic of homogeneity of the same bins",
            &chi_squared_on_bins),
    on_bins("g", "G statistic of homogeneity of the same bins", &g_on_bins),
    on_bins("cramers_v", "Cramer's V of the same bins", &cramers_v_on_bins),
};

}  // namespace

std::span<const Measure> scorecard_measures() { return kScorecard; }

}  // namespace leeway::drift
