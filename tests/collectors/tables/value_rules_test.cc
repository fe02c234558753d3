#include "collectors/tables/value_rules.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace leeway::tables {
namespace {

ValueChecker checker(const ValueRules& rules, ColumnType type) {
  auto made = ValueChecker::compile(rules, type);
  EXPECT_TRUE(made);
  return std::move(*made);
}

TEST(ValueRules, HoldNamesAgainstSetPatternAndRange) {
  const ValueChecker rules =
      checker({.min = 0.0, .max = 10.0, .one_of = {"7", "11", "x"}, .pattern = "^[0-9]+$"},
              ColumnType::kCategorical);
  profile::Checks checks;
  rules.add("7", 3, checks);
  rules.add("11", 2, checks);
  rules.add("x", 1, checks);
  rules.add("8", 1, checks);
  EXPECT_EQ(checks.set, (profile::Checked{.checked = 7, .violations = 1}));
  EXPECT_EQ(checks.pattern, (profile::Checked{.checked = 7, .violations = 1}));
  // "x" is no number: it is not in the range, and not out of it.
  EXPECT_EQ(checks.range, (profile::Checked{.checked = 6, .violations = 2}));
}

TEST(ValueRules, LeaveTheRangeOfNumbersToTheirFold) {
  const ValueChecker rules = checker(
      {.min = -60.0, .shown = profile::Interval{.min = -20.0, .max = 900.0}}, ColumnType::kNumeric);
  EXPECT_FALSE(rules.reads_values());
  ASSERT_TRUE(rules.bounds().range);
  EXPECT_EQ(rules.bounds().range->min, -60.0);
  EXPECT_EQ(rules.bounds().range->max, std::numeric_limits<double>::infinity());
  EXPECT_EQ(rules.bounds().shown->max, 900.0);
}

TEST(ValueRules, KnowNumbersByTheirOneName) {
  const ValueChecker rules = checker({.one_of = {"7.0", "0.5", "1e3"}}, ColumnType::kNumeric);
  EXPECT_TRUE(rules.reads_values());
  profile::Checks checks;
  for (const double number : {7.0, 0.5, 1000.0, 7.5}) rules.add(number, 1, checks);
  rules.add(std::nan(""), 1, checks);
  EXPECT_EQ(checks.set, (profile::Checked{.checked = 4, .violations = 1}));
}

TEST(ValueRules, RefuseWhatIsNoPattern) {
  EXPECT_FALSE(ValueChecker::compile({.pattern = "("}, ColumnType::kText));
}

}  // namespace
}  // namespace leeway::tables
