#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/base/columns.h"
#include "detectors/drift/classes.h"

namespace leeway::drift {

/// One column on both sides, as a measure sees it.
struct Sides {
  const profile::Column& column;
  const profile::ColumnProfile& reference;
  const profile::ColumnProfile& current;
  const Classes& classes;
  /// All its numbers in ascending order, +-inf included, NaN not; empty where not at hand.
  std::span<const double> reference_sorted{};
  std::span<const double> current_sorted{};
};

/// What a measure says of a column.
struct Measured {
  double value = 0.0;
  double error_bound = 0.0;  ///< the exact value lies in [value, value + error_bound]
  double noise_floor = 0.0;  ///< its mean without drift at these row counts
  std::optional<double> p_value{};
  std::string moved{};  ///< one sentence: what moved most
};

/// A statistic of reference against current. Larger is further apart.
struct Measure {
  std::string_view name;
  std::string_view sentence;  ///< what it is, for `explain` and the documentation
  bool numeric;               ///< can measure numeric columns
  bool categorical;           ///< can measure categorical and boolean columns
  double least = 0.0;
  double most;             ///< infinity where there is no bound
  double practical_floor;  ///< below it a difference is of no account, however sure
  /// kInsufficientData if a side has no rows that count. Exact from the profiles, or with its
  /// bound.
  Result<Measured> (*measure)(const Sides& sides);
  /// How many rows of a column it counts.
  double (*rows)(const profile::ColumnProfile& column);
  /// Its mean without drift, by rows on both sides and the classes that the reference fills.
  double (*noise_floor)(std::size_t classes, double reference_rows, double current_rows);
  /// The multiple of the noise floor that it exceeds without drift with probability `alpha`, if
  /// rows are independent.
  double (*null_quantile)(std::size_t classes, double alpha);
};

/// All measures of drift, in the order in which they are documented. The one list: what is not here
/// does not exist.
std::span<const Measure> measures();

const Measure* find_measure(std::string_view name);

/// Whether it can measure columns of this type.
bool applies(const Measure& measure, ColumnType type);

}  // namespace leeway::drift
