#include "detectors/drift/approximate_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace leeway::drift {
namespace {

using profile::ColumnProfile;
using profile::Grid;

/// How many stand for so many rows, so that after any number of them as many do as should.
class Thinned {
 public:
  Thinned(std::uint64_t rows, std::size_t most)
      : share_(rows <= most ? 1.0 : static_cast<double>(most) / static_cast<double>(rows)) {}

  std::size_t take(std::uint64_t count) {
    rows_ += count;
    const auto wanted = static_cast<std::size_t>(std::round(static_cast<double>(rows_) * share_));
    const std::size_t stand_ins = wanted - taken_;
    taken_ = wanted;
    return stand_ins;
  }

 private:
  double share_;
  std::uint64_t rows_ = 0;
  std::size_t taken_ = 0;
};

/// Values in [low, high] with that mean: quantiles of a power law, evenly spaced.
void spread(double low, double high, double mean, std::size_t count, std::vector<double>& out) {
  const double place = high > low ? (mean - low) / (high - low) : 0.0;
  const bool inside = place > 0.0 && place < 1.0;
  const double power = inside ? (1.0 - place) / place : 0.0;
  for (std::size_t i = 0; i < count; ++i) {
    const double u = (static_cast<double>(i) + 0.5) / static_cast<double>(count);
    out.push_back(inside ? low + (high - low) * std::pow(u, power) : std::clamp(mean, low, high));
  }
}

}  // namespace

std::vector<double> approximate_rows(const Grid& grid, const ColumnProfile& column,
                                     std::size_t most) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const profile::SparseCells& cells = column.cells;
  const auto edges = grid.edges();
  Thinned rows(cells.total(), most);
  std::vector<double> values(rows.take(column.negative_infinite), -kInfinity);
  for (std::size_t i = 0; i < cells.count.size() && i < cells.sum.size(); ++i) {
    const std::size_t cell = cells.index[i];
    std::uint64_t finite = cells.count[i];
    if (cell == 0) finite -= std::min(finite, column.negative_infinite);
    if (cell + 1 == grid.cells()) finite -= std::min(finite, column.positive_infinite);
    if (finite == 0) continue;
    const double mean = cells.sum[i] / static_cast<double>(finite);
    double low = cell == 0 ? column.min : std::max(column.min, edges[cell - 1]);
    double high = cell < edges.size() ? std::min(column.max, edges[cell]) : column.max;
    if (grid.single_valued(cell)) low = high = edges[cell - 1];
    spread(low, std::max(low, high), mean, rows.take(finite), values);
  }
  values.insert(values.end(), rows.take(column.positive_infinite), kInfinity);
  // The range decides where bins of equal width lie.
  const auto is_finite = [](double value) { return std::isfinite(value); };
  const auto first = std::find_if(values.begin(), values.end(), is_finite);
  const auto last = std::find_if(values.rbegin(), values.rend(), is_finite);
  if (first != values.end() && column.min <= column.max) {
    *first = std::min(*first, column.min);
    *last = std::max(*last, column.max);
  }
  return values;
}

}  // namespace leeway::drift
