#pragma once

#include "detectors/drift/sorted_walk.h"
#include "detectors/profile/profile.h"

namespace leeway::drift {

/// Wasserstein-1 (earth mover's) distance: the integral of |F - G| over the line, where F and G are
/// the distribution functions of the two samples; equally the mean distance that rows have to be
/// moved. A metric in the unit of the column, moved by every change of scale; at least the
/// difference of the means.
///
/// @param reference, current  ascending, without NaN
/// @return kInsufficientData if a side is empty, kInvalidArgument if it holds an infinity (see
///         finite_part). Infinite only beyond the range of double. O(m + n).
Result<double> wasserstein_distance(std::span<const double> reference,
                                    std::span<const double> current);

/// Of samples whose values have weights. kInvalidArgument also for a weight that is none.
Result<double> wasserstein_distance(const Weighted& reference, const Weighted& current);

/// The exact distance lies in [value, value + error_bound].
struct GridDistance {
  double value = 0.0;
  double error_bound = 0.0;
};

/// Of two columns of which only counts and sums by cell are known. Where F - G keeps its sign
/// inside a cell, its integral and so the distance is known exactly. Where it may change it, the
/// distance is at least the absolute value of the integral, and at most what convexity allows for
/// steps with these means: see most_negative() in the source.
/// @return kInsufficientData if a side is empty, kInvalidArgument for infinities or other cells.
/// O(cells that hold something).
Result<GridDistance> wasserstein_distance(const profile::Grid& grid,
                                          const profile::ColumnProfile& reference,
                                          const profile::ColumnProfile& current);

/// Population standard deviation (divisor n) of finite values; overflows or underflows only where
/// it is itself beyond the range of double. 0 if there are none. O(n).
double population_deviation(std::span<const double> values);

}  // namespace leeway::drift
