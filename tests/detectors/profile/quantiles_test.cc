#include "detectors/profile/quantiles.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/detectors/profile/samples.h"

namespace leeway::profile {
namespace {

std::vector<double> finite_of(const std::vector<std::optional<double>>& values) {
  std::vector<double> finite;
  for (const auto& value : values) {
    if (value && std::isfinite(*value)) finite.push_back(*value);
  }
  std::sort(finite.begin(), finite.end());
  return finite;
}

ColumnProfile folded(const Column& column, const std::vector<std::optional<double>>& values) {
  ColumnFold fold(column);
  feed(fold, values, 500);
  return fold.take();
}

TEST(Quantile, LiesWithinItsRankErrorOfTheTruth) {
  const Schema schema = some_schema();
  const Grid& grid = *schema.columns[0].grid;
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const auto values = some_numbers(20'000, seed);
    const auto sorted = finite_of(values);
    const ColumnProfile column = folded(schema.columns[0], values);
    const auto n = static_cast<double>(sorted.size());
    for (const double q : {0.0, 0.05, 0.25, 0.45, 0.5, 0.75, 0.95, 0.999, 1.0}) {
      const auto found = quantile(grid, column, q);
      ASSERT_TRUE(found);
      const auto least = std::lower_bound(sorted.begin(), sorted.end(), found->value);
      const auto most = std::upper_bound(sorted.begin(), sorted.end(), found->value);
      const double from = static_cast<double>(least - sorted.begin()) / n;
      const double to = static_cast<double>(most - sorted.begin()) / n;
      EXPECT_LE(from, q + found->rank_error + 1e-9) << q;
      EXPECT_GE(to, q - found->rank_error - 1e-9) << q;
      EXPECT_LE(found->rank_error, 0.003) << q;
    }
  }
}

TEST(Quantile, IsExactForAValueWithACellOfItsOwn) {
  const Schema schema = some_schema();  // a third of its numbers is 0
  const auto found =
      quantile(*schema.columns[0].grid, folded(schema.columns[0], some_numbers(5000, 1)), 0.2);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->value, 0.0);
  EXPECT_EQ(found->rank_error, 0.0);
}

TEST(Quantile, OfMergedProfilesIsThatOfTheWhole) {
  const Schema schema = some_schema();
  const auto values = some_numbers(9000, 4);
  const std::vector<std::optional<double>> first(values.begin(), values.begin() + 1234);
  const std::vector<std::optional<double>> second(values.begin() + 1234, values.end());
  ColumnProfile merged = folded(schema.columns[0], first);
  merged.merge(folded(schema.columns[0], second));
  const ColumnProfile whole = folded(schema.columns[0], values);
  for (const double q : {0.01, 0.3, 0.6, 0.99}) {
    const auto a = quantile(*schema.columns[0].grid, merged, q);
    const auto b = quantile(*schema.columns[0].grid, whole, q);
    EXPECT_EQ(a->value, b->value);
    EXPECT_EQ(a->rank_error, b->rank_error);
  }
}

TEST(Quantile, HasNoValueWithoutFiniteOnes) {
  const Schema schema = some_schema();
  const Grid& grid = *schema.columns[0].grid;
  EXPECT_FALSE(quantile(grid, ColumnProfile{}, 0.5));
  EXPECT_FALSE(
      quantile(grid, folded(schema.columns[0], {INFINITY, -INFINITY, std::nullopt, NAN}), 0.5));
  const auto one = quantile(grid, folded(schema.columns[0], {INFINITY, 7.25, -INFINITY}), 0.9);
  ASSERT_TRUE(one);
  EXPECT_EQ(one->value, 7.25);
}

}  // namespace
}  // namespace leeway::profile
