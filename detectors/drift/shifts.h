#pragma once

#include <span>

#include "detectors/base/result.h"
#include "detectors/profile/moments.h"

namespace leeway::drift {

/// How far the mean moved, in standard deviations of the reference (population, divisor n):
/// (mean_c - mean_r) / sd_r. Signed, without unit, unmoved by shifts and changes of scale; the
/// effect size that Glass 1976 has. Its standard error without drift is sqrt(1/m + 1/n). Exact from
/// profiles too.
///
/// @return kInsufficientData if a side is empty or all values of the reference are equal. Infinite
///         only beyond the range of double. O(1).
Result<double> mean_shift(const profile::Moments& reference, const profile::Moments& current);

/// How far the quantile of order q moved, in interquartile ranges of the reference:
/// (Q_c(q) - Q_r(q)) / (Q_r(3/4) - Q_r(1/4)), quantiles linear between neighbours (type 7). Signed,
/// without unit; with q = 1/2 untouched by outliers, with others it sees a tail move alone.
///
/// @param reference, current  ascending, infinities included, NaN not
/// @param q  in [0, 1]
/// @return kInsufficientData if a side is empty or the middle half of the reference is one value;
///         kInvalidArgument if q is no order, or where a quantile is infinite. O(1).
Result<double> quantile_shift(std::span<const double> reference, std::span<const double> current,
                              double q = 0.5);

}  // namespace leeway::drift
