#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/base/columns.h"
#include "detectors/drift/classes.h"
#include "detectors/drift/explanation.h"

namespace leeway::drift {

struct SortedDistances;

/// One column on both sides, as a measure sees it.
struct Sides {
  const profile::Column& column;
  const profile::ColumnProfile& reference;
  const profile::ColumnProfile& current;
  const Classes& classes;
  /// All its numbers in ascending order, +-inf included, NaN not; empty where not at hand.
  std::span<const double> reference_sorted{};
  std::span<const double> current_sorted{};
  /// Of those, where they have been walked already: measures of it do not walk again.
  const SortedDistances* distances = nullptr;

  /// Whether all numbers of both sides are at hand. Rows that were sampled or cut off would give
  /// another sample's statistic as if it were exact.
  bool has_rows() const;
};

/// What a measure says of a column.
struct Measured {
  double value = 0.0;
  double error_bound = 0.0;             ///< the exact value lies in [value, value + error_bound]
  std::optional<double> noise_floor{};  ///< where the measure's own bins decide it
  std::optional<double> p_value{};      ///< of `value`
  std::optional<double> p_value_at_bound{};  ///< the least it may be, where it is not exact
};

/// On which side of a limit a finding is beyond it, and what of it is held against the limit.
enum class Line {
  kAtLeast,  ///< value >= limit
  kAbove,    ///< value > limit
  kPBelow,   ///< p-value < limit, which is a significance level
  kPAtMost,  ///< p-value <= limit
};
constexpr bool by_p_value(Line line) { return line == Line::kPBelow || line == Line::kPAtMost; }
bool is_beyond(Line line, double x, double limit);

/// From where on a finding is no longer ok; one that is absent is never crossed.
struct Limits {
  std::optional<double> warning{};
  std::optional<double> critical{};
};

/// Where limits come from that the user does not set.
enum class LimitsFrom {
  kLearned,     ///< what the reference's windows show, see threshold::Thresholds
  kDialect,     ///< Measure::limits
  kDeviations,  ///< mean + 3 standard deviations over the reference's windows
  kNothing,     ///< there are none: the measure informs only
};

/// What of the reference the distribution of a statistic without drift depends on; each measure has
/// its own numbers.
using NullParameters = std::vector<double>;

/// A statistic of reference against current. Larger is further apart.
///
/// Learned limits need to know how the statistic behaves without drift. Its mean and its quantiles
/// are those of independent rows, for large samples; where that is a bound rather than the value,
/// the bound lies above. `scale` says what of the value is the row counts' doing: a test statistic
/// like chi-squared grows with them while the difference stays, so limits are learned of
/// value / scale and apply to other row counts as well.
struct Measure {
  std::string_view name;
  std::string_view sentence;  ///< what it is, for `explain` and the documentation
  bool numeric = false;       ///< can measure numeric columns
  bool categorical = false;   ///< can measure categorical and boolean columns
  double least = 0.0;
  double most = std::numeric_limits<double>::infinity();
  double practical_floor = 0.0;  ///< value / scale below which a difference is of no account
  bool needs_rows = false;       ///< of numeric columns: exact only, not to be had from the grid
  Line line = Line::kAtLeast;
  LimitsFrom limits_from = LimitsFrom::kLearned;
  Limits limits{};  ///< for kDialect
  /// kInsufficientData if a side has no rows that count. Exact from the profiles, or with its
  /// bound.
  Result<Measured> (*measure)(const Sides& sides) = nullptr;
  /// What moved, in its own terms.
  Explanation (*explain)(const Sides& sides) = nullptr;
  /// How many rows of a column it counts.
  double (*rows)(const profile::ColumnProfile& column) = nullptr;
  /// This and the next two are absent where nothing is known of the measure without drift.
  NullParameters (*null_parameters)(const profile::Column& column,
                                    const profile::ColumnProfile& reference,
                                    const Classes& classes) = nullptr;
  /// Its mean without drift, by rows on both sides.
  double (*noise_floor)(const NullParameters& null, double reference_rows,
                        double current_rows) = nullptr;
  /// The multiple of the noise floor that it exceeds without drift with probability `alpha`.
  double (*null_quantile)(const NullParameters& null, double alpha) = nullptr;
  /// Absent: 1.
  double (*scale)(double reference_rows, double current_rows) = nullptr;

  bool has_null() const { return noise_floor != nullptr; }
  double scale_at(double reference_rows, double current_rows) const {
    return scale == nullptr ? 1.0 : scale(reference_rows, current_rows);
  }
};

/// All measures of drift as the dialect leeway-1 defines them, in the order in which they are
/// documented: the one list. What is not here does not exist.
std::span<const Measure> measures();

const Measure* find_measure(std::string_view name);

/// Whether it can measure columns of this type.
bool applies(const Measure& measure, ColumnType type);

}  // namespace leeway::drift
