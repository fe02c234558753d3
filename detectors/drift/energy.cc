#include "detectors/drift/energy.h"

#include "detectors/drift/grid_gaps.h"
#include "detectors/drift/merge_walk.h"

namespace leeway::drift {
namespace {

constexpr const char* kMeasure = "energy";
constexpr double kRootFactor = 0x1p-100;  // of ScaledDown

/// Twice the integral may be beyond the range of double where the distance is not.
double distance_of(double squares) { return std::sqrt(2.0) * std::sqrt(squares); }

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
    const double area = gap.area();
    const double squares = area * (area / gap.width);
    const double chord = (gap.most() + gap.least()) * area - gap.most() * gap.least() * gap.width;
    least += squares;
    most += std::max(squares, chord);
  }
  return GridDistance{.value = distance_of(least),
                      .error_bound = distance_of(most) - distance_of(least)};
}

}  // namespace leeway::drift
