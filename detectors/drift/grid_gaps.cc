#include "detectors/drift/grid_gaps.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace leeway::drift {
namespace {

using profile::ColumnProfile;
using profile::Grid;

Result<> check_side(const Grid& grid, const ColumnProfile& side, const char* name,
                    const char* measure) {
  const std::string where = std::string(measure) + ": '" + name + "' ";
  if (side.cells.count.empty()) return fail(ErrorCode::kInsufficientData, where + "has no values");
  if (side.positive_infinite + side.negative_infinite != 0) {
    return fail(ErrorCode::kInvalidArgument,
                where + "holds an infinity, to which there is no distance");
  }
  if (side.cells.sum.size() != side.cells.count.size() || !(side.min <= side.max) ||
      side.cells.index.back() >= grid.cells()) {
    return fail(ErrorCode::kInvalidArgument, where + "was not folded into this grid");
  }
  if (!std::all_of(side.cells.sum.begin(), side.cells.sum.end(),
                   [](double sum) { return std::isfinite(sum); })) {
    return fail(ErrorCode::kInvalidArgument, where + "has sums beyond the range of a double");
  }
  return {};
}

/// The cells of one side in turn, and how much of it lies below the one at hand.
class Side {
 public:
  explicit Side(const ColumnProfile& column)
      : cells_(column.cells), rows_(static_cast<double>(column.cells.total())) {}

  bool done() const { return at_ == cells_.index.size(); }
  std::size_t cell() const {
    return done() ? std::numeric_limits<std::size_t>::max() : cells_.index[at_];
  }
  double below() const { return static_cast<double>(below_) / rows_; }

  struct Part {
    double share = 0.0;
    double mean = 0.0;
  };
  /// What lies in the cell, which is behind afterwards.
  Part take(std::size_t wanted) {
    if (cell() != wanted) return {};
    const auto count = static_cast<double>(cells_.count[at_]);
    const Part part{.share = count / rows_, .mean = cells_.sum[at_] / count};
    below_ += cells_.count[at_++];
    return part;
  }

 private:
  const profile::SparseCells& cells_;
  double rows_;
  std::uint64_t below_ = 0;
  std::size_t at_ = 0;
};

/// The mean of a distribution function's rise over a cell that holds values of this mean.
double mean_rise(double mean, double lower, double upper) {
  // The rounding of a sum must not put the mean outside of its cell.
  return (upper - std::clamp(mean, lower, upper)) / (upper - lower);
}

}  // namespace

Result<std::vector<GridGap>> grid_gaps(const Grid& grid, const ColumnProfile& reference,
                                       const ColumnProfile& current, const char* measure) {
  if (auto checked = check_side(grid, reference, "reference", measure); !checked)
    return fail(checked.error());
  if (auto checked = check_side(grid, current, "current", measure); !checked)
    return fail(checked.error());
  const double first = std::min(reference.min, current.min);
  const double last = std::max(reference.max, current.max);
  if (std::isinf(last - first)) {
    return fail(ErrorCode::kInvalidArgument,
                std::string(measure) + ": the values span more than a double can hold");
  }
  std::vector<GridGap> gaps;
  Side f(reference);
  Side g(current);
  double here = first;
  while (!f.done() || !g.done()) {
    const std::size_t cell = std::min(f.cell(), g.cell());
    const double before = f.below() - g.below();
    const double lower = cell == 0 ? first : std::clamp(grid.edges()[cell - 1], here, last);
    const double upper =
        cell == grid.edges().size() ? last : std::clamp(grid.edges()[cell], lower, last);
    if (lower > here && before != 0.0) gaps.push_back({.width = lower - here, .before = before});
    const Side::Part p = f.take(cell);
    const Side::Part q = g.take(cell);
    if (upper > lower) {
      gaps.push_back({.width = upper - lower,
                      .before = before,
                      .p = p.share,
                      .a = mean_rise(p.mean, lower, upper),
                      .q = q.share,
                      .b = mean_rise(q.mean, lower, upper)});
    }
    here = upper;
  }
  return gaps;
}

}  // namespace leeway::drift
