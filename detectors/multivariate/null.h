#pragma once

#include <cstdint>

namespace leeway::multivariate {

/// The distribution of a statistic without drift, at the row counts at hand and with rows drawn
/// independently, in closed form: what thresholds are taken from where the reference's windows say
/// nothing. Large is drift.
struct Null {
  /// The numbers are sent between processes; never reuse one.
  enum class Shape : std::uint8_t {
    kNormal = 0,
    kLargest = 1,  ///< the largest of |N(0, scale)| over `parameter` comparisons (Bonferroni)
    kGamma = 2,    ///< Pearson's type III: a shifted gamma distribution of skewness `parameter`
  };
  Shape shape = Shape::kNormal;
  double center = 0.0;  ///< the mean; 0 for kLargest
  double scale = 0.0;   ///< standard deviation, > 0; of one comparison for kLargest
  double parameter = 0.0;

  static Null normal(double mean, double deviation);
  /// @param comparisons  >= 1; dependent ones make it conservative
  static Null largest_of(double deviation, double comparisons);
  /// A skewness below 0.001 gives the normal distribution.
  static Null gamma(double mean, double deviation, double skewness);

  double mean() const;
  /// What it exceeds with probability alpha, in (0, 1).
  double quantile(double alpha) const { return center + scale * standard_quantile(alpha); }
  /// The same in multiples of `scale` above `center`.
  double standard_quantile(double alpha) const;
  /// P(statistic >= value), in [0, 1].
  double tail(double value) const;

  bool operator==(const Null&) const = default;
};

}  // namespace leeway::multivariate
