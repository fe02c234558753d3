#include "detectors/drift/energy.h"

#include "detectors/drift/grid_gaps.h"
#include "detectors/drift/merge_walk.h"

namespace leeway::drift {
namespace {

constexpr const char* kMeasure = "energy";
constexpr double kRootFactor = 0x1p-100;  // of ScaledDown

/// Twice the integral may be beyond the range of double where the distance is not.
double distance_of(double squares) { return std::sqrt(2.0) * std::sqrt(squares); }

/// What (F - G)^2 can integrate to at most beyond A^2 / w, in widths. F has its mean a over the
/// cell and its values in [0, p], and so a variance of at most a (1 - a) p^2, G likewise; the
/// difference has at most the square of the sum of their deviations. And by convexity F - G itself
/// has at most that of its two extreme values.
double most_variance(const GridGap& gap) {
  const double sum =
      std::sqrt(gap.a * (1.0 - gap.a)) * gap.p + std::sqrt(gap.b * (1.0 - gap.b)) * gap.q;
  const double mean = gap.area() / gap.width;
  const double of_extremes = (gap.most() - mean) * (mean - gap.least());
  return std::max(0.0, std::min(sum * sum, of_extremes));
}

double weighted_squares(const Weighted& reference, const Weighted& current) {
  double squares = 0.0;
  walk_weighted(reference, current,
                [&](double gap, double width) { squares += gap * gap * width; });
  return squares;
}

}  // namespace

Result<double> energy_distance(std::span<const double> reference, std::span<const double> current) {
  if (auto checked = check_finite_samples(reference, current, kMeasure); !checked)
    return fail(checked.error());
  const double squares = walk_squares(reference, current).integral;
  if (std::isfinite(squares)) return distance_of(squares);
  const ScaledDown values = ScaledDown::of(reference, current);
  return distance_of(walk_squares(values.reference, values.current).integral) / kRootFactor;
}

Result<double> energy_distance(const Weighted& reference, const Weighted& current) {
  if (auto checked = check_weighted_samples(reference, current, kMeasure); !checked)
    return fail(checked.error());
  const double squares = weighted_squares(reference, current);
  if (std::isfinite(squares)) return distance_of(squares);
  const ScaledDown values = ScaledDown::of(reference.values, current.values);
  return distance_of(weighted_squares({values.reference, reference.weights},
                                      {values.current, current.weights})) /
         kRootFactor;
}

Result<GridDistance> energy_distance(const profile::Grid& grid,
                                     const profile::ColumnProfile& reference,
                                     const profile::ColumnProfile& current) {
  const auto gaps = grid_gaps(grid, reference, current, kMeasure);
  if (!gaps) return fail(gaps.error());
  double least = 0.0;
  double most = 0.0;
  for (const GridGap& gap : *gaps) {
    const double mean = gap.area() / gap.width;
    least += mean * mean * gap.width;
    most += (mean * mean + most_variance(gap)) * gap.width;
  }
  return GridDistance{.value = distance_of(least),
                      .error_bound = distance_of(most) - distance_of(least)};
}

}  // namespace leeway::drift
