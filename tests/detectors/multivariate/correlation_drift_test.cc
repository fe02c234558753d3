#include "detectors/multivariate/correlation_drift.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/detectors/multivariate/samples.h"

namespace leeway::multivariate {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(Correlations, AreThoseOfAnscombesFirstSet) {
  // R 4.2: cor(anscombe$x1, anscombe$y1) and method = "spearman".
  MatrixXd values(2, 11);
  values << 10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5,  //
      8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68;
  EXPECT_NEAR(correlations(values, Correlation::kPearson).r(0, 1), 0.8164205163448, 1e-12);
  EXPECT_NEAR(correlations(values, Correlation::kSpearman).r(0, 1), 0.8181818181818, 1e-12);
}

TEST(Correlations, RestOnTheColumnsInWhichBothHaveAValue) {
  Random random(1);
  MatrixXd values(3, 400);
  for (Index i = 0; i < values.cols(); ++i) {
    values(0, i) = normal(random);
    values(1, i) = 1e6 + 0.5 * values(0, i) + normal(random);
    values(2, i) = normal(random);
  }
  for (Index i = 0; i < values.cols(); i += 3) values(0, i) = kNan;
  for (Index i = 0; i < values.cols(); i += 4) values(1, i) = kNan;
  const Correlations found = correlations(values, Correlation::kPearson);
  for (Index a = 0; a < 3; ++a) {
    for (Index b = 0; b < a; ++b) {
      std::vector<double> x;
      std::vector<double> y;
      for (Index i = 0; i < values.cols(); ++i) {
        if (std::isnan(values(a, i)) || std::isnan(values(b, i))) continue;
        x.push_back(values(a, i));
        y.push_back(values(b, i));
      }
      const auto n = static_cast<Index>(x.size());
      Eigen::ArrayXd u = Eigen::Map<Eigen::ArrayXd>(x.data(), n);
      Eigen::ArrayXd v = Eigen::Map<Eigen::ArrayXd>(y.data(), n);
      u -= u.mean();
      v -= v.mean();
      const double r = (u * v).sum() / std::sqrt(u.square().sum() * v.square().sum());
      EXPECT_NEAR(found.r(a, b), r, 1e-9) << a << " " << b;
      EXPECT_EQ(found.n(a, b), static_cast<double>(n));
      EXPECT_EQ(found.r(a, b), found.r(b, a));
    }
  }
}

TEST(Correlations, OfRanksDoNotChangeUnderMonotoneMaps) {
  Random random(2);
  MatrixXd values(2, 200);
  for (double& value : values.reshaped()) value = normal(random);
  MatrixXd mapped = values;
  mapped.row(0) = values.row(0).array().exp();
  EXPECT_EQ(correlations(values, Correlation::kSpearman).r,
            correlations(mapped, Correlation::kSpearman).r);
}

TEST(Correlations, OfAConstantAreZeroAndNotCompared) {
  MatrixXd values(2, 30);
  values.row(0).setConstant(0.1);
  values.row(1).setLinSpaced(0.0, 1.0);
  const Correlations found = correlations(values, Correlation::kPearson);
  EXPECT_EQ(found.r(0, 1), 0.0);
  EXPECT_EQ(found.variance(0, 1), 0.0);
}

/// Numbers with correlation 0.64 or 0, brought to heavy tails by exp(1.5 x) if asked for.
Table numbers(std::size_t rows, bool heavy, Random& random) {
  Table table = factor_table(rows, 6, 0, random);
  for (TableColumn& column : table.columns) {
    for (double& value : column.numbers) value = heavy ? std::exp(1.5 * value) : value;
  }
  return table;
}

double share_below(Correlation kind, bool heavy, double alpha, std::size_t runs) {
  std::size_t below = 0;
  for (std::size_t run = 0; run < runs; ++run) {
    Random random(run + 1);
    const Table reference = numbers(200, heavy, random);
    const auto drift = correlation_drift(reference, numbers(150, heavy, random), kind);
    EXPECT_EQ(drift->pairs, 15U);
    below += drift->null.tail(drift->changed.front().q) <= alpha ? 1U : 0U;
  }
  return static_cast<double>(below) / static_cast<double>(runs);
}

TEST(CorrelationDrift, LargestOfAllPairsKeepsItsLevelWithoutDrift) {
  constexpr std::size_t kRuns = 200;
  for (const double alpha : {0.05, 0.2}) {
    const double reach = binomial_reach(alpha, kRuns);
    EXPECT_NEAR(share_below(Correlation::kSpearman, false, alpha, kRuns), alpha, reach);
    EXPECT_NEAR(share_below(Correlation::kSpearman, true, alpha, kRuns), alpha, reach);
    EXPECT_NEAR(share_below(Correlation::kPearson, false, alpha, kRuns), alpha, reach + 0.03);
  }
  // Why ranks are what is judged: so heavy tails take Pearson's r beyond any standard error.
  EXPECT_GT(share_below(Correlation::kPearson, true, 0.05, kRuns), 0.1);
}

TEST(CorrelationDrift, NamesThePairsThatChanged) {
  Random random(3);
  const Table reference = factor_table(1000, 6, 1, random);
  Table current = factor_table(1000, 6, 1, random);
  for (double& value : current.columns[2].numbers) value = -value;  // with x0 and x4 it goes
  const auto drift = correlation_drift(reference, current, Correlation::kSpearman);
  ASSERT_TRUE(drift);
  ASSERT_GE(drift->changed.size(), 3U);
  for (std::size_t i = 0; i < 2; ++i) {
    const CorrelationPair& pair = drift->changed[i];
    EXPECT_TRUE(pair.first == "x2" || pair.second == "x2");
    EXPECT_NEAR(pair.reference, 0.62, 0.08);
    EXPECT_NEAR(pair.current, -0.62, 0.08);
    EXPECT_NEAR(pair.q, 2.0 * std::atanh(0.62), 0.2);
    EXPECT_LT(pair.adjusted, 1e-12);
  }
  EXPECT_GT(drift->changed[2].adjusted, 0.01);
  for (std::size_t i = 1; i < drift->changed.size(); ++i)
    EXPECT_GE(drift->changed[i].adjusted, drift->changed[i - 1].adjusted);
}

TEST(CorrelationDrift, DoesNotSeeWhatHappensBeyondNinetyNineHundredths) {
  Table reference{.columns = {{.name = "a"}, {.name = "b"}}};
  Random random(4);
  for (int i = 0; i < 500; ++i) {
    const double a = normal(random);
    reference.columns[0].numbers.push_back(a);
    reference.columns[1].numbers.push_back(a);
  }
  Table current = reference;
  for (double& value : current.columns[1].numbers) value += 0.01 * normal(random);
  const auto drift = correlation_drift(reference, current, Correlation::kSpearman);
  ASSERT_TRUE(drift);
  EXPECT_EQ(drift->changed.front().q, 0.0);
}

TEST(CorrelationDrift, NeedsTwoNumericColumnsThatVary) {
  Random random(5);
  const Table table = factor_table(100, 1, 2, random);
  const auto drift = correlation_drift(table, table, Correlation::kSpearman);
  ASSERT_FALSE(drift);
  EXPECT_EQ(drift.error().code, ErrorCode::kInsufficientData);
  EXPECT_EQ(drift.error().message, "correlation: no two numeric columns vary");
}

}  // namespace
}  // namespace leeway::multivariate
