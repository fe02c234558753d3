#pragma once

#include <cstdint>

#include "detectors/base/result.h"

namespace leeway::drift {

struct TwoProportions {
  double z = 0.0;
  double p_two_sided = 1.0;
  double p_less = 0.5;     ///< that of the reference is the smaller one
  double p_greater = 0.5;  ///< it is the larger one
};

/// The z test of two proportions with pooled variance: x of n rows of the reference against the
/// same of the current rows. z^2 is the chi-squared of the 2 x 2 table without correction.
///
/// @return kInsufficientData if a side has no rows, or if all rows of both or none are counted;
///         kInvalidArgument if more are counted than there are. O(1).
Result<TwoProportions> two_proportions_z(std::uint64_t reference_counted,
                                         std::uint64_t reference_rows,
                                         std::uint64_t current_counted, std::uint64_t current_rows);

}  // namespace leeway::drift
