#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/base/finding.h"
#include "detectors/drift/dialects.h"
#include "detectors/profile/reference.h"

namespace leeway::threshold {

/// Fixed thresholds of one measure, as the user wrote them.
using Fixed = drift::Limits;

/// How thresholds are made. Fixed ones win per measure; the rest are learned from the reference.
struct Policy {
  std::map<std::string, Fixed, std::less<>> fixed{};  ///< by measure
  double false_alarms = 1.0;                          ///< expected falsely critical windows ...
  Duration per = std::chrono::hours(24 * 30);         ///< ... in this time
  Duration window_size = std::chrono::hours(24);      ///< judged windows come this often
  std::size_t live_windows = 0;                       ///< windows learned from so far: lifts `iid`
  std::uint64_t min_rows = 200;      ///< as in CompareOptions: what makes a category rare
  std::string dialect = "leeway-1";  ///< whose definitions of the measures are meant
};

/// What a threshold is at a given size of the current sample.
struct Limit {
  std::optional<double> warning{};
  std::optional<double> critical{};
  ThresholdBasis basis = ThresholdBasis::kNone;
};

/// Thresholds of one model: learned once per reference, asked for each window. Immutable.
///
/// The budget `false_alarms per` is spread evenly over the windows judged in that time and over the
/// judged columns (Bonferroni): that is the level at which a column is critical. It warns at five
/// times that level, and never below the practical floor of the measure, where both may coincide.
///
/// In the reference each window is compared with all the others. With rows drawn independently the
/// values, as multiples of their noise floor, follow the null distribution of the measure; real
/// windows stray further. So much of a value as the null distribution shows at its rank is
/// sampling: at another row count it scales with the noise floor. What exceeds that is a difference
/// between windows and stays. A level that the windows can show (one in W+1 or more) is their
/// quantile; beyond it the null distribution is stretched so far that it covers the upper half of
/// them.
class Thresholds {
 public:
  /// Windows with less than a quarter of the median row count say nothing about whole ones and are
  /// left out; with fewer than 4 others the basis is `iid`. O(windows x columns x cells), a few
  /// milliseconds for a month of days. Without names the measures are the dialect's defaults.
  static Thresholds learn(const profile::Reference& reference,
                          const std::vector<std::string>& numeric_measures,
                          const std::vector<std::string>& categorical_measures, Policy policy);

  /// @param rows  rows of the current window that the measure counts
  /// Nothing for a column or measure that was not learned. `iid` has no critical threshold before
  /// 14 live windows.
  Limit limit(std::size_t column, std::string_view measure, double rows) const;

  /// The expected number of falsely critical windows a `per` for which the reference's windows
  /// vouch without extrapolation; larger than the policy's when there are too few of them.
  double achievable_false_alarms() const { return achievable_; }

 private:
  struct Ratio {
    double value;  ///< over the noise floor of its window
    double noise;  ///< that noise floor over the measure's scale there
  };
  struct Learned {
    const drift::Measure* measure = nullptr;
    drift::NullParameters null{};
    double reference_rows = 0.0;
    std::vector<Ratio> windows{};      ///< leave-one-out, largest first
    std::vector<double> null_ranks{};  ///< the null quantiles at their ranks
  };
  struct Level {
    double value;
    ThresholdBasis basis;
  };

  static Learned learn_one(const drift::Measure& measure, const profile::Reference& reference,
                           std::size_t column, const drift::Classes& classes,
                           const std::vector<std::size_t>& windows);
  static std::vector<double> ratios_at(const Learned& learned, double noise);
  static Level at_level(const Learned& learned, double alpha, double rows);

  std::vector<std::vector<Learned>> by_column_;
  Policy policy_;
  double alpha_ = 0.0;
  double achievable_ = 0.0;
};

}  // namespace leeway::threshold
