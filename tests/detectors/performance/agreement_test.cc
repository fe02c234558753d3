#include "detectors/performance/agreement.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "detectors/base/random.h"

namespace leeway::performance {
namespace {

/// Values printed with 15 digits.
constexpr double kPrinted = 1e-14;

struct WilsonRow {
  const char* name;
  std::uint64_t successes;
  std::uint64_t trials;
  double confidence;
  Interval want;
};

// statsmodels 0.15.0: proportion_confint(k, n, 1 - confidence, method="wilson").
constexpr WilsonRow kWilson[] = {
    {"None", 0, 32, 0.95, {0.0, 0.107179198255071}},
    {"Few", 3, 96, 0.95, {0.0106840703712012, 0.0878867932453698}},
    {"All", 32, 32, 0.95, {0.892820801744929, 1.0}},
    {"One", 1, 1, 0.95, {0.206549314377237, 1.0}},
    {"Level99", 50, 1000, 0.99, {0.0350250757225324, 0.0709069726905337}},
};

class Wilson : public testing::TestWithParam<WilsonRow> {};

TEST_P(Wilson, AgreesWithStatsmodels) {
  const WilsonRow& row = GetParam();
  const Interval got = wilson_interval(row.successes, row.trials, row.confidence);
  EXPECT_NEAR(got.lower, row.want.lower, kPrinted);
  EXPECT_NEAR(got.upper, row.want.upper, kPrinted);
}

INSTANTIATE_TEST_SUITE_P(Table, Wilson, testing::ValuesIn(kWilson),
                         [](const auto& info) { return info.param.name; });

TEST(WilsonInterval, CoversTheShareAboutAsOftenAsItSays) {
  Random random(7);
  int covered = 0;
  constexpr int kDraws = 4000;
  for (int draw = 0; draw < kDraws; ++draw) {
    std::uint64_t successes = 0;
    for (int row = 0; row < 96; ++row) successes += random.uniform() < 0.08 ? 1U : 0U;
    const Interval interval = wilson_interval(successes, 96);
    covered += interval.lower <= 0.08 && 0.08 <= interval.upper ? 1 : 0;
  }
  // Exactly 0.9429 by summing the binomial; four standard errors of 4,000 draws are 0.0147.
  EXPECT_NEAR(covered / static_cast<double>(kDraws), 0.9429, 0.0147);
}

TEST(MostWithin, IsTheLastCountWhoseLowerBoundKeepsToTheLimit) {
  // By trying every count with statsmodels.
  EXPECT_EQ(most_within(0.01, 32), 1U);
  EXPECT_EQ(most_within(0.1, 32), 6U);
  EXPECT_EQ(most_within(0.1, 96), 15U);
  EXPECT_EQ(most_within(0.01, 384), 7U);
  EXPECT_EQ(most_within(0.0, 10), 0U);
  EXPECT_EQ(most_within(1.0, 10), 10U);
}

constexpr std::array kFirst{0.1, 0.4, 0.35, 0.8, 0.9, 0.55, 0.2};
constexpr std::array kSecond{0.15, 0.38, 0.5, 0.82, 0.95, 0.6, 0.21};

TEST(PairedDifference, AgreesWithScipy) {
  // scipy 1.17.1: r = ttest_rel(second, first); r.confidence_interval(0.95), r.pvalue.
  const auto got = paired_difference(kFirst, kSecond);
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_NEAR(got->mean, 0.0442857142857142, kPrinted);
  EXPECT_NEAR(got->interval.lower, -0.0051905491220751, kPrinted);
  EXPECT_NEAR(got->interval.upper, 0.0937619776935036, kPrinted);
  EXPECT_NEAR(got->p_value, 0.0710545653749524, kPrinted);
}

TEST(PairedDifference, OfEqualDifferencesHasNoWidth) {
  const std::array first{1.0, 2.0, 4.0};
  const std::array second{1.5, 2.5, 4.5};
  const auto moved = paired_difference(first, second);
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->interval.lower, 0.5);
  EXPECT_EQ(moved->interval.upper, 0.5);
  EXPECT_EQ(moved->p_value, 0.0);
  const auto same = paired_difference(first, first);
  ASSERT_TRUE(same);
  EXPECT_EQ(same->mean, 0.0);
  EXPECT_EQ(same->p_value, 1.0);
}

TEST(PairedDifference, NeedsTwoRowsOfBoth) {
  const std::array one{1.0};
  EXPECT_EQ(paired_difference(one, one).error().code, ErrorCode::kInsufficientData);
  EXPECT_EQ(paired_difference(one, kFirst).error().code, ErrorCode::kInvalidArgument);
}

TEST(AbsoluteDifferences, AreNumbersThatOccurred) {
  // numpy.quantile(abs(first - second), q, method="inverted_cdf").
  const auto got = absolute_differences(kFirst, kSecond);
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_NEAR(got->mean, 0.05, kPrinted);
  EXPECT_NEAR(got->median, 0.05, kPrinted);
  EXPECT_NEAR(got->p95, 0.15, kPrinted);
  EXPECT_NEAR(got->largest, 0.15, kPrinted);
  EXPECT_FALSE(absolute_differences({}, {}));
}

TEST(CohenKappa, AgreesWithScikitLearn) {
  // scikit-learn 1.9.1: cohen_kappa_score(x, y).
  const std::array<std::uint32_t, 10> x{0, 1, 2, 1, 0, 2, 1, 1, 0, 2};
  const std::array<std::uint32_t, 10> y{0, 1, 1, 1, 0, 2, 2, 1, 1, 2};
  const auto got = cohen_kappa(x, y);
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_NEAR(*got, 0.538461538461538, kPrinted);
  EXPECT_EQ(*cohen_kappa(x, x), 1.0);
  EXPECT_NEAR(*cohen_kappa(y, x), *got, kPrinted);
}

TEST(CohenKappa, IsUnknownWhereBothGiveOneClassAlways) {
  const std::array<std::uint32_t, 3> same{4, 4, 4};
  const auto got = cohen_kappa(same, same);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, ErrorCode::kInsufficientData);
}

TEST(McNemar, AgreesWithStatsmodels) {
  // statsmodels 0.15.0: mcnemar(table, exact=True).pvalue.
  EXPECT_NEAR(mcnemar_p_value(12, 3), 0.03515625, kPrinted);
  EXPECT_NEAR(mcnemar_p_value(5, 5), 1.0, kPrinted);
  EXPECT_NEAR(mcnemar_p_value(40, 60), 0.0568879336409809, kPrinted);
  EXPECT_NEAR(mcnemar_p_value(0, 7), 0.015625, kPrinted);
  EXPECT_EQ(mcnemar_p_value(0, 0), 1.0);
  EXPECT_EQ(mcnemar_p_value(3, 12), mcnemar_p_value(12, 3));
}

}  // namespace
}  // namespace leeway::performance
