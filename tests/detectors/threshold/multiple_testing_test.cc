#include "detectors/threshold/multiple_testing.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "detectors/base/random.h"

namespace leeway::threshold {
namespace {

using testing::HasSubstr;

std::vector<double> uniforms(std::size_t m, Random& random) {
  std::vector<double> values(m);
  for (double& value : values) value = random.uniform();
  return values;
}

TEST(MultipleTesting, KeepsTheOrderOfTheTestsAndTheOrderOfTheirPValues) {
  Random random(3);
  for (int i = 0; i < 100; ++i) {
    const std::vector<double> p = uniforms(1 + random.below(40), random);
    const auto bonferroni = *adjusted_p_values(p, Correction::kBonferroni);
    const auto holm = *adjusted_p_values(p, Correction::kHolm);
    const auto benjamini_hochberg = *adjusted_p_values(p, Correction::kBenjaminiHochberg);
    for (std::size_t j = 0; j < p.size(); ++j) {
      EXPECT_LE(p[j], benjamini_hochberg[j]);
      EXPECT_LE(benjamini_hochberg[j], holm[j] * (1.0 + 1e-12));
      EXPECT_LE(holm[j], bonferroni[j]);
      for (std::size_t k = 0; k < j; ++k) {
        if (p[j] > p[k]) continue;
        EXPECT_LE(holm[j], holm[k]);
        EXPECT_LE(benjamini_hochberg[j], benjamini_hochberg[k]);
      }
    }
  }
}

// 20 tests without drift: some p is below 0.05 two times in three, Holm rejects one in twenty
// times.
TEST(MultipleTesting, HolmBoundsTheProbabilityOfAnyFalseRejection) {
  Random random(17);
  int any = 0;
  const int runs = 4000;
  for (int i = 0; i < runs; ++i) {
    const auto holm = *adjusted_p_values(uniforms(20, random), Correction::kHolm);
    any += *std::min_element(holm.begin(), holm.end()) <= 0.05 ? 1 : 0;
  }
  // 1 - (1 - 0.05/20)^20 = 0.0488, with a standard deviation of 0.0034.
  EXPECT_NEAR(any / double{runs}, 0.0488, 0.0136);
}

// Half of 40 hypotheses is false: the share of false ones among the rejections is 0.05 * 20/40.
TEST(MultipleTesting, BenjaminiHochbergBoundsTheShareOfFalseRejections) {
  Random random(23);
  double share = 0.0;
  const int runs = 4000;
  for (int i = 0; i < runs; ++i) {
    std::vector<double> p = uniforms(40, random);
    for (std::size_t j = 20; j < 40; ++j) p[j] = std::pow(p[j], 6.0);
    const auto adjusted = *adjusted_p_values(p, Correction::kBenjaminiHochberg);
    double rejected = 0.0;
    double falsely = 0.0;
    for (std::size_t j = 0; j < 40; ++j) {
      if (adjusted[j] > 0.05) continue;
      rejected += 1.0;
      falsely += j < 20 ? 1.0 : 0.0;
    }
    if (rejected > 0.0) share += falsely / rejected / runs;
  }
  EXPECT_NEAR(share, 0.025, 0.005);
}

TEST(MultipleTesting, RefusesWhatIsNoProbability) {
  for (const double p : {-0.1, 1.5, std::numeric_limits<double>::quiet_NaN()}) {
    const auto adjusted = adjusted_p_values(std::vector{0.5, p}, Correction::kHolm);
    ASSERT_FALSE(adjusted);
    EXPECT_EQ(adjusted.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(adjusted.error().message, HasSubstr("'p_values' 1 is "));
  }
}

}  // namespace
}  // namespace leeway::threshold
