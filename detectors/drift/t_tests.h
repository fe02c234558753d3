#pragma once

#include "detectors/base/result.h"
#include "detectors/profile/moments.h"

namespace leeway::drift {

struct TTest {
  double t = 0.0;                   ///< > 0 if the reference has the larger mean
  double degrees_of_freedom = 0.0;  ///< Welch: need not be whole
  double p_two_sided = 1.0;
  double p_less = 0.5;     ///< the mean of the reference is the smaller one
  double p_greater = 0.5;  ///< it is the larger one
};

// Both compare means; they need count, mean and variance alone, and so are exact from profiles too.
// kInsufficientData below 2 values a side, or if all values of each side are equal;
// kInvalidArgument if a variance is beyond the range of double. O(1).

/// Welch's t test, of samples with variances of their own (Biometrika 34, 1947).
Result<TTest> welch_t_test(const profile::Moments& reference, const profile::Moments& current);

/// Student's t test, of samples with one variance.
Result<TTest> student_t_test(const profile::Moments& reference, const profile::Moments& current);

}  // namespace leeway::drift
