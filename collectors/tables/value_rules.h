#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "collectors/tables/pattern.h"
#include "detectors/base/bytes.h"
#include "detectors/base/columns.h"
#include "detectors/profile/checks.h"

namespace leeway::tables {

/// What the values of a column are held against while they are folded; part of a plan. Missing
/// values, type errors and infinities are held against nothing: each has a finding of its own. Of a
/// categorical column that has more new categories than CategoryCoder remembers, the rest are not
/// checked either: all of it is "unseen".
struct ValueRules {
  std::optional<double> min{};  ///< the user's, of numbers and of texts that are some
  std::optional<double> max{};
  std::vector<std::string> one_of{};         ///< names as of categories, 7 for 7.0; empty: no rule
  std::string pattern{};                     ///< of the names; empty: no rule
  std::optional<profile::Interval> shown{};  ///< least and largest number of the reference

  bool operator==(const ValueRules&) const = default;
};

/// Such rules, compiled.
class ValueChecker {
 public:
  /// kInvalidArgument if the pattern is none.
  static Result<ValueChecker> compile(const ValueRules& rules, ColumnType type);

  /// What the fold of numbers looks at itself.
  const profile::Bounds& bounds() const { return bounds_; }

  /// Whether values have to be given to add(), one by one or once each with their count.
  bool reads_values() const { return pattern_ || has_set_ || range_; }

  /// Of a column that is not numeric. A set costs a hash of the name, a pattern what RE2 takes:
  /// some 100 ns and more for long texts.
  void add(std::string_view name, std::uint64_t count, profile::Checks& checks) const;
  /// Of a numeric column. A set costs a binary search; a pattern is held against the name.
  void add(double number, std::uint64_t count, profile::Checks& checks) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return hash64(text); }
  };

  profile::Bounds bounds_;
  std::optional<profile::Interval> range_;  // of names that are numbers
  bool has_set_ = false;
  std::unordered_set<std::string, Hash, std::equal_to<>> names_;
  std::vector<double> numbers_;  // the set of a numeric column, sorted
  std::optional<Pattern> pattern_;
};

}  // namespace leeway::tables
