#pragma once

#include <vector>

#include "detectors/base/result.h"
#include "detectors/profile/profile.h"

namespace leeway::drift {

/// What a grid knows of F - G, the difference of the two distribution functions, along one stretch
/// of the line: F rises by p to f0 + p inside it, G by q. By parts, the integral of F is that of
/// f0 + a p, where a is how far the mean of its values in the stretch lies from the upper end, in
/// widths; known from counts and sums up to the rounding of these.
struct GridGap {
  double width = 0.0;
  double before = 0.0;  ///< F - G at the lower end
  double p = 0.0;       ///< share of the reference inside
  double a = 0.0;       ///< mean of its rise over the stretch, in [0, 1]
  double q = 0.0;       ///< share of the current sample inside
  double b = 0.0;

  double least() const { return before - q; }  ///< F - G is at least this all along ...
  double most() const { return before + p; }   ///< ... and at most this
  double area() const { return width * (before + a * p - b * q); }  ///< its integral
};

/// The stretches from the least to the largest finite value of either side, where F - G is not 0
/// throughout: one for each cell that holds something, one between two such cells.
///
/// @param reference, current  numeric columns folded into `grid`
/// kInsufficientData if a side has no values, kInvalidArgument if it holds infinities or its cells
/// have no sums. O(cells that hold something).
Result<std::vector<GridGap>> grid_gaps(const profile::Grid& grid,
                                       const profile::ColumnProfile& reference,
                                       const profile::ColumnProfile& current, const char* measure);

}  // namespace leeway::drift
