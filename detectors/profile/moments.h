#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace leeway::profile {

/// Count, mean and central sums of finite values: m_k is the sum of (x - mean)^k. Merging is that
/// of Chan, Golub, LeVeque 1979 and Pebay 2008 (SAND2008-6212). The mean stays finite for all
/// finite values; m2 may overflow to infinity, m3 and m4 then to anything.
struct Moments {
  std::uint64_t count = 0;
  double mean = 0.0;
  double mean_rest = 0.0;  ///< what rounding took from the mean: small variances far from 0 merge
  double m2 = 0.0;
  double m3 = 0.0;
  double m4 = 0.0;

  /// Of a whole block, in two passes with the rounding of the mean corrected.
  static Moments of(std::span<const double> values);

  /// The same of values that occur `counts` times each: whole numbers, at least 1, as many.
  static Moments of(std::span<const double> values, std::span<const double> counts);

  void add(double value);  ///< Welford's update; slower and a little less exact than of()
  void merge(const Moments& other);

  double variance_population() const { return count == 0 ? 0.0 : m2 / static_cast<double>(count); }
  /// M3 / M2^1.5 with M_k = m_k / count; nothing for constant values or beyond the range of double.
  std::optional<double> skewness() const;
  /// M4 / M2^2 - 3; nothing as for skewness().
  std::optional<double> kurtosis_excess() const;
};

}  // namespace leeway::profile
