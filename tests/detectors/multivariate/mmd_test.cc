#include "detectors/multivariate/mmd.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/detectors/multivariate/samples.h"

namespace leeway::multivariate {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

MatrixXd points(Index dimensions, Index rows, Random& random) {
  MatrixXd made(dimensions, rows);
  for (double& value : made.reshaped()) value = normal(random);
  return made;
}

/// By definition, pair by pair.
Mmd slowly(const MatrixXd& x, const MatrixXd& y, double sigma) {
  const auto mean_of_kernel = [sigma](const MatrixXd& a, const MatrixXd& b, bool own) {
    double sum = 0.0;
    double pairs = 0.0;
    for (Index i = 0; i < a.cols(); ++i) {
      for (Index j = 0; j < b.cols(); ++j) {
        if (own && i == j) continue;
        sum += std::exp(-(a.col(i) - b.col(j)).squaredNorm() / (2.0 * sigma * sigma));
        pairs += 1.0;
      }
    }
    return sum / pairs;
  };
  const double mixed = 2.0 * mean_of_kernel(x, y, false);
  return {
      .biased = mean_of_kernel(x, x, false) + mean_of_kernel(y, y, false) - mixed,
      .unbiased = mean_of_kernel(x, x, true) + mean_of_kernel(y, y, true) - mixed,
  };
}

Mmd mmd(const MatrixXd& x, const MatrixXd& y, const MmdOptions& options) {
  auto found = maximum_mean_discrepancy(x, y, options);
  EXPECT_TRUE(found) << (found ? "" : found.error().message);
  return found ? *found : Mmd{};
}

TEST(Mmd, OfManyBlocksAndDimensionsIsThatOfTheDefinition) {
  Random random(1);
  for (const Index dimensions : {1, 8, 9, 40}) {  // differences up to 8, products beyond
    const MatrixXd x = points(dimensions, 200, random).array() + 5.0;
    const MatrixXd y = points(dimensions, 190, random).array() * 1.3 + 5.2;
    const double sigma = std::sqrt(static_cast<double>(dimensions));
    const Mmd fast = mmd(x, y, {.bandwidth = sigma});
    const Mmd slow = slowly(x, y, sigma);
    EXPECT_NEAR(fast.biased, slow.biased, 1e-12) << dimensions;
    EXPECT_NEAR(*fast.unbiased, *slow.unbiased, 1e-12) << dimensions;
  }
}

TEST(Mmd, OfPermutedLabelsIsThatOfThePermutedRows) {
  Random random(2);
  const MatrixXd x = points(3, 180, random);
  const MatrixXd y = points(3, 120, random).array() + 0.2;
  constexpr std::size_t kPermutations = 10;
  const Mmd fast = mmd(x, y, {.bandwidth = 1.5, .permutations = kPermutations, .seed = 7});
  MatrixXd pooled(3, 300);
  pooled << x, y;
  const MatrixXd labels = permuted_labels(180, 300, kPermutations, 7);
  std::size_t exceeding = 0;
  double mean = 0.0;
  for (Index p = 0; p < labels.cols(); ++p) {
    EXPECT_EQ(labels.col(p).sum(), 180.0);
    MatrixXd one(3, 180);
    MatrixXd other(3, 120);
    Index i = 0;
    Index j = 0;
    for (Index row = 0; row < 300; ++row)
      (labels(row, p) == 1.0 ? one.col(i++) : other.col(j++)) = pooled.col(row);
    const double value = *slowly(one, other, 1.5).unbiased;
    exceeding += value >= *fast.unbiased ? 1U : 0U;
    mean += value / static_cast<double>(kPermutations);
  }
  EXPECT_EQ(fast.exceeding, exceeding);
  EXPECT_EQ(*fast.p_value, static_cast<double>(exceeding + 1) / (kPermutations + 1));
  EXPECT_NEAR(fast.null->mean(), mean, 1e-12);
}

TEST(Mmd, IsSymmetricAndUnmovedByRotationAndTranslation) {
  Random random(3);
  const MatrixXd x = points(10, 200, random);
  const MatrixXd y = points(10, 150, random).array() * 1.2;
  const Mmd plain = mmd(x, y, {});
  EXPECT_NEAR(*mmd(y, x, {}).unbiased, *plain.unbiased, 1e-13);
  // A reflection at a plane is orthogonal.
  const Eigen::VectorXd v = points(10, 1, random).col(0).normalized();
  const MatrixXd turn = MatrixXd::Identity(10, 10) - 2.0 * v * v.transpose();
  const MatrixXd moved_x = (turn * x).array() + 1000.0;
  const MatrixXd moved_y = (turn * y).array() + 1000.0;
  const Mmd moved = mmd(moved_x, moved_y, {});
  EXPECT_NEAR(moved.sigma, plain.sigma, 1e-9);
  EXPECT_NEAR(*moved.unbiased, *plain.unbiased, 1e-10);
}

TEST(Mmd, RulesForThePValueDifferByOne) {
  EXPECT_EQ(permutation_p(0, 100, PermutationRule::kAddOne), 1.0 / 101.0);
  EXPECT_EQ(permutation_p(0, 100, PermutationRule::kShare), 0.0);
  EXPECT_EQ(permutation_p(100, 100, PermutationRule::kAddOne), 1.0);
  Random random(4);
  const MatrixXd x = points(2, 60, random);
  const MatrixXd y = points(2, 60, random).array() + 2.0;
  EXPECT_EQ(*mmd(x, y, {.permutations = 50, .rule = PermutationRule::kShare}).p_value, 0.0);
}

TEST(Mmd, MedianOfMoreRowsThanAreComparedIsThatOfASample) {
  Random random(5);
  const MatrixXd many = points(2, 3000, random);
  // The distance of two standard normal points of the plane is Rayleigh of scale sqrt(2).
  const double median = std::sqrt(2.0) * std::sqrt(2.0 * std::log(2.0));
  EXPECT_NEAR(median_distance(many, 1), median, 0.05);
  EXPECT_EQ(median_distance(many, 1), median_distance(many, 1));
  EXPECT_EQ(median_distance(MatrixXd::Ones(3, 5), 1), 1.0);
}

TEST(Mmd, SaysWhatIsWrongWithItsArguments) {
  const MatrixXd x = MatrixXd::Ones(3, 5);
  const auto empty = maximum_mean_discrepancy(MatrixXd(3, 0), x, {});
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().code, ErrorCode::kInsufficientData);
  EXPECT_EQ(empty.error().message, "mmd: the reference has no rows");
  const auto other = maximum_mean_discrepancy(x, MatrixXd::Ones(4, 5), {});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(other.error().message, "mmd: rows of 3 and of 4 numbers");
}

