#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/multivariate/carriers.h"
#include "detectors/multivariate/null.h"
#include "detectors/multivariate/table.h"

namespace leeway::multivariate {

/// What a measure says of two samples of rows. Large is drift.
struct Measured {
  double value = 0.0;
  Null null{};  ///< of `value` at these row counts
  double p_value = 1.0;
  std::vector<Carrier> carriers{};
  std::string moved{};  ///< one sentence that names the columns
  bool operator==(const Measured&) const = default;
};

/// A statistic of reference rows against current rows over several columns at once.
struct Measure {
  std::string_view name;
  std::string_view sentence;  ///< what it is, for `explain` and the documentation
  double least;               ///< the smallest and the largest value there is
  double most;
  double practical_floor;  ///< below it a difference is of no account, however sure
  /// Deterministic in its arguments. kInsufficientData with too few rows or columns.
  Result<Measured> (*measure)(const Table& reference, const Table& current, std::uint64_t seed);
};

/// All of them, in the order in which they are documented. The one list: what is not here does not
/// exist. At most 4,000 rows a side are looked at, 1,000 by mmd; a seeded sample of more.
std::span<const Measure> measures();

const Measure* find_measure(std::string_view name);

}  // namespace leeway::multivariate
