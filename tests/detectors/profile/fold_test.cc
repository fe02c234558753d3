#include "detectors/profile/fold.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/detectors/profile/samples.h"

namespace leeway::profile {
namespace {

std::string bytes_of(const ColumnProfile& column) {
  ByteWriter out;
  column.write(out, Profile::kVersion);
  return std::move(out).take();
}

ColumnProfile folded(const Column& column, const std::vector<std::optional<double>>& values,
                     std::size_t chunk) {
  ColumnFold fold(column);
  feed(fold, values, chunk);
  return fold.take();
}

/// Equal but for the last digits of sums, which were made in another order.
void expect_same(const ColumnProfile& a, const ColumnProfile& b) {
  EXPECT_EQ(a.rows, b.rows);
  EXPECT_EQ(a.not_a_number, b.not_a_number);
  EXPECT_EQ(a.positive_infinite, b.positive_infinite);
  EXPECT_EQ(a.negative_infinite, b.negative_infinite);
  EXPECT_EQ(a.unseen, b.unseen);
  EXPECT_EQ(a.cells.index, b.cells.index);
  EXPECT_EQ(a.cells.count, b.cells.count);
  ASSERT_EQ(a.cells.sum.size(), b.cells.sum.size());
  for (std::size_t i = 0; i < a.cells.sum.size(); ++i) {
    EXPECT_NEAR(a.cells.sum[i], b.cells.sum[i], 1e-12 * std::abs(b.cells.sum[i]));
  }
  EXPECT_EQ(a.distinct, b.distinct);
  EXPECT_EQ(a.min, b.min);
  EXPECT_EQ(a.max, b.max);
  EXPECT_EQ(a.moments.count, b.moments.count);
  EXPECT_NEAR(a.moments.mean, b.moments.mean, 1e-12 * std::abs(b.moments.mean));
  EXPECT_NEAR(a.moments.m2, b.moments.m2, 1e-12 * b.moments.m2);
  EXPECT_NEAR(a.moments.m3, b.moments.m3, 1e-12 * std::abs(b.moments.m3));
  EXPECT_NEAR(a.moments.m4, b.moments.m4, 1e-12 * b.moments.m4);
}

TEST(ColumnFold, CountsEveryRowOnce) {
  const Schema schema = some_schema();
  const auto values = some_numbers(5000, 1);
  const ColumnProfile column = folded(schema.columns[0], values, 2048);
  std::uint64_t missing = 0;
  std::uint64_t nan = 0;
  std::uint64_t infinite = 0;
  std::vector<double> finite;
  std::vector<std::uint64_t> cells(schema.columns[0].grid->cells());
  for (const auto& value : values) {
    missing += value ? 0 : 1;
    if (!value) continue;
    nan += std::isnan(*value) ? 1 : 0;
    if (std::isnan(*value)) continue;
    ++cells[schema.columns[0].grid->cell(*value)];
    infinite += std::isinf(*value) ? 1 : 0;
    if (std::isfinite(*value)) finite.push_back(*value);
  }
  EXPECT_EQ(column.rows, 5000U);
  EXPECT_EQ(column.missing, missing);
  EXPECT_EQ(column.not_a_number, nan);
  EXPECT_EQ(column.positive_infinite + column.negative_infinite, infinite);
  EXPECT_EQ(column.cells.dense(cells.size()), cells);
  EXPECT_EQ(column.moments.count, finite.size());
  EXPECT_EQ(column.min, *std::min_element(finite.begin(), finite.end()));
  EXPECT_EQ(column.max, *std::max_element(finite.begin(), finite.end()));
  EXPECT_NEAR(column.moments.mean, Moments::of(finite).mean, 1e-12);
  double sum = 0.0;
  for (const double cell_sum : column.cells.sum) sum += cell_sum;
  EXPECT_NEAR(sum, column.moments.mean * static_cast<double>(finite.size()), 1e-7);
}

TEST(ColumnFold, DoesNotSeeHowRowsAreCutIntoChunks) {
  const Schema schema = some_schema();
  const auto values = some_numbers(3000, 2);
  const std::string whole = bytes_of(folded(schema.columns[0], values, 3000));
  for (const unsigned chunk : {1U, 7U, 511U, 512U, 513U, 2048U}) {
    EXPECT_EQ(bytes_of(folded(schema.columns[0], values, chunk)), whole) << chunk;
  }
}

TEST(ColumnFold, DoesNotSeeWhetherAMaskIsGivenForValuesThatAreAllThere) {
  const Schema schema = some_schema();
  std::vector<double> values;
  for (const auto& value : some_numbers(5000, 3)) values.push_back(value.value_or(1.0));
  ColumnFold plain(schema.columns[0]);
  for (std::size_t first = 0; first < values.size(); first += 1000) {
    plain.add_numbers(std::span(values).subspan(first, 1000), {});
  }
  EXPECT_EQ(bytes_of(plain.take()),
            bytes_of(folded(schema.columns[0], {values.begin(), values.end()}, 1000)));
}

TEST(ColumnFold, CountsTheSameInAnyOrderOfRows) {
  const Schema schema = some_schema();
  auto values = some_numbers(4000, 4);
  const ColumnProfile before = folded(schema.columns[0], values, 512);
  Random random(5);
  for (std::size_t i = values.size() - 1; i > 0; --i)
    std::swap(values[i], values[random.below(i + 1)]);
  const ColumnProfile after = folded(schema.columns[0], values, 512);
  EXPECT_EQ(after.cells.index, before.cells.index);
  EXPECT_EQ(after.cells.count, before.cells.count);
  EXPECT_EQ(after.missing, before.missing);
  EXPECT_EQ(after.distinct, before.distinct);
  EXPECT_EQ(after.min, before.min);
  EXPECT_NEAR(after.moments.m2 / before.moments.m2, 1.0, 1e-12);
}

TEST(ColumnFold, MergedInPartsEqualsTheWhole) {
  const Schema schema = some_schema();
  const auto values = some_numbers(4000, 6);
  const ColumnProfile whole = folded(schema.columns[0], values, 512);
  ColumnProfile merged;
  for (std::size_t first = 0; first < values.size(); first += 1300) {
    const std::size_t last = std::min(values.size(), first + 1300);
    const std::vector<std::optional<double>> part(
        values.begin() + static_cast<std::ptrdiff_t>(first),
        values.begin() + static_cast<std::ptrdiff_t>(last));
    merged.merge(folded(schema.columns[0], part, 512));
  }
  EXPECT_EQ(merged.rows, whole.rows);
  EXPECT_EQ(merged.missing, whole.missing);
  EXPECT_EQ(merged.cells.index, whole.cells.index);
  EXPECT_EQ(merged.cells.count, whole.cells.count);
  EXPECT_EQ(merged.distinct, whole.distinct);
  EXPECT_EQ(merged.max, whole.max);
  for (std::size_t i = 0; i < whole.cells.sum.size(); ++i) {
    EXPECT_NEAR(merged.cells.sum[i], whole.cells.sum[i], 1e-12 * std::abs(whole.cells.sum[i]));
  }
}

TEST(ColumnFold, CountsNumbersWithTheirCountsAsItCountsThemOneByOne) {
  const Schema schema = some_schema();
  std::vector<double> values;
  for (const auto& value : some_numbers(1500, 9)) values.push_back(value.value_or(2.0));
  std::vector<std::uint64_t> counts;
  std::vector<double> repeated;
  Random random(10);
  for (const double value : values) {
    counts.push_back(random.below(5));
    repeated.insert(repeated.end(), counts.back(), value);
  }
  for (const std::size_t column : {std::size_t{0}, std::size_t{3}}) {  // with and without cells
    ColumnFold counted(schema.columns[column]);
    counted.add_counted(values, counts);
    ColumnFold one_by_one(schema.columns[column]);
    one_by_one.add_numbers(repeated, {});
    expect_same(counted.take(), one_by_one.take());
  }
}

TEST(ColumnFold, CountsSortedNumbersAsItCountsOthers) {
  const Schema schema = some_schema();
  std::vector<double> values;
  for (const auto& value : some_numbers(20'000, 11)) {
    if (value && !std::isnan(*value)) values.push_back(*value);
  }
  std::sort(values.begin(), values.end());
  for (const std::size_t column : {std::size_t{0}, std::size_t{3}}) {
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1}, std::size_t{700}, values.size()}) {
      const auto part = std::span(values).last(size);
      ColumnFold sorted(schema.columns[column]);
      sorted.add_sorted(part);
      ColumnFold one_by_one(schema.columns[column]);
      one_by_one.add_numbers(part, {});
      expect_same(sorted.take(), one_by_one.take());
    }
  }
}

