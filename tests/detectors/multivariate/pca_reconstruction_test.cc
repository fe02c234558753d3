#include "detectors/multivariate/pca_reconstruction.h"

#include <gtest/gtest.h>

#include <numbers>

#include "tests/detectors/multivariate/samples.h"

namespace leeway::multivariate {
namespace {

PcaReconstruction reconstructed(const Table& reference, const Table& current,
                                const PcaOptions& options = {}) {
  auto found = pca_reconstruction(reference, current, options);
  EXPECT_TRUE(found) << (found ? "" : found.error().message);
  return found ? std::move(*found) : PcaReconstruction{};
}

/// Two columns with a correlation.
Table pairs(std::size_t rows, double correlation, Random& random) {
  Table table{.columns = {{.name = "a"}, {.name = "b"}}};
  for (std::size_t i = 0; i < rows; ++i) {
    const double a = normal(random);
    table.columns[0].numbers.push_back(a);
    table.columns[1].numbers.push_back(correlation * a +
                                       std::sqrt(1.0 - correlation * correlation) * normal(random));
  }
  return table;
}

TEST(PcaReconstruction, ErrorIsThatOfTheDirectionLeftOut) {
  Random random(1);
  // Of two standardised columns with correlation r the smaller component has variance 1 - r, and a
  // row's distance from the larger one is |N(0, 1 - r)|; turned around it has variance 1 + r.
  for (const Scale scale : {Scale::kStandard, Scale::kNormalScores}) {
    const PcaReconstruction found =
        reconstructed(pairs(10'000, 0.6, random), pairs(10'000, -0.6, random), {.scale = scale});
    EXPECT_EQ(found.components, 1U);
    EXPECT_NEAR(found.reference_error, std::sqrt(0.4 * 2.0 / std::numbers::pi), 0.02);
    EXPECT_NEAR(found.current_error, std::sqrt(1.6 * 2.0 / std::numbers::pi), 0.02);
    EXPECT_NEAR(found.change, 1.0, 0.05);
    EXPECT_LT(found.p_value, 1e-12);
  }
}

TEST(PcaReconstruction, KeepsAsManyComponentsAsTheShareAsksFor) {
  Random random(2);
  const Table table = factor_table(2000, 8, 0, random);
  // Two factors of four columns with correlation 0.64 each: eigenvalues 2.92, 2.92 and six of 0.36.
  EXPECT_EQ(reconstructed(table, table, {.explained = 0.35}).components, 1U);
  EXPECT_EQ(reconstructed(table, table, {.explained = 0.65}).components, 2U);
  EXPECT_EQ(reconstructed(table, table, {.explained = 0.80}).components, 4U);
}

TEST(PcaReconstruction, GrowsWhenAColumnStopsGoingWithTheOthersAndNamesIt) {
  Random random(3);
  const Table reference = factor_table(1000, 8, 0, random);
  Table current = factor_table(1000, 8, 0, random);
  shuffle(current.columns[5].numbers, random);
  const PcaReconstruction found = reconstructed(reference, current);
  EXPECT_GT(found.current_error, found.reference_error);
  EXPECT_LT(found.p_value, 1e-6);
  EXPECT_EQ(found.carriers.front().column, "x5");
}

TEST(PcaReconstruction, ShrinksWhenAColumnStandsStill) {
  Random random(4);
  const Table reference = factor_table(1000, 4, 0, random);
  Table current = factor_table(1000, 4, 0, random);
  for (TableColumn& column : current.columns)
    std::fill(column.numbers.begin(), column.numbers.end(), 0.0);
  const PcaReconstruction found = reconstructed(reference, current);
  EXPECT_LT(found.current_error, found.reference_error);
  EXPECT_GT(found.change, 0.5);
  EXPECT_LT(found.p_value, 1e-12);
}

// As many columns as make rows that were fitted lie visibly nearer than new ones: measured on the
// reference's own rows the error would differ in every run.
TEST(PcaReconstruction, PValuesAreUniformWithoutDriftEvenWithManyColumns) {
  constexpr std::size_t kRuns = 200;
  constexpr double kAlphas[2] = {0.05, 0.25};
  std::size_t below[2] = {};
  for (std::size_t run = 0; run < kRuns; ++run) {
    Random random(100 + run);
    const Table reference = factor_table(120, 12, 2, random);
    const Table current = factor_table(90, 12, 2, random);
    const double p = reconstructed(reference, current, {.seed = run}).p_value;
    for (int i = 0; i < 2; ++i) below[i] += p <= kAlphas[i] ? 1U : 0U;
  }
  for (int i = 0; i < 2; ++i) {
    EXPECT_NEAR(static_cast<double>(below[i]) / kRuns, kAlphas[i],
                binomial_reach(kAlphas[i], kRuns));
  }
}

TEST(PcaReconstruction, NeedsTwoColumnsThatVary) {
  Random random(5);
  Table table = factor_table(100, 1, 0, random);
  table.columns.push_back({.name = "same", .numbers = std::vector<double>(100, 3.0)});
  const auto found = pca_reconstruction(table, table, {});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kInsufficientData);
  EXPECT_EQ(found.error().message, "pca_reconstruction: a single column varies");
}

}  // namespace
}  // namespace leeway::multivariate
