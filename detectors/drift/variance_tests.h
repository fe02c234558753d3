#pragma once

#include <span>

#include "detectors/base/result.h"
#include "detectors/profile/moments.h"

namespace leeway::drift {

enum class LeveneCenter {
  kMedian,  ///< Brown and Forsythe 1974: keeps its level for skewed and heavy-tailed data
  kMean,    ///< Levene 1960
};

struct VarianceTest {
  double statistic = 0.0;
  double p_value = 1.0;
};

/// Levene's test of equal spread: the F statistic, with 1 and N - 2 degrees of freedom, of the
/// distances of all values from the centre of their side. Brown and Forsythe, J. Am. Stat. Assoc.
/// 69(346), 1974.
///
/// @param reference, current  ascending, without NaN
/// @return kInsufficientData if a side is empty, if there are fewer than 3 values in all, or if the
///         distances are the same within each side; kInvalidArgument for infinities or beyond the
///         range of double. O(m + n).
Result<VarianceTest> levene(std::span<const double> reference, std::span<const double> current,
                            LeveneCenter center = LeveneCenter::kMedian);

/// Bartlett's test of equal variances (Proc. R. Soc. A 160, 1937), chi-squared with 1 degree of
/// freedom. For normal data; with heavy tails it finds differences that are none. Exact from
/// profiles too.
///
/// @return kInsufficientData below 2 values a side, or if each side is one value; infinite, with
///         p = 0, if only one is. kInvalidArgument beyond the range of double. O(1).
Result<VarianceTest> bartlett(const profile::Moments& reference, const profile::Moments& current);

}  // namespace leeway::drift