TEST(ColumnFold, TellsTypeErrorsFromMissingValues) {
  const Schema schema = some_schema();
  ColumnFold fold(schema.columns[0]);
  const std::vector<double> values = {1.0, 0.0, 0.0, 4.0};
  const std::vector<std::uint64_t> valid = {0b1001};
  fold.add_numbers(values, valid, 1);
  fold.add_numbers(values, valid, 9);  // more than are absent cannot be
  const ColumnProfile column = fold.take();
  EXPECT_EQ(column.rows, 8U);
  EXPECT_EQ(column.type_errors, 3U);
  EXPECT_EQ(column.missing, 1U);
}

TEST(ColumnFold, CountsKnownCategoriesAndNamesTheOthers) {
  const Schema schema = some_schema();
  ColumnFold fold(schema.columns[1]);
  fold.add_text("JFK");
  fold.add_text("SFO", 5);
  fold.add_text("ORD", 2);
  fold.add_text("", 0);
  fold.add_missing(3);
  const ColumnProfile column = fold.take();
  EXPECT_EQ(column.rows, 11U);
  EXPECT_EQ(column.unseen, 2U);
  EXPECT_EQ(column.cells.index, (std::vector<std::uint32_t>{0, 2}));
  EXPECT_EQ(column.cells.count, (std::vector<std::uint64_t>{1, 5}));
  EXPECT_TRUE(column.cells.sum.empty());
  EXPECT_EQ(column.unseen_values.top(1).front().value, "ORD");
}

