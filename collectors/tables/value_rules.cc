#include "collectors/tables/value_rules.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "collectors/tables/missing_values.h"

namespace leeway::tables {
namespace {

std::optional<profile::Interval> range_of(const ValueRules& rules) {
  if (!rules.min && !rules.max) return std::nullopt;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  return profile::Interval{.min = rules.min.value_or(-kInfinity),
                           .max = rules.max.value_or(kInfinity)};
}

}  // namespace

Result<ValueChecker> ValueChecker::compile(const ValueRules& rules, ColumnType type) {
  ValueChecker made;
  if (type == ColumnType::kNumeric) {
    made.bounds_ = {.range = range_of(rules), .shown = rules.shown};
  } else if (type != ColumnType::kDatetime) {
    made.range_ = range_of(rules);
  }
  made.has_set_ = !rules.one_of.empty();
  if (type == ColumnType::kNumeric) {
    for (const std::string& text : rules.one_of) {
      double number = 0.0;
      if (read_number(text, number) && std::isfinite(number)) made.numbers_.push_back(number);
    }
    std::sort(made.numbers_.begin(), made.numbers_.end());
  } else {
    made.names_.insert(rules.one_of.begin(), rules.one_of.end());
  }
  if (!rules.pattern.empty()) {
    auto pattern = Pattern::compile(rules.pattern);
    if (!pattern) return fail(std::move(pattern.error()));
    made.pattern_ = std::move(*pattern);
  }
  return made;
}

void ValueChecker::add(std::string_view name, std::uint64_t count, profile::Checks& checks) const {
  if (has_set_) checks.set.add(names_.contains(name), count);
  if (pattern_) checks.pattern.add(pattern_->matches(name), count);
  double number = 0.0;
  if (range_ && read_number(name, number) && std::isfinite(number)) {
    checks.range.add(range_->contains(number), count);
  }
}

void ValueChecker::add(double number, std::uint64_t count, profile::Checks& checks) const {
  if (!std::isfinite(number)) return;
  if (has_set_) checks.set.add(std::binary_search(numbers_.begin(), numbers_.end(), number), count);
  if (!pattern_) return;
  std::array<char, kNumberBytes> text;
  checks.pattern.add(pattern_->matches(write_number(number, text)), count);
}

}  // namespace leeway::tables
