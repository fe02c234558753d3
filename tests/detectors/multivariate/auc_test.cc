#include "detectors/multivariate/auc.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/detectors/multivariate/samples.h"

namespace leeway::multivariate {
namespace {

Auc auc(std::vector<double> reference, std::vector<double> current) {
  return *area_under_curve(reference, current);
}

TEST(Auc, CountsPairsAndTiesHalf) {
  EXPECT_EQ(auc({1, 2, 3}, {4, 5}).value, 1.0);
  EXPECT_EQ(auc({4, 5}, {1, 2, 3}).value, 0.0);
  EXPECT_EQ(auc({1, 1}, {1, 1, 1}).value, 0.5);
  EXPECT_DOUBLE_EQ(auc({0.1, 0.4, 0.35}, {0.8, 0.35}).value, 4.5 / 6.0);
  EXPECT_FALSE(area_under_curve({}, {}));
}

TEST(Auc, OfManyDrawsIsThatOfAllPairs) {
  Random random(1);
  std::vector<double> reference(200);
  std::vector<double> current(150);
  for (double& x : reference) x = static_cast<double>(random.below(40));
  for (double& y : current) y = static_cast<double>(random.below(40)) + 3.0;
  double pairs = 0.0;
  for (const double x : reference) {
    for (const double y : current) pairs += y > x ? 1.0 : (y == x ? 0.5 : 0.0);
  }
  EXPECT_NEAR(auc(reference, current).value, pairs / (200.0 * 150.0), 1e-14);
}

TEST(Auc, HasDeLongsVariance) {
  // By hand: placements of current 1, 3/4 -> 1, 0.5 over {1, 3}; of reference {0, 1/2} and {0, 0}.
  const Auc found = auc({1, 3}, {4, 2});
  EXPECT_DOUBLE_EQ(found.value, 0.75);
  EXPECT_DOUBLE_EQ(found.variance, 0.125 / 2 + 0.125 / 2);
}

TEST(Auc, NullVarianceIsThatOfTheRankSumWithTies) {
  EXPECT_DOUBLE_EQ(auc({1, 2, 3}, {4, 5}).null_variance, 6.0 / (12.0 * 3 * 2));
  EXPECT_DOUBLE_EQ(auc({1, 1, 1}, {1, 1}).null_variance, 0.0);
  double squares = 0.0;
  constexpr int kRuns = 4000;
  double expected = 0.0;
  for (int run = 0; run < kRuns; ++run) {
    Random random(50 + static_cast<std::uint64_t>(run));
    std::vector<double> reference(30);
    std::vector<double> current(20);
    for (double& x : reference) x = static_cast<double>(random.below(5));
    for (double& y : current) y = static_cast<double>(random.below(5));
    const Auc found = auc(reference, current);
    squares += (found.value - 0.5) * (found.value - 0.5) / kRuns;
    expected += found.null_variance / kRuns;
  }
  EXPECT_NEAR(squares / expected, 1.0, 0.09);  // four deviations of a variance of 4,000 draws
}

}  // namespace
}  // namespace leeway::multivariate
