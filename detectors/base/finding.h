#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leeway {

/// What is said of a measured value. The numbers are saved; never reuse one.
/// From kUncertain on the verdict is *unknown*: it neither fires nor resolves anything.
enum class Verdict {
  kOk = 0,
  kWarning = 1,
  kCritical = 2,
  kUncertain = 3,  ///< the interval of an approximation straddles the threshold
  kTooFew = 4,     ///< too few rows for this measure
  kNoData = 5,
  kLearning = 6,  ///< the reference is not complete yet
  kImmature = 7,  ///< labels are not in yet
  kError = 8,
  kMixed = 9,  ///< the version of the model changed inside of the window
};

std::string_view to_string(Verdict verdict);  ///< "ok", "warning", ..., "too_few", "no_data", ...
std::optional<Verdict> verdict(std::string_view name);
constexpr bool is_unknown(Verdict verdict) { return verdict >= Verdict::kUncertain; }

/// Where a threshold comes from. The numbers are saved; never reuse one.
enum class ThresholdBasis {
  kNone = 0,
  kFixed = 1,         ///< the user's
  kWindows = 2,       ///< a quantile of what the reference's own windows showed
  kExtrapolated = 3,  ///< beyond what the windows showed: analytic tail times over-dispersion
  kIid = 4,           ///< no windows: rows taken as independent, the last resort
};

std::string_view to_string(ThresholdBasis basis);  ///< "none", "fixed", "windows", ...

/// A part of a column that moved: a bin, a category, all values up to one.
struct Shift {
  std::string what{};      ///< for people: "values from 41 on", "'JFK'"
  double reference = 0.0;  ///< its share of the rows
  double current = 0.0;

  bool operator==(const Shift&) const = default;
};

/// One measured value with its threshold, uncertainty and verdict.
struct Finding {
  std::string segment{};  ///< empty: all rows
  std::string column{};   ///< empty: of the model
  std::string
      measure{};  ///< "psi", "ks", "missing", "unseen", "volume", "freshness", "schema", ...
  std::optional<double> value{};
  std::optional<double> warning{};      ///< threshold of the verdict warning
  std::optional<double> critical{};     ///< threshold of the verdict critical
  double error_bound = 0.0;             ///< the exact value lies in [value, value + error_bound]
  std::optional<double> noise_floor{};  ///< mean of the statistic without drift at these row counts
  std::optional<double> p_value{};
  /// The significance level that p_value was held against, of a measure that is judged by its
  /// p-value; it has no thresholds of the value then.
  std::optional<double> alpha{};
  Verdict verdict = Verdict::kOk;
  ThresholdBasis basis = ThresholdBasis::kNone;
  bool deciding = false;        ///< the first measure of its column's type
  std::string note{};           ///< one sentence for a person; empty if there is nothing to add
  std::vector<Shift> shifts{};  ///< what moved most, the furthest first; of drift that is not ok

  bool operator==(const Finding&) const = default;
};

}  // namespace leeway
