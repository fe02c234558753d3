#pragma once

#include <array>
#include <optional>
#include <span>

#include "detectors/base/result.h"

namespace leeway::drift {

enum class AndersonDarlingTies {
  kMidrank,          ///< Scholz and Stephens, equation 7
  kRightContinuous,  ///< equation 6
};

struct AndersonDarling {
  double statistic = 0.0;  ///< (A2 - (k - 1)) / sigma: mean 0, variance 1 without drift
  /// Of the statistic at the levels 25, 10, 5, 2.5, 1, 0.5 and 0.1 percent.
  std::array<double, 7> critical_values{};
  /// SciPy's: between the levels by a quadratic fit of ln(level), clipped to [0.001, 0.25].
  double p_interpolated = 0.25;
  /// Two samples only: that of the limiting distribution, standardised as the statistic is; neither
  /// clipped nor fitted. Off by some percent of itself at the levels above, n = 50.
  std::optional<double> p_limit{};
};

/// The k-sample Anderson-Darling test of Scholz and Stephens (J. Am. Stat. Assoc. 82(399), 1987):
/// squared differences of the distribution functions over their variance, so that, unlike with
/// Cramer-von Mises, the tails count as much as the middle. Unmoved by monotone maps.
///
/// The variance is that without ties: with many the p-values are too small (dice, 80 against 50
/// values: 8 % of p_limit are at most 0.05).
///
/// @param samples  two or more, each ascending, infinities included, NaN not
/// @return kInsufficientData if a sample is empty, if there are fewer than 4 values in all, or if
/// all
///         are equal; kInvalidArgument for fewer than two samples. O(N k), and O(N) for the
///         variance.
Result<AndersonDarling> anderson_darling(std::span<const std::span<const double>> samples,
                                         AndersonDarlingTies ties = AndersonDarlingTies::kMidrank);

}  // namespace leeway::drift
