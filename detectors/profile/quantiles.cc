#include "detectors/profile/quantiles.h"

#include <algorithm>
#include <cmath>

namespace leeway::profile {
namespace {

/// The finite values of a cell: infinities lie in the outer ones.
std::uint64_t finite_count(const Grid& grid, const ColumnProfile& column, std::size_t at) {
  std::uint64_t count = column.cells.count[at];
  const std::size_t cell = column.cells.index[at];
  if (cell == 0) count -= std::min(count, column.negative_infinite);
  if (cell + 1 == grid.cells()) count -= std::min(count, column.positive_infinite);
  return count;
}

struct Ends {
  double low;
  double high;
};

Ends ends_of(const Grid& grid, const ColumnProfile& column, std::size_t cell) {
  const auto edges = grid.edges();
  const double low = cell == 0 ? column.min : edges[cell - 1];
  const double high = cell == edges.size() ? column.max : edges[cell];
  return {.low = std::clamp(low, column.min, column.max),
          .high = std::clamp(high, column.min, column.max)};
}

}  // namespace

std::optional<Quantile> quantile(const Grid& grid, const ColumnProfile& column, double q) {
  const double n = static_cast<double>(column.moments.count);
  if (column.moments.count == 0 || !(column.min <= column.max)) return std::nullopt;
  const double rank = std::clamp(q, 0.0, 1.0) * n;
  double below = 0.0;
  std::optional<Quantile> found;
  for (std::size_t at = 0; at < column.cells.index.size(); ++at) {
    const auto count = static_cast<double>(finite_count(grid, column, at));
    if (count == 0.0) continue;
    const std::size_t cell = column.cells.index[at];
    const Ends ends = ends_of(grid, column, cell);
    const double part = std::clamp((rank - below) / count, 0.0, 1.0);
    const bool exact = grid.single_valued(cell) || ends.low == ends.high;
    found = Quantile{.value = exact ? ends.low : ends.low + part * (ends.high - ends.low),
                     .rank_error = exact ? 0.0 : std::max(rank - below, below + count - rank) / n};
    if (rank <= below + count) break;
    below += count;
  }
  return found;
}

}  // namespace leeway::profile
