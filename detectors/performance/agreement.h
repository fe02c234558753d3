#pragma once

#include <cstdint>
#include <span>

#include "detectors/base/result.h"

namespace leeway::performance {

struct Interval {
  double lower = 0.0;
  double upper = 0.0;
};

/// Wilson's score interval of a proportion: the p for which `successes` of `trials` would not be
/// rejected by the normal test of a proportion. Keeps near its level also for few trials and for
/// shares of 0 and 1, where Wald's has no width. Wilson, J. Am. Stat. Assoc. 22, 1927.
///
/// @param trials      >= 1
/// @param successes   <= trials
/// @param confidence  in (0, 1)
Interval wilson_interval(std::uint64_t successes, std::uint64_t trials, double confidence = 0.95);

/// The largest number of successes of `trials` with which Wilson's lower bound is at most `limit`:
/// one more, and the share is above the limit beyond what chance explains. `trials` if no number
/// is. O(log trials).
std::uint64_t most_within(double limit, std::uint64_t trials, double confidence = 0.95);

/// How far two numbers for the same rows are apart, without regard of the sign.
struct Differences {
  double mean = 0.0;
  double median = 0.0;
  double p95 = 0.0;  ///< of 20 values or fewer the largest
  double largest = 0.0;
};

/// @param first, second  of the same rows, finite
/// @return kInvalidArgument if the lengths differ, kInsufficientData without rows. Quantiles are
///         values that occurred: the smallest one that has at least that share at or below it.
/// O(n log n).
Result<Differences> absolute_differences(std::span<const double> first,
                                         std::span<const double> second);

/// The mean of second - first over rows, with Student's interval and the p-value of the paired t
/// test of no difference. Of equal differences both bounds are the mean, and the p-value is 1 for a
/// mean of 0 and 0 for any other.
struct PairedDifference {
  double mean = 0.0;
  Interval interval;
  double p_value = 1.0;
};

/// kInvalidArgument if the lengths differ, kInsufficientData for fewer than 2 rows. O(n).
Result<PairedDifference> paired_difference(std::span<const double> first,
                                           std::span<const double> second,
                                           double confidence = 0.95);

/// Cohen's kappa: agreement of two classifiers beyond what their own shares of classes would give
/// by chance; 1 for equal answers, 0 for independent ones. Cohen, Educ. Psychol. Meas. 20, 1960.
///
/// @param first, second  class of each row, any numbers
/// @return kInvalidArgument if the lengths differ; kInsufficientData without rows, or where both
///         give one and the same class to all rows, which no chance can be told from. O(n log n).
Result<double> cohen_kappa(std::span<const std::uint32_t> first,
                           std::span<const std::uint32_t> second);

/// The exact two-sided p-value of McNemar's test: of rows on which one of two classifiers is right
/// and the other wrong, how unlikely is so uneven a split? min(1, 2 P(X <= min)) for X binomial
/// with 1/2; 1 if there are no such rows. McNemar, Psychometrika 12, 1947.
double mcnemar_p_value(std::uint64_t only_first_right, std::uint64_t only_second_right);

}  // namespace leeway::performance
