#include "collectors/tables/sampled_rows.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>

#include "collectors/tables/row_picker.h"
#include "tests/support/process.h"

namespace leeway::tables {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// The sample of rows numbered from `first` on, in two columns: the number and its negative.
SampledRows drawn(std::size_t first, std::size_t count, std::size_t most, std::uint64_t seed) {
  RowPicker picker(most, seed);
  std::vector<double> numbers;
  for (std::size_t at = 0; at < count; at += 100) {
    picker.pass(std::min<std::size_t>(100, count - at),
                [&](std::size_t position, std::size_t slot) {
                  if (slot == numbers.size()) numbers.emplace_back();
                  numbers[slot] = static_cast<double>(first + at + position);
                });
  }
  const std::vector<std::size_t> order = picker.shrink(most);
  SampledRows rows{.of = count, .keys = picker.keys()};
  rows.columns = {{.index = 2}, {.index = 5}};
  for (const std::size_t slot : order) {
    rows.columns[0].values.push_back(numbers[slot]);
    rows.columns[1].values.push_back(-numbers[slot]);
  }
  return rows;
}

TEST(RowPicker, KeepsEveryRowWhileThereIsRoom) {
  const SampledRows rows = drawn(0, 250, 250, 1);
  std::vector<double> numbers = rows.columns[0].values;
  std::sort(numbers.begin(), numbers.end());
  ASSERT_EQ(numbers.size(), 250U);
  for (std::size_t i = 0; i < 250; ++i) EXPECT_EQ(numbers[i], static_cast<double>(i));
  EXPECT_TRUE(std::is_sorted(rows.keys.begin(), rows.keys.end()));
}

TEST(RowPicker, DrawsEveryRowAlikeOften) {
  constexpr std::size_t kRuns = 20'000;
  std::vector<std::size_t> hits(40, 0);
  for (std::uint64_t seed = 0; seed < kRuns; ++seed) {
    const SampledRows rows = drawn(0, 40, 10, 1'000'003 * seed);
    ASSERT_EQ(rows.keys.size(), 10U);
    for (const double number : rows.columns[0].values) ++hits[static_cast<std::size_t>(number)];
  }
  const double reach = 3.9 * std::sqrt(0.25 * 0.75 / kRuns);  // once in 10,000, for 40 rows
  for (const std::size_t count : hits) EXPECT_NEAR(static_cast<double>(count) / kRuns, 0.25, reach);
}

TEST(RowPicker, HalvedGoesOnAsIfItHadBeenSmallFromTheStart) {
  constexpr std::size_t kRuns = 4000;
  std::size_t early = 0;
  for (std::uint64_t seed = 0; seed < kRuns; ++seed) {
    RowPicker picker(8, seed);
    std::vector<std::size_t> rows;
    const auto pass = [&](std::size_t first) {
      picker.pass(20, [&](std::size_t position, std::size_t slot) {
        if (slot == rows.size()) rows.emplace_back();
        rows[slot] = first + position;
      });
    };
    pass(0);
    std::vector<std::size_t> kept;
    for (const std::size_t slot : picker.shrink(4)) kept.push_back(rows[slot]);
    rows = kept;
    pass(20);
    ASSERT_EQ(rows.size(), 4U);
    for (const std::size_t row : rows) early += row < 20 ? 1U : 0U;
  }
  EXPECT_NEAR(static_cast<double>(early) / (4.0 * kRuns), 0.5, 0.015);
}

TEST(SampledRows, OfTwoStreamsTogetherDrawEveryRowAlikeOften) {
  // 300 rows of which 20 are drawn, and 100 of which 50 are: together as far as the first reaches.
  constexpr std::size_t kRuns = 3000;
  double from_second = 0.0;
  double rows_in_all = 0.0;
  for (std::uint64_t seed = 0; seed < kRuns; ++seed) {
    SampledRows rows = drawn(0, 300, 20, 2 * seed);
    rows.merge(drawn(300, 100, 50, 2 * seed + 1));
    EXPECT_EQ(rows.of, 400U);
    EXPECT_GE(rows.keys.size(), 20U);
    for (const double number : rows.columns[0].values) from_second += number >= 300.0 ? 1.0 : 0.0;
    rows_in_all += static_cast<double>(rows.keys.size());
    for (std::size_t i = 0; i < rows.keys.size(); ++i)
      EXPECT_EQ(rows.columns[0].values[i], -rows.columns[1].values[i]);
  }
  EXPECT_NEAR(from_second / rows_in_all, 0.25, 0.01);
}

TEST(SampledRows, OfWholeStreamsAreWhole) {
  SampledRows rows = drawn(0, 30, 100, 1);
  rows.merge(drawn(30, 40, 100, 2));
  rows.merge(SampledRows{});
  EXPECT_EQ(rows.keys.size(), 70U);
  rows.shrink(10);
  EXPECT_EQ(rows.keys.size(), 10U);
  EXPECT_EQ(rows.columns[1].values.size(), 10U);
  EXPECT_EQ(rows.of, 70U);
}

TEST(SampledRows, MergeInAnyOrder) {
  const SampledRows a = drawn(0, 500, 50, 1);
  const SampledRows b = drawn(500, 200, 40, 2);
  const SampledRows c = drawn(700, 20, 40, 3);
  SampledRows left = a;
  left.merge(b);
  left.merge(c);
  SampledRows right = c;
  right.merge(a);
  right.merge(b);
  EXPECT_EQ(left.keys, right.keys);
  EXPECT_EQ(left.columns, right.columns);
}

SampledVectors vectors(std::size_t rows, std::size_t dimension, float value) {
  SampledVectors made{.index = 7, .of = rows};
  for (std::size_t i = 0; i < rows; ++i) made.keys.push_back(100 * (i + 1) + dimension);
  made.vectors = {.dimension = dimension, .values = std::vector<float>(rows * dimension, value)};
  return made;
}

TEST(SampledRows, TakeListsOfOneLengthOnly) {
  SampledRows rows{.of = 3, .keys = {1, 2, 3}, .embeddings = {vectors(3, 4, 1.0F)}};
  SampledRows same = rows;
  same.embeddings = {vectors(2, 4, 2.0F)};
  SampledRows longer = rows;
  longer.embeddings = {vectors(2, 5, 3.0F)};
  rows.merge(same);
  rows.merge(longer);
  EXPECT_EQ(rows.embeddings[0].vectors.rows(), 5U);
  EXPECT_EQ(rows.embeddings[0].of, 5U);
}

class SampleFile : public testing::Test {
 protected:
  std::vector<SampledRows> panes() const {
    SampledRows first = drawn(0, 300, 20, 1);
    first.start = from_micros(1'000'000);
    first.columns[0].values[3] = kNan;
    first.columns[0].values[4] = std::numeric_limits<double>::infinity();
    first.embeddings = {vectors(3, 4, 0.5F)};
    return {first, SampledRows{.start = from_micros(5)}};
  }
  leeway::tests::TemporaryFolder folder_;
};

TEST_F(SampleFile, GivesBackWhatWasWritten) {
  const auto path = folder_.path() / "a.sample";
  const std::vector<SampledRows> written = panes();
  ASSERT_TRUE(write_sample(path, written));
  const auto read = read_sample(path);
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 2U);
  const SampledRows& first = read->front();
  EXPECT_EQ(first.start, written[0].start);
  EXPECT_EQ(first.of, 300U);
  EXPECT_EQ(first.keys, written[0].keys);
  EXPECT_TRUE(std::isnan(first.columns[0].values[3]));
  EXPECT_EQ(first.columns[0].values[4], std::numeric_limits<double>::infinity());
  EXPECT_EQ(first.columns[1], written[0].columns[1]);
  EXPECT_EQ(first.embeddings[0].keys, written[0].embeddings[0].keys);
  EXPECT_EQ(first.embeddings[0].vectors.values, written[0].embeddings[0].vectors.values);
}

