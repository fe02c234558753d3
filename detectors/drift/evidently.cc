#include "detectors/drift/bins.h"
#include "detectors/drift/dialects.h"
#include "detectors/drift/histogram_measures.h"
#include "detectors/drift/psi.h"
#include "detectors/drift/sorted_walk.h"

namespace leeway::drift {
namespace {

constexpr std::size_t kValuesAsCategories = 20;

/// Up to 20 distinct reference values: each value of either side is a bin. Else equal-width bins by
/// Sturges' rule over both sides together. Infinities are dropped with the missing values.
Result<Counts> bins_of(const Sides& sides) {
  if (!sides.column.grid) return category_counts(sides);
  const std::span<const double> reference = finite_part(sides.reference_sorted);
  const std::span<const double> current = finite_part(sides.current_sorted);
  if (distinct_values(reference) <= kValuesAsCategories) {
    const std::vector<double> values = all_values(reference, current);
    return Counts{counts_of(reference, values), counts_of(current, values)};
  }
  const std::vector<double> edges = psi_edges(Binning::kSturgesPooled, 0, reference, current);
  return Counts{psi_counts(reference, edges, OuterBins::kOpen),
                psi_counts(current, edges, OuterBins::kOpen)};
}

Result<Measured> evidently_psi(const Sides& sides) {
  const auto counts = bins_of(sides);
  if (!counts) return fail(counts.error());
  return psi_of(*counts, {.rule = ZeroRule::kAdaptiveFill});
}

constexpr std::array kEvidently = {
    Measure{.name = "psi",
            .sentence = "population stability index over equal-width bins of both sides together, "
                        "or all values and categories, a share of 0 becomes 1e-4 or less",
            .numeric = true,
            .categorical = true,
            .needs_rows = true,
            .limits_from = LimitsFrom::kDialect,
            .limits = {.critical = 0.1},
            .measure = &evidently_psi,
            .rows = &all_rows},
};

}  // namespace

std::span<const Measure> evidently_measures() { return kEvidently; }

}  // namespace leeway::drift
