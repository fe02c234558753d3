#include "detectors/drift/bins.h"
#include "detectors/drift/dialects.h"
#include "detectors/drift/histogram_measures.h"
#include "detectors/drift/psi.h"
#include "detectors/drift/sorted_walk.h"

namespace leeway::drift {
namespace {

constexpr std::size_t kDeciles = 10;

/// Of the bins of both sides: deciles of the reference with open ends, or the categories.
Result<Counts> bins_of(const Sides& sides) {
  if (!sides.column.grid) return category_counts(sides);
  const std::vector<double> edges =
      psi_edges(Binning::kQuantile, kDeciles, finite_part(sides.reference_sorted), {});
  return Counts{psi_counts(sides.reference_sorted, edges, OuterBins::kOpen),
                psi_counts(sides.current_sorted, edges, OuterBins::kOpen)};
}

Result<Measured> scorecard_psi(const Sides& sides) {
  const auto counts = bins_of(sides);
  if (!counts) return fail(counts.error());
  return psi_of(*counts, {.rule = ZeroRule::kEpsilonFill});
}

constexpr std::array kScorecard = {
    Measure{.name = "psi",
            .sentence = "population stability index over the deciles of the reference or all "
                        "categories, a share of 0 becomes 1e-4",
            .numeric = true,
            .categorical = true,
            .needs_rows = true,
            .limits_from = LimitsFrom::kDialect,
            .limits = {.warning = 0.1, .critical = 0.25},
            .measure = &scorecard_psi,
            .rows = &all_rows},
};

}  // namespace

std::span<const Measure> scorecard_measures() { return kScorecard; }

}  // namespace leeway::drift
