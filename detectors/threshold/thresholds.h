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
#include "detectors/threshold/deviations.h"
#include "detectors/threshold/strays.h"

namespace leeway::threshold {

/// Fixed thresholds of one measure, as the user wrote them.
using Fixed = drift::Limits;

/// How thresholds are made. Fixed ones win per measure; the rest are learned from the reference.
struct Policy {
  std::map<std::string, Fixed, std::less<>> fixed{};  ///< by measure
  double false_alarms = 1.0;                          ///< expected falsely critical windows ...
  Duration per = std::chrono::hours(24 * 30);         ///< ... in this time
  Duration window_size = std::chrono::hours(24);      ///< judged windows come this often
  std::uint64_t min_rows = 200;      ///< as in CompareOptions: what makes a category rare
  std::string dialect = "leeway-1";  ///< whose definitions of the measures are meant
  double share = 1.0;  ///< of the budget: less where other families of a window have the rest
  std::size_t multivariate_tests = 0;  ///< judged beside the columns; they share the budget

  double windows_judged() const;  ///< in `per`, at least 1

  /// The level of each party to that share: the columns together, and each multivariate test. A
  /// judged window is falsely critical with a probability of at most N/W, so the levels of all
  /// parties and shares add up to that (Bonferroni: whatever their dependence). At most 1/2.
  double level() const;
};

/// What a threshold is at a given size of the current sample.
struct Limit {
  std::optional<double> warning{};
  std::optional<double> critical{};
  ThresholdBasis basis = ThresholdBasis::kNone;
};

/// Thresholds of one model: learned once per reference, asked for each window. Immutable.
///
/// The budget `false_alarms per` is spread over the windows judged in that time: with W of them
/// each is judged at level N/W, the probability that any of its columns is falsely critical. How
/// that is kept is told by Strays (what the reference's windows show), Family (how columns share
/// the level) and NullModel (what sampling alone does). It warns at five times that level, and
/// never below the practical floor of the measure, where both may coincide.
///
/// Measures that do not decide have thresholds at the same level, as if they decided in the place
/// of those that do.
class Thresholds {
 public:
  /// O(windows x columns x cells), a few milliseconds for a month of days. Without names the
  /// measures are the dialect's defaults. A reference without windows is learned from live ones:
  /// hand over a copy that has those.
  static Thresholds learn(const profile::Reference& reference,
                          const std::vector<std::string>& numeric_measures,
                          const std::vector<std::string>& categorical_measures, Policy policy);

  /// @param rows  rows of the current window that the measure counts
  /// Nothing for a column or measure that was not learned. `iid` has no critical threshold: real
  /// windows stray much further than independent rows, see tests/bench/power. O(log columns).
  Limit limit(std::size_t column, std::string_view measure, double rows) const;

  /// The expected number of falsely critical windows a `per` for which the reference's windows
  /// vouch without extrapolation; larger than the policy's when there are too few of them, 0
  /// when there are none: nothing is critical then.
  double achievable_false_alarms() const { return achievable_; }

  /// The expected number of windows a `per` in which a fixed critical threshold of a deciding
  /// measure is crossed by windows like those of the reference: outside the budget, and added up
  /// over columns.
  double fixed_false_alarms() const { return fixed_; }
  bool has_fixed() const { return !policy_.fixed.empty(); }

  /// Whether the reference had windows to learn from; without, all learned thresholds are `iid`.
  bool has_windows() const { return has_windows_; }

 private:
  /// The limits of one measure on one column, by the rows of the window: element k for 2^k times
  /// `rows`.
  struct Learned {
    std::size_t column = 0;
    std::string_view measure;
    double rows = 0.0;
    std::vector<Limit> limits{};
  };

  void add(const std::vector<DeviationLimit>& limits);  ///< the same at any number of rows
  void learn_family(const std::vector<const Strays*>& family);
  double expected_beyond_fixed(const std::vector<const Strays*>& family) const;

  std::vector<Learned> learned_;  // by column
  Policy policy_;
  double achievable_ = 0.0;
  double fixed_ = 0.0;
  bool has_windows_ = false;
};

}  // namespace leeway::threshold
