#pragma once

#include <cstddef>

// How statistics behave without drift: quantiles of the distributions that they follow for large
// samples of independent rows. `alpha` is an upper tail probability in (0, 1).
namespace leeway::drift {

/// The mean of |N(0, 1)|.
inline constexpr double kMeanAbsNormal = 0.7978845608028654;

/// The harmonic size of two samples, mn / (m + n): what the variance of a difference goes by.
double effective_rows(double reference_rows, double current_rows);

/// What |N(0, 1)| exceeds with probability alpha.
double abs_normal_quantile(double alpha);

double chi_squared_quantile(double degrees_of_freedom, double alpha);

/// The mean of the square root of a chi-squared variable: sqrt(2) Gamma((k+1)/2) / Gamma(k/2).
double mean_of_chi(double degrees_of_freedom);

/// The largest |N| of dependent normal variables, or any other norm of a Gaussian process, with
/// that mean and the largest of their standard deviations `deviation`. Such a supremum strays from
/// its mean no further than a normal variable of that deviation (Borell; Tsirelson, Ibragimov,
/// Sudakov 1976); taken as |N| moved to the mean, which is exact if one variable decides, and else
/// above by some 10 %.
double supremum_quantile(double mean, double deviation, double alpha);

/// A weighted sum of squares of independent normals, of which the sum of weights and the largest
/// one are known: the square of the first, and the others at their mean. Within 3 % of the limits
/// of Cramer-von Mises and of the energy distance for alpha up to 0.1, 7 % at 0.5.
struct SumOfSquares {
  double total = 0.0;    ///< the sum of the weights: the mean
  double largest = 0.0;  ///< the largest weight

  double quantile(double alpha) const;
  double mean_of_root() const;
};

}  // namespace leeway::drift