TEST(ColumnFold, KeepsNoValueOfAPrivateColumn) {
  Schema schema = some_schema();
  schema.columns[1].is_private = true;
  ColumnFold fold(schema.columns[1]);
  fold.add_text("somebody");
  EXPECT_TRUE(fold.take().unseen_values.empty());
}

TEST(ColumnFold, KeepsTheRangeOfADatetimeColumn) {
  const Schema schema = some_schema();
  const std::vector<double> micros = {3e15, 1e15, 2e15};
  ColumnFold fold(schema.columns[3]);
  fold.add_numbers(micros, {});
  const ColumnProfile column = fold.take();
  EXPECT_EQ(column.unseen, 3U);
  EXPECT_EQ(column.min, 1e15);
  EXPECT_EQ(column.max, 3e15);
  EXPECT_EQ(column.moments.count, 0U);
}

TEST(ColumnFold, CountsACellThatMostRowsFallIntoAndThenAnother) {
  const Schema schema = some_schema();
  std::vector<double> values;
  Random random(8);
  for (const double often : {0.0, 5.0, 0.0}) {
    for (int i = 0; i < 3000; ++i) {
      values.push_back(random.uniform() < 0.7 ? often : 1.0 + random.uniform());
    }
  }
  ColumnFold fold(schema.columns[0]);
  fold.add_numbers(values, {});
  const ColumnProfile column = fold.take();
  const Grid& grid = *schema.columns[0].grid;
  std::vector<std::uint64_t> counts(grid.cells());
  std::vector<double> sums(grid.cells());
  for (const double value : values) {
    ++counts[grid.cell(value)];
    sums[grid.cell(value)] += value;
  }
  EXPECT_EQ(column.cells.dense(grid.cells()), counts);
  for (std::size_t i = 0; i < column.cells.index.size(); ++i) {
    const double sum = sums[column.cells.index[i]];
    EXPECT_NEAR(column.cells.sum[i], sum, 1e-12 * sum);  // other order, same values
  }
}

