#include "detectors/multivariate/encoding.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/detectors/multivariate/samples.h"

namespace leeway::multivariate {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

Table numbers(std::vector<double> values) {
  Table table;
  table.columns.push_back({.name = "x", .numbers = std::move(values)});
  return table;
}

Table codes(std::vector<std::uint32_t> values) {
  Table table;
  table.columns.push_back({.name = "c", .codes = std::move(values), .is_categorical = true});
  return table;
}

TEST(Encoding, HasMeanZeroAndVarianceOneOverTheReference) {
  Random random(1);
  const Table reference = factor_table(500, 3, 2, random);
  for (const Scale scale : {Scale::kNormalScores, Scale::kStandard}) {
    const auto encoding = Encoding::learn(reference, scale);
    ASSERT_TRUE(encoding);
    const Eigen::MatrixXd points = encoding->apply(reference);
    EXPECT_EQ(points.rows(), 5);
    for (Eigen::Index d = 0; d < points.rows(); ++d) {
      EXPECT_NEAR(points.row(d).mean(), 0.0, 1e-12);
      EXPECT_NEAR(points.row(d).squaredNorm() / 500.0, 1.0, 1e-12);
    }
  }
}

TEST(Encoding, ByNormalScoresDoesNotChangeUnderMonotoneMaps) {
  Random random(2);
  Table reference = factor_table(300, 2, 0, random);
  Table current = factor_table(100, 2, 0, random);
  const Eigen::MatrixXd before = Encoding::learn(reference, Scale::kNormalScores)->apply(current);
  for (Table* table : {&reference, &current}) {
    for (double& value : table->columns[0].numbers) value = std::exp(3.0 * value);
  }
  const Eigen::MatrixXd after = Encoding::learn(reference, Scale::kNormalScores)->apply(current);
  EXPECT_EQ(before, after);
}

TEST(Encoding, OrdersCategoriesByTheirFrequency) {
  const auto encoding = Encoding::learn(codes({4, 4, 4, 4, 2, 2, 3}), Scale::kNormalScores);
  ASSERT_TRUE(encoding);
  const Eigen::MatrixXd points = encoding->apply(codes({4, 2, 3, 0, 1, 99}));
  EXPECT_LT(points(0, 0), points(0, 1));
  EXPECT_LT(points(0, 1), points(0, 2));
  EXPECT_EQ(points(0, 3), points(0, 0));  // missing: the most frequent
  EXPECT_GE(points(0, 4), points(0, 2));  // unseen: as the rarest or beyond
  EXPECT_EQ(points(0, 5), points(0, 4));
}

TEST(Encoding, ByShareIsTheCountEncodingOfThePeers) {
  const auto encoding = Encoding::learn(codes({4, 4, 4, 2}), Scale::kStandard);
  ASSERT_TRUE(encoding);
  const Eigen::MatrixXd points = encoding->apply(codes({4, 2, 7}));
  // Shares 3/4 and 1/4; mean 10/16, deviation sqrt(3)/8.
  EXPECT_NEAR(points(0, 0), (0.75 - 0.625) / (std::sqrt(3.0) / 8.0), 1e-12);
  EXPECT_NEAR(points(0, 1), (0.25 - 0.625) / (std::sqrt(3.0) / 8.0), 1e-12);
  EXPECT_NEAR(points(0, 2), (0.0 - 0.625) / (std::sqrt(3.0) / 8.0), 1e-12);
}

TEST(Encoding, PutsMissingValuesInTheMiddleAndInfinitiesAtTheEnds) {
  for (const Scale scale : {Scale::kNormalScores, Scale::kStandard}) {
    const auto encoding = Encoding::learn(numbers({1, 2, 3, kNan, kInfinity, -5}), scale);
    ASSERT_TRUE(encoding);
    const Eigen::MatrixXd points = encoding->apply(numbers({kNan, kInfinity, -kInfinity, 3, -5}));
    EXPECT_EQ(points(0, 0), 0.0);
    EXPECT_TRUE(points.allFinite());
    EXPECT_GT(points(0, 1), points(0, 3));
    EXPECT_LE(points(0, 2), points(0, 4));
  }
}

TEST(Encoding, LeavesConstantColumnsOut) {
  Table table = numbers({1, 2, 3});
  table.columns.push_back({.name = "same", .numbers = {7, 7, 7}});
  table.columns.push_back({.name = "gone", .numbers = {kNan, kNan, kNan}});
  const auto encoding = Encoding::learn(table, Scale::kNormalScores);
  ASSERT_TRUE(encoding);
  ASSERT_EQ(encoding->dimensions(), 1);
  EXPECT_EQ(encoding->name(0), "x");
  EXPECT_FALSE(Encoding::learn(numbers({7, 7}), Scale::kStandard));
}

TEST(Table, SaysWhereTwoDiffer) {
  Table reference = numbers({1, 2});
  EXPECT_EQ(check_alike(reference, numbers({1}), 2).error().code, ErrorCode::kInsufficientData);
  EXPECT_EQ(check_alike(reference, codes({1, 2}), 1).error().message,
            "column 'x' meets another one, 'c'");
  reference.columns.push_back({.name = "y", .numbers = {1}});
  EXPECT_FALSE(check_alike(reference, numbers({1, 2}), 1));
  Table longer = numbers({1, 2});
  longer.columns.push_back({.name = "y", .numbers = {1, 2}});
  EXPECT_EQ(check_alike(reference, longer, 1).error().message, "column 'y' lacks rows");
}

TEST(Table, SamplesRowsEvenlyAndInOrder) {
  EXPECT_EQ(sample_rows(4, 9, 1), (std::vector<std::size_t>{0, 1, 2, 3}));
  std::vector<std::size_t> hits(10, 0);
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const auto rows = sample_rows(10, 3, seed);
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_TRUE(rows[0] < rows[1] && rows[1] < rows[2]);
    for (const std::size_t row : rows) ++hits[row];
  }
  for (const std::size_t count : hits)
    EXPECT_NEAR(static_cast<double>(count) / 2000.0, 0.3, binomial_reach(0.3, 2000));
}

}  // namespace
}  // namespace leeway::multivariate