TEST_F(SampleFile, IsRefusedWhereverABitIsWrong) {
  const auto path = folder_.path() / "a.sample";
  ASSERT_TRUE(write_sample(path, panes()));
  std::ifstream in(path, std::ios::binary);
  const std::string good{std::istreambuf_iterator<char>(in), {}};
  for (std::size_t at = 0; at < good.size(); at += 13) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    const auto read = read_sample(folder_.write("bad.sample", bad));
    ASSERT_FALSE(read) << at;
    EXPECT_EQ(read.error().code, ErrorCode::kCorrupt);
  }
  EXPECT_FALSE(read_sample(folder_.write("short.sample", good.substr(0, good.size() / 2))));
  EXPECT_EQ(read_sample(folder_.path() / "none").error().code, ErrorCode::kNotFound);
}

TEST(TableOf, HasTheComparedColumnsAndMissingValuesForTheRest) {
  SampledRows rows{.of = 3, .keys = {1, 2, 3}};
  rows.columns = {{.index = 0, .values = {1.5, kNan, 2.5}},
                  {.index = 1, .values = {3.0, kNan, 1.0}}};
  const multivariate::Table table =
      table_of(rows, {{.index = 0, .name = "x"},
                      {.index = 1, .name = "c", .type = ColumnType::kCategorical},
                      {.index = 4, .name = "new"},
                      {.index = 5, .name = "vector", .type = ColumnType::kEmbedding}});
  ASSERT_EQ(table.columns.size(), 3U);
  EXPECT_EQ(table.columns[0].numbers[0], 1.5);
  EXPECT_EQ(table.columns[1].codes, (std::vector<std::uint32_t>{3, 0, 1}));
  EXPECT_TRUE(std::isnan(table.columns[2].numbers[1]));
  EXPECT_EQ(table.rows(), 3U);
}

}  // namespace
}  // namespace leeway::tables
