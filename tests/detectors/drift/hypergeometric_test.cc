#include "detectors/drift/hypergeometric.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

namespace leeway::drift {
namespace {

TEST(Hypergeometric, HasTheKnownProbabilities) {
  // C(4,x) C(6,3-x) / C(10,3)
  const Hypergeometric x(4, 6, 3);
  const double expected[] = {20.0 / 120, 60.0 / 120, 36.0 / 120, 4.0 / 120};
  for (int i = 0; i <= 3; ++i) EXPECT_NEAR(std::exp(x.log_probability(i)), expected[i], 1e-14);
  EXPECT_EQ(x.mode(), 1.0);
  EXPECT_EQ(x.least(), 0.0);
  EXPECT_EQ(x.most(), 3.0);
}

TEST(Hypergeometric, IsOneValueWhereTheMarginsLeaveNoOther) {
  Random random(1);
  for (const auto& x : {Hypergeometric(5, 0, 3), Hypergeometric(5, 7, 0), Hypergeometric(0, 9, 4),
                        Hypergeometric(5, 7, 12)}) {
    EXPECT_EQ(x.least(), x.most());
    EXPECT_EQ(x.log_probability(x.least()), 0.0);
    EXPECT_EQ(x.draw(random), x.least());
  }
}

// Pearson's statistic of 40,000 draws; 4 standard deviations above its mean.
TEST(Hypergeometric, DrawsEachValueAsOftenAsItsProbabilitySays) {
  constexpr int kDraws = 40'000;
  for (const auto& x : {Hypergeometric(4, 6, 3), Hypergeometric(500, 400, 60),
                        Hypergeometric(3, 100'000, 40'000), Hypergeometric(70, 2, 71)}) {
    Random random(2);
    std::map<double, int> drawn;
    for (int i = 0; i < kDraws; ++i) ++drawn[x.draw(random)];
    double statistic = 0.0;
    double cells = 0.0;
    for (double value = x.least(); value <= x.most(); value += 1.0) {
      const double expected = kDraws * std::exp(x.log_probability(value));
      if (expected < 5.0) continue;
      statistic += (drawn[value] - expected) * (drawn[value] - expected) / expected;
      cells += 1.0;
    }
    EXPECT_LT(statistic, cells + 4.0 * std::sqrt(2.0 * cells));
    EXPECT_GE(drawn.begin()->first, x.least());
    EXPECT_LE(drawn.rbegin()->first, x.most());
  }
}

TEST(Hypergeometric, DrawsOfBillionsHaveTheirMeanAndDeviation) {
  const Hypergeometric x(1e9, 2e9, 3e8);
  Random random(3);
  double sum = 0.0;
  double squares = 0.0;
  constexpr int kDraws = 2000;
  for (int i = 0; i < kDraws; ++i) {
    const double away = x.draw(random) - 1e8;
    sum += away;
    squares += away * away;
  }
  const double deviation = std::sqrt(3e8 * (1.0 / 3) * (2.0 / 3) * 0.9);
  EXPECT_LT(std::abs(sum / kDraws), 4.0 * deviation / std::sqrt(kDraws));
  EXPECT_NEAR(std::sqrt(squares / kDraws) / deviation, 1.0, 4.0 / std::sqrt(2.0 * kDraws));
}

}  // namespace
}  // namespace leeway::drift
