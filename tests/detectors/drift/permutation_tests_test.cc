#include <gtest/gtest.h>

#include <cmath>

#include "detectors/drift/mean_discrepancy.h"
#include "detectors/drift/total_variation.h"
#include "tests/detectors/drift/lcg_samples.h"
#include "tests/detectors/drift/measured.h"

namespace leeway::drift {
namespace {

using Values = std::vector<double>;
using Counts = std::vector<std::uint64_t>;

Counts counted(const Values& values, std::size_t kinds) {
  Counts counts(kinds);
  for (const double value : values) ++counts[static_cast<std::size_t>(value)];
  return counts;
}

/// Of a share p of `permutations` and one that was made of many more: 4 standard errors.
double allowance(double p, double permutations) {
  return 4.0 * std::sqrt(p * (1.0 - p) / permutations) + 1e-12;
}

// NumPy 2.4: half the sum of |p - q|, and the share of 20,000 permutations of the rows that reach
// it.
TEST(TotalVariationTest, GivesWhatPermutingRowsGives) {
  struct Case {
    Counts reference, current;
    double distance, p;
  };
  const Case cases[] = {
      {counted(cat(7, 600, 5, 2), 5), counted(cat(8, 450, 5, 1), 5), 0.2311111111111111, 0.0},
      {counted(cat(9, 600, 4, 1), 5), counted(cat(10, 450, 5, 1), 5), 0.18888888888888888, 0.0},
      {counted(cat(11, 300, 2, 1), 2), counted(cat(12, 300, 2, 2), 2), 0.1266666666666667, 0.002},
      {counted(cat(21, 300, 4, 1), 4), counted(cat(22, 260, 4, 1.1), 4), 0.0551282051282051,
       0.52335},
  };
  for (const Case& known : cases) {
    const auto test = total_variation_test(known.reference, known.current, 20'000, 0);
    ASSERT_TRUE(test);
    EXPECT_NEAR(test->distance, known.distance, 1e-14);
    EXPECT_NEAR(test->p_value, known.p, std::sqrt(2.0) * allowance(known.p, 20'000));
  }
}

TEST(TotalVariationTest, RejectsAtItsLevelWithoutDrift) {
  Random random(5);
  int rejected = 0;
  constexpr int kRuns = 1000;
  for (int run = 0; run < kRuns; ++run) {
    Counts reference(5);
    Counts current(5);
    for (int i = 0; i < 300; ++i) ++reference[std::min(random.below(5), random.below(5))];
    for (int i = 0; i < 200; ++i) ++current[std::min(random.below(5), random.below(5))];
    rejected += total_variation_test(reference, current, 200, 1)->p_value <= 0.1 ? 1 : 0;
  }
  // 200 permutations add 0.0005 of their own; the distance has ties.
  EXPECT_NEAR(rejected / double{kRuns}, 0.1, 4.0 * std::sqrt(0.09 / kRuns));
}

TEST(TotalVariationTest, IsRefusedWithASentence) {
  EXPECT_EQ(total_variation_test(Counts{1, 2}, Counts{0, 0}, 10, 0).error().code,
            ErrorCode::kInsufficientData);
  EXPECT_EQ(total_variation_test(Counts{1, 2}, Counts{1}, 10, 0).error().code,
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(
      total_variation_test(Counts{std::uint64_t{1} << 50U, 2}, Counts{1, 1}, 10, 0).error().code,
      ErrorCode::kInvalidArgument);
}

// NumPy 2.4: the same kernel sums over the matrix of all pairs, and 2,000 permutations.
TEST(MeanDiscrepancy, GivesWhatTheMatrixOfAllPairsGives) {
  struct Case {
    Values reference, current;
    double sigma, squared, p;
  };
  const Case cases[] = {
      {cont(1, 500), cont(2, 400, 1.1, 0.1), 0.4192622565556287, 0.0415230394661773, 0.0},
      {cont(1, 200), cont(30, 150, 1.0, 0.05), 0.4312072415637067, 0.0018341023499720555, 0.2515},
      {cont(31, 300), cont(32, 250), 0.3761311912909122, -0.0005385125926038459, 0.4535},
  };
  for (const Case& known : cases) {
    const auto test = mean_discrepancy(known.reference, known.current, 500, 0);
    ASSERT_TRUE(test);
    // Of an even number of distances NumPy takes the mean of the two in the middle, this the lower.
    EXPECT_NEAR(test->sigma, known.sigma, 1e-4);
    EXPECT_NEAR(test->squared, known.squared, 2e-4 * std::abs(known.squared) + 1e-6);
    const double share = static_cast<double>(test->reaching) / 500.0;
    EXPECT_NEAR(share, known.p, allowance(known.p, 500) + allowance(known.p, 2000));
    EXPECT_DOUBLE_EQ(test->p_value, (500.0 * share + 1.0) / 501.0);
  }
}

TEST(MeanDiscrepancy, IsItsDefinition) {
  const Values reference = {0.0, 1.0, 3.0};
  const Values current = {2.0, 5.0};
  const auto test = mean_discrepancy(reference, current, 1, 0);
  // Squared distances within the reference: 1, 4, 9; the median is 4, sigma^2 is 2.
  EXPECT_DOUBLE_EQ(test->sigma, std::sqrt(2.0));
  const auto k = [](double d) { return std::exp(-d * d / 4.0); };
  const double within = (k(1) + k(3) + k(2)) / 3.0;
  const double others = k(3);
  const double between = (k(2) + k(5) + k(1) + k(4) + k(1) + k(2)) / 6.0;
  EXPECT_NEAR(test->squared, within + others - 2.0 * between, 1e-15);
}

TEST(MeanDiscrepancy, RejectsAtItsLevelWithoutDrift) {
  Random random(6);
  int rejected = 0;
  constexpr int kRuns = 400;
  for (int run = 0; run < kRuns; ++run)
    rejected +=
        mean_discrepancy(normals(60, random), normals(50, random), 99, 2)->p_value <= 0.1 ? 1 : 0;
  EXPECT_NEAR(rejected / double{kRuns}, 0.1, 4.0 * std::sqrt(0.09 / kRuns));
}

TEST(MeanDiscrepancy, IsRefusedWithASentence) {
  EXPECT_EQ(mean_discrepancy(Values{1}, Values{1, 2}, 9, 0).error().code,
            ErrorCode::kInsufficientData);
  EXPECT_EQ(mean_discrepancy(Values(5001), Values{1, 2}, 9, 0).error().message,
            "mmd: takes at most 5,000 values on each side, its cost grows with their square");
  EXPECT_EQ(mean_discrepancy(Values(10), Values(10), 9, 0)->squared, 0.0);  // all equal
}

TEST(EvidentlysPermutationTests, CountTheShareOfThePermutationsAlone) {
  const TwoSamples far(cont(1, 500), cont(2, 400, 1.1, 0.1));
  EXPECT_EQ(measured("evidently-0.7", "empirical_mmd", far.rows())->p_value, 0.0);
  const auto words = [](const Values& values) {
    std::vector<std::string> texts;
    for (const double value : values) texts.push_back(std::to_string(static_cast<int>(value)));
    return texts;
  };
  const TwoSamples categories(words(cat(7, 600, 5, 2)), words(cat(8, 450, 5, 1)));
  const auto test = measured("evidently-0.7", "total_variation", categories.rows());
  EXPECT_NEAR(test->value, 0.2311111111111111, 1e-14);
  EXPECT_EQ(test->p_value, 0.0);
  const TwoSamples alike(words(cat(21, 300, 4, 1)), words(cat(22, 260, 4, 1.1)));
  EXPECT_NEAR(*measured("evidently-0.7", "total_variation", alike.rows())->p_value, 0.52335,
              allowance(0.52, 1000));
}

}  // namespace
}  // namespace leeway::drift
