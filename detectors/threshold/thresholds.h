#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "detectors/base/finding.h"
#include "detectors/profile/reference.h"

namespace leeway::threshold {

/// Fixed thresholds of one measure, as the user wrote them.
struct Fixed {
  std::optional<double> warning;
  std::optional<double> critical;
};

/// How thresholds are made. Fixed ones win per measure; the rest are learned from the reference.
struct Policy {
  std::map<std::string, Fixed, std::less<>> fixed;  ///< by measure
  double false_alarms = 1.0;                        ///< expected falsely critical windows ...
  Duration per = std::chrono::hours(24 * 30);       ///< ... in this time
  Duration window_size = std::chrono::hours(24);    ///< judged windows come this often
  std::size_t live_windows = 0;                     ///< windows learned from so far: lifts `iid`
};

/// What a threshold is at a given size of the current sample.
struct Limit {
  std::optional<double> warning;
  std::optional<double> critical;
  ThresholdBasis basis = ThresholdBasis::kNone;
};

/// Thresholds of one model: learned once per reference, asked for each window. Immutable.
class Thresholds {
 public:
  /// Leave-one-out over the reference's windows: each against the reference without it, on the
  /// grid, scaled to the row count of the window that is judged; beyond what the windows can show,
  /// the null distribution times the over-dispersion seen between them (never below 1). O(windows x
  /// columns x cells), a few milliseconds for a month of days.
  static Thresholds learn(const profile::Reference& reference,
                          const std::vector<std::string>& numeric_measures,
                          const std::vector<std::string>& categorical_measures, Policy policy);

  /// @param rows  rows of the current window that have a value in this column
  Limit limit(std::size_t column, std::string_view measure, double rows) const;

  /// The expected number of falsely critical windows a `per` that these thresholds can reach;
  /// larger than the policy's when the reference has too few windows to promise it.
  double achievable_false_alarms() const;

 private:
  struct Learned;
  std::vector<Learned> learned_;
  Policy policy_;
  double achievable_ = 0.0;

 public:
  Thresholds();
  ~Thresholds();
  Thresholds(Thresholds&&) noexcept;
  Thresholds& operator=(Thresholds&&) noexcept;
};

}  // namespace leeway::threshold
