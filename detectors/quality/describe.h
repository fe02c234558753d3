#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "detectors/profile/moments.h"

namespace leeway::quality {

/// The descriptive statistics of a sample of numbers. Infinities are counted and left out of all
/// else; what has no value (a mean of nothing, a skewness of constants) is nothing, not 0.
struct Description {
  std::uint64_t count = 0;    ///< rows
  std::uint64_t missing = 0;  ///< null or NaN
  std::uint64_t infinite = 0;
  std::uint64_t distinct = 0;  ///< of the finite values; -0 and 0 are one
  std::uint64_t zeros = 0;
  std::uint64_t negatives = 0;
  profile::Moments moments{};    ///< of the finite values
  std::vector<double> sorted{};  ///< the finite values, ascending

  std::optional<double> missing_fraction() const;
  std::optional<double> mean() const;
  std::optional<double> variance_population() const;
  std::optional<double> variance_sample() const;           ///< from two values on
  std::optional<double> skewness_adjusted() const;         ///< from three values on
  std::optional<double> kurtosis_excess_adjusted() const;  ///< from four values on
  std::optional<double> quantile(double q) const;          ///< type 7
};

/// @param values   those that are there; NaN counts as missing
/// @param missing  rows without a value
Description describe(std::span<const double> values, std::uint64_t missing);

/// The same for categories, which are compared byte by byte; the empty string is one.
struct CategoryDescription {
  std::uint64_t count = 0;
  std::uint64_t missing = 0;
  std::vector<std::pair<std::string, std::uint64_t>> top{};  ///< by count, then by name
  std::optional<double> entropy_nats{};
  std::optional<double> gini_simpson{};  ///< 1 - sum of p^2

  std::optional<double> missing_fraction() const;
};

CategoryDescription describe_categories(std::span<const std::string> values, std::uint64_t missing);

}  // namespace leeway::quality
