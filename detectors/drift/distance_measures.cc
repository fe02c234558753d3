#include "detectors/drift/distance_measures.h"

#include <algorithm>
#include <cmath>

#include "detectors/drift/energy.h"
#include "detectors/drift/mean_discrepancy.h"
#include "detectors/drift/moment_measures.h"
#include "detectors/drift/null_distributions.h"
#include "detectors/drift/numbers.h"
#include "detectors/drift/rank_measures.h"
#include "detectors/drift/sorted_distances.h"
#include "detectors/drift/wasserstein.h"

namespace leeway::drift {
namespace {

using profile::Column;
using profile::ColumnProfile;

/// Infinities are in the outer cells; here they are taken out of them again.
ColumnProfile without_infinities(const profile::Grid& grid, const ColumnProfile& side) {
  ColumnProfile finite;
  finite.rows = side.rows;
  finite.cells = side.cells;
  finite.moments = side.moments;
  finite.min = side.min;
  finite.max = side.max;
  profile::SparseCells infinite;
  const auto take = [&infinite](std::uint32_t cell, std::uint64_t count) {
    if (count == 0) return;
    infinite.index.push_back(cell);
    infinite.count.push_back(count);
    infinite.sum.push_back(0.0);
  };
  const auto last = static_cast<std::uint32_t>(grid.cells() - 1);
  if (last == 0) {
    take(0, side.negative_infinite + side.positive_infinite);
  } else {
    take(0, side.negative_infinite);
    take(last, side.positive_infinite);
  }
  finite.cells.subtract(infinite);
  return finite;
}

using OfRows = Result<double> (*)(std::span<const double>, std::span<const double>);
using OfCells = Result<GridDistance> (*)(const profile::Grid&, const ColumnProfile&,
                                         const ColumnProfile&);

Result<GridDistance> distance(const Sides& sides, OfRows of_rows, OfCells of_cells) {
  if (sides.has_rows()) {
    const auto exact =
        of_rows(finite_part(sides.reference_sorted), finite_part(sides.current_sorted));
    if (!exact) return fail(exact.error());
    return GridDistance{.value = *exact};
  }
  const auto has_infinity = [](const ColumnProfile& side) {
    return side.positive_infinite + side.negative_infinite != 0;
  };
  const profile::Grid& grid = *sides.column.grid;
  if (!has_infinity(sides.reference) && !has_infinity(sides.current))
    return of_cells(grid, sides.reference, sides.current);
  return of_cells(grid, without_infinities(grid, sides.reference),
                  without_infinities(grid, sides.current));
}

Result<GridDistance> wasserstein_of(const Sides& sides) {
  if (sides.distances != nullptr && sides.distances->wasserstein)
    return GridDistance{.value = *sides.distances->wasserstein};
  return distance(sides, &wasserstein_distance, &wasserstein_distance);
}

Result<Measured> scaled(const Result<GridDistance>& distance, const Result<double>& unit) {
  if (!distance) return fail(distance.error());
  if (!unit) return fail(unit.error());
  return Measured{.value = distance->value / *unit, .error_bound = distance->error_bound / *unit};
}

/// The distribution function of the reference as steps: between the means of neighbouring cells it
/// is `share`.
struct Step {
  double width = 0.0;
  double share = 0.0;
};

std::vector<Step> steps_of(const ColumnProfile& reference) {
  const profile::SparseCells& cells = reference.cells;
  const auto rows = static_cast<double>(cells.total());
  std::vector<Step> steps;
  double below = 0.0;
  double last = 0.0;
  for (std::size_t i = 0; i < cells.count.size() && i < cells.sum.size(); ++i) {
    const auto count = static_cast<double>(cells.count[i]);
    const double mean = cells.sum[i] / count;
    if (i > 0) steps.push_back({.width = std::max(0.0, mean - last), .share = below / rows});
    last = mean;
    below += count;
  }
  return steps;
}

double mean_of_wasserstein(const ColumnProfile& reference) {
  double area = 0.0;
  for (const Step& step : steps_of(reference))
    area += step.width * std::sqrt(step.share * (1.0 - step.share));
  return kMeanAbsNormal * area;
}

/// (K f)(x) = integral of 2 (min(F, F') - F F') f, in one pass up and one down.
std::vector<double> apply_kernel(const std::vector<Step>& steps, const std::vector<double>& f) {
  std::vector<double> out(f.size());
  double below = 0.0;
  for (std::size_t i = 0; i < f.size(); ++i) {
    below += steps[i].share * f[i] * steps[i].width;
    out[i] = 2.0 * (1.0 - steps[i].share) * below;
  }
  double above = 0.0;
  for (std::size_t i = f.size(); i-- > 0;) {
    out[i] += 2.0 * steps[i].share * above;
    above += (1.0 - steps[i].share) * f[i] * steps[i].width;
  }
  return out;
}

double largest_eigenvalue(const std::vector<Step>& steps) {
  constexpr int kIterations = 12;  // the second one is at most a quarter or so: 1e-7
  std::vector<double> f;
  for (const Step& step : steps) f.push_back(step.share * (1.0 - step.share));
  double eigenvalue = 0.0;
  for (int i = 0; i < kIterations; ++i) {
    const std::vector<double> next = apply_kernel(steps, f);
    double product = 0.0;
    double square = 0.0;
    for (std::size_t k = 0; k < f.size(); ++k) {
      product += f[k] * next[k] * steps[k].width;
      square += f[k] * f[k] * steps[k].width;
    }
    if (!(square > 0.0)) return 0.0;
    eigenvalue = product / square;
    f = next;
    for (double& value : f) value /= eigenvalue;
  }
  return eigenvalue;
}

double deviation_of(const ColumnProfile& side) {
  return std::sqrt(side.moments.variance_population());
}

}  // namespace

Result<Measured> wasserstein(const Sides& sides) {
  return scaled(wasserstein_of(sides), reference_deviation(sides));
}

Result<Measured> wasserstein_plain(const Sides& sides) {
  return scaled(wasserstein_of(sides), 1.0);
}

Result<Measured> energy(const Sides& sides) {
  auto unit = reference_deviation(sides);
  if (unit) *unit = std::sqrt(*unit);
  return scaled(distance(sides, &energy_distance, &energy_distance), unit);
}

Result<Measured> empirical_mmd(const Sides& sides) {
  constexpr std::size_t kPermutations = 199;
  const auto test = mean_discrepancy(finite_part(sides.reference_sorted),
                                     finite_part(sides.current_sorted), kPermutations, 0);
  if (!test) return fail(test.error());
  return Measured{.value = test->squared, .p_value = test->p_value};
}

Explanation explain_distance(const Sides& sides) {
  Explanation explanation = explain_ks(sides);
  const auto moved = wasserstein_of(sides);
  if (!moved) return explanation;
  const double mean_moved = sides.current.moments.mean - sides.reference.moments.mean;
  const double deviation = deviation_of(sides.reference);
  std::string sentence = "values moved by ";
  if (!sides.column.is_private) {
    sentence += brief(moved->value, 3) + " on average";
  } else if (deviation > 0.0) {
    sentence += brief(moved->value / deviation, 3) + " standard deviations on average";
  } else {
    return explanation;
  }
  // All of them in one direction: then the distance is the difference of the means.
  const bool one_way = std::abs(mean_moved) >= 0.9 * moved->value;
  if (one_way) {
    sentence += mean_moved > 0.0 ? ", upwards" : ", downwards";
  } else if (!explanation.shifts.empty()) {
    sentence += ": " + explanation.sentence;
  }
  explanation.sentence = std::move(sentence);
  return explanation;
}

NullParameters wasserstein_null(const Column& /*column*/, const ColumnProfile& reference,
                                const Classes& /*classes*/) {
  const double deviation = deviation_of(reference);
  if (!(deviation > 0.0)) return {0.0, 0.0};
  return {mean_of_wasserstein(reference) / deviation, 1.0};
}

NullParameters wasserstein_plain_null(const Column& /*column*/, const ColumnProfile& reference,
                                      const Classes& /*classes*/) {
  return {mean_of_wasserstein(reference), deviation_of(reference)};
}

NullParameters energy_null(const Column& /*column*/, const ColumnProfile& reference,
                           const Classes& /*classes*/) {
  const double deviation = deviation_of(reference);
  if (!(deviation > 0.0)) return {0.0, 0.0};
  const std::vector<Step> steps = steps_of(reference);
  double total = 0.0;
  for (const Step& step : steps) total += 2.0 * step.width * step.share * (1.0 - step.share);
  return {total / deviation, largest_eigenvalue(steps) / deviation};
}

double energy_noise(const NullParameters& null, double reference_rows, double current_rows) {
  const SumOfSquares squares{.total = null[0], .largest = null[1]};
  return squares.mean_of_root() / std::sqrt(effective_rows(reference_rows, current_rows));
}

double energy_ratio(const NullParameters& null, double alpha) {
  const SumOfSquares squares{.total = null[0], .largest = null[1]};
  return std::sqrt(squares.quantile(alpha)) / squares.mean_of_root();
}

}  // namespace leeway::drift