TEST(ColumnFold, CountsValuesOutOfBoundsHoweverTheyArrive) {
  const Schema schema = some_schema();
  const Bounds bounds{.range = Interval{.min = 1.0, .max = 20.0},
                      .shown = Interval{.min = 0.0, .max = 54.0}};
  std::vector<double> finite;
  for (const auto& value : some_numbers(5000, 1)) {
    if (value && std::isfinite(*value)) finite.push_back(*value);
  }
  finite.insert(finite.end(), {-1.0, 55.0, 1e9, 1.0, 20.0, 0.0, 54.0});
  Checks wanted;
  for (const double value : finite) {
    wanted.range.add(1.0 <= value && value <= 20.0);
    wanted.shown.add(0.0 <= value && value <= 54.0);
  }
  ASSERT_GT(wanted.range.violations, 1000U);

  ColumnFold plain(schema.columns[0], bounds);
  plain.add_numbers(finite, {});
  EXPECT_EQ(plain.take().checks, wanted);

  ColumnFold counted(schema.columns[0], bounds);
  counted.add_counted(finite, std::vector<std::uint64_t>(finite.size(), 1));
  EXPECT_EQ(counted.take().checks, wanted);

  std::vector<double> sorted = finite;
  std::sort(sorted.begin(), sorted.end());
  ColumnFold in_order(schema.columns[0], bounds);
  in_order.add_sorted(sorted);
  EXPECT_EQ(in_order.take().checks, wanted);

  ColumnFold first(schema.columns[0], bounds);
  ColumnFold second(schema.columns[0], bounds);
  first.add_numbers(std::span(finite).first(777), {});
  second.add_numbers(std::span(finite).subspan(777), {});
  ColumnProfile merged = first.take();
  merged.merge(second.take());
  EXPECT_EQ(merged.checks, wanted);
}

TEST(ColumnFold, SamplesTheKeysOfIdColumnsAlone) {
  const Schema schema = some_schema();
  ColumnFold id(schema.columns[2]);
  ColumnFold origin(schema.columns[1]);
  for (const char* value : {"a", "b", "a"}) {
    id.add_text(value);
    origin.add_text(value);
  }
  EXPECT_DOUBLE_EQ(id.take().keys.duplicates()->share, 1.0 / 3.0);
  EXPECT_TRUE(origin.take().keys.empty());
}

TEST(ColumnFold, IsEmptyAfterTaking) {
  const Schema schema = some_schema();
  ColumnFold fold(schema.columns[0]);
  feed(fold, some_numbers(700, 7), 100);
  fold.take();
  EXPECT_EQ(bytes_of(fold.take()), bytes_of(ColumnProfile{}));
}

TEST(ColumnFold, CountsValuesWhoseSumOverflows) {
  const Schema schema = some_schema();
  const std::vector<double> values(1000, 1.7e308);
  ColumnFold fold(schema.columns[0]);
  fold.add_numbers(values, {});
  const ColumnProfile column = fold.take();
  EXPECT_EQ(column.moments.count, 1000U);
  EXPECT_EQ(column.positive_infinite, 0U);
  EXPECT_NEAR(column.moments.mean / 1.7e308, 1.0, 1e-12);
  const std::vector<std::uint64_t> counts(3, 1000);
  fold.add_counted(std::span(values).first(3), counts);
  EXPECT_NEAR(fold.take().moments.mean / 1.7e308, 1.0, 1e-12);
}

}  // namespace
}  // namespace leeway::profile
