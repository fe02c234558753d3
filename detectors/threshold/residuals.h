#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace leeway::threshold {

/// Mean and deviation of a sample, for predicting the next value.
struct Spread {
  double mean = 0.0;
  double deviation = 0.0;  ///< of one more value from the mean of those seen
  std::size_t size = 0;

  /// The value at `residual` deviations.
  double at(double residual) const { return mean + residual * deviation; }
};

/// deviation = s sqrt(1 + 1/n), s at least `least`. For n >= 2 values.
Spread spread_of(std::span<const double> values, double least);

/// How many deviations each value lies above the mean of the *others*, by their deviation: what the
/// next value would show if it came from where they do (externally studentised residuals; Cook and
/// Weisberg 1982, 2.2.1). Of normal values each has Student's distribution with n-2 degrees of
/// freedom. For n >= 3 values; O(n).
std::vector<double> deleted_residuals(std::span<const double> values, double least);

/// The residual that the next of normal values exceeds with probability alpha, n of them seen:
/// Student's quantile with n-1 degrees of freedom. alpha in (0, 1); n may
/// be a fraction, below 2 it counts as 2.
double residual_quantile(double alpha, double n);

/// The probability that it exceeds `residual`.
double residual_probability(double residual, double n);

/// The value that a share alpha lies above, in the sense that one more value of the same kind
/// exceeds it with probability alpha: at rank alpha (n+1) from the top, linear between ranks.
/// @param descending  at least 1/alpha - 1 of them
double upper_quantile(std::span<const double> descending, double alpha);

}  // namespace leeway::threshold