// What thresholds beyond the permutations' reach are taken from.
TEST(Mmd, PValuesAreUniformWithoutDrift) {
  constexpr std::size_t kRuns = 200;
  std::size_t counted[2] = {};
  std::size_t fitted[2] = {};
  constexpr double kAlphas[2] = {0.05, 0.25};
  for (std::size_t run = 0; run < kRuns; ++run) {
    Random random(100 + run);
    const MatrixXd x = points(4, 40, random);
    const MatrixXd y = points(4, 30, random);
    const Mmd found = mmd(x, y, {.permutations = 99, .seed = run});
    for (int i = 0; i < 2; ++i) {
      counted[i] += *found.p_value <= kAlphas[i] ? 1U : 0U;
      fitted[i] += found.null->tail(*found.unbiased) <= kAlphas[i] ? 1U : 0U;
    }
  }
  for (int i = 0; i < 2; ++i) {
    const double reach = binomial_reach(kAlphas[i], kRuns);
    EXPECT_NEAR(static_cast<double>(counted[i]) / kRuns, kAlphas[i], reach);
    EXPECT_NEAR(static_cast<double>(fitted[i]) / kRuns, kAlphas[i], reach);
  }
}

TEST(Mmd, FindsPointsThatTurnedWhileEachDimensionStayed) {
  std::size_t found = 0;
  constexpr std::size_t kRuns = 10;
  for (std::size_t run = 0; run < kRuns; ++run) {
    Random random(900 + run);
    MatrixXd x = points(2, 120, random);
    x.row(1) = 0.8 * x.row(0) + 0.6 * x.row(1);
    MatrixXd y = points(2, 120, random);
    y.row(1) = -0.8 * y.row(0) + 0.6 * y.row(1);
    found += *mmd(x, y, {.permutations = 99, .seed = run}).p_value <= 0.01 ? 1U : 0U;
  }
  EXPECT_EQ(found, kRuns);
}

}  // namespace
}  // namespace leeway::multivariate
