#include "detectors/drift/energy.h"

#include "detectors/drift/grid_gaps.h"

namespace leeway::drift {
namespace {

constexpr const char* kMeasure = "energy";

/// Twice the integral may be beyond the range of double where the distance is not.
double distance_of(double squares) { return std::sqrt(2.0) * std::sqrt(squares); }

}  // namespace

Result<double> energy_distance(std::span<const double> reference, std::span<const double> current) {
  if (auto checked = check_finite_samples(reference, current, kMeasure); !checked)
    return fail(checked.error());
  if (Quartered::needed(reference, current)) {
    const Quartered values = Quartered::of(reference, current);
    const auto half = energy_distance(values.reference, values.current);
    return half ? Result<double>(*half * 2.0) : half;
  }
  double squares = 0.0;
  walk(reference, current, [&](double gap, double width) { squares += gap * gap * width; });
  return distance_of(squares);
}

Result<double> energy_distance(const Weighted& reference, const Weighted& current) {
  if (auto checked = check_weighted_samples(reference, current, kMeasure); !checked)
    return fail(checked.error());
  if (Quartered::needed(reference.values, current.values)) {
    const Quartered values = Quartered::of(reference.values, current.values);
    const auto half = energy_distance(Weighted{values.reference, reference.weights},
                                      Weighted{values.current, current.weights});
    return half ? Result<double>(*half * 2.0) : half;
  }
  double squares = 0.0;
  walk_weighted(reference, current,
                [&](double gap, double width) { squares += gap * gap * width; });
  return distance_of(squares);
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
