#pragma once

#include <cstdint>
#include <optional>

namespace leeway::profile {

/// Values that were held against something, and those that did not keep to it.
struct Checked {
  std::uint64_t checked = 0;
  std::uint64_t violations = 0;

  void add(bool keeps, std::uint64_t count = 1) {
    checked += count;
    violations += keeps ? 0 : count;
  }
  void merge(const Checked& other) {
    checked += other.checked;
    violations += other.violations;
  }
  bool operator==(const Checked&) const = default;
};

/// What the values of a column were held against. They are counted while rows are read, by the
/// rules in force then: rows that were read before there was a rule are not among `checked`.
struct Checks {
  Checked range{};    ///< finite values against the user's min and max
  Checked set{};      ///< values against the user's list
  Checked pattern{};  ///< texts against the user's regular expression
  Checked shown{};    ///< finite values against the least and the largest of the reference

  void merge(const Checks& other) {
    range.merge(other.range);
    set.merge(other.set);
    pattern.merge(other.pattern);
    shown.merge(other.shown);
  }
  bool operator==(const Checks&) const = default;
};

/// From min to max, both included; infinite: no limit.
struct Interval {
  double min = 0.0;
  double max = 0.0;

  bool contains(double value) const { return min <= value && value <= max; }
  bool operator==(const Interval&) const = default;
};

/// What ColumnFold holds the finite numbers of a column against. Costs nothing but where a block of
/// values has one outside.
struct Bounds {
  std::optional<Interval> range{};  ///< of the user
  std::optional<Interval> shown{};  ///< of the reference
  bool operator==(const Bounds&) const = default;
};

}  // namespace leeway::profile
