#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "detectors/base/result.h"

namespace leeway::drift {

struct MeanDiscrepancy {
  double squared = 0.0;      ///< unbiased, can be negative
  double sigma = 0.0;        ///< of the kernel
  std::size_t reaching = 0;  ///< permutations that are at least as far
  double p_value = 1.0;      ///< (reaching + 1) / (permutations + 1)
};

/// Squared maximum mean discrepancy of one column with the kernel exp(-(a-b)^2 / (2 sigma^2)),
/// without the pairs of a value with itself, and its permutation test (Gretton et al., J. Machine
/// Learning Research 13, 2012). sigma^2 is half the median of the squared distances between values
/// of the reference, the lower of two medians; 1 if that is 0. For several columns at once see
/// detectors/multivariate.
///
/// @param reference, current  finite
/// @return kInsufficientData below 2 values a side, kInvalidArgument above 5,000. The cost is
///         O((m + n)^2 permutations): 2 x 1,000 values and 100 permutations take some 0.1 s.
Result<MeanDiscrepancy> mean_discrepancy(std::span<const double> reference,
                                         std::span<const double> current, std::size_t permutations,
                                         std::uint64_t seed);

}  // namespace leeway::drift
