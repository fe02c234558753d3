#include "detectors/multivariate/baseline.h"

#include <gtest/gtest.h>

#include "tests/detectors/multivariate/samples.h"

namespace leeway::multivariate {
namespace {

const Measure& classifier() { return *find_measure("domain_classifier"); }

/// Windows with AUCs around `middle`.
std::vector<Shown> windows(std::size_t count, double middle, double spread, double scale) {
  Random random(1);
  std::vector<Shown> made;
  for (std::size_t i = 0; i < count; ++i) {
    made.push_back({.value = middle + spread * normal(random), .null = Null::normal(0.5, scale)});
  }
  return made;
}

TEST(Level, WithoutWindowsIsTheQuantileOfTheNull) {
  const Null null = Null::normal(0.5, 0.01);
  const Level found = level(windows(3, 0.9, 0.0, 0.01), null, 0.001);
  EXPECT_EQ(found.basis, ThresholdBasis::kIid);
  EXPECT_NEAR(found.value, 0.5 + 0.01 * 3.0902323, 1e-7);
}

TEST(Level, ThatTheWindowsCanShowIsTheirQuantile) {
  std::vector<Shown> shown;
  for (int i = 1; i <= 19; ++i)
    shown.push_back({.value = 0.6 + 0.01 * i, .null = Null::normal(0.5, 0.01)});
  const Level found = level(shown, Null::normal(0.5, 0.01), 0.1);  // the second of 20
  EXPECT_EQ(found.basis, ThresholdBasis::kWindows);
  EXPECT_NEAR(found.value, 0.78, 1e-12);
}

TEST(Level, BeyondTheWindowsStretchesTheNullOverThem) {
  const Level found = level(windows(30, 0.6, 0.02, 0.01), Null::normal(0.5, 0.01), 1e-4);
  EXPECT_EQ(found.basis, ThresholdBasis::kExtrapolated);
  EXPECT_GT(found.value, 0.65);  // above all of them
  // Windows without more than sampling in them stretch nothing much.
  const Level calm = level(windows(30, 0.5, 0.01, 0.01), Null::normal(0.5, 0.01), 1e-4);
  EXPECT_NEAR(calm.value, Null::normal(0.5, 0.01).quantile(1e-4), 0.015);
}

TEST(Level, OfFewerRowsAddsSamplingButKeepsWhatWindowsDiffer) {
  const std::vector<Shown> shown = windows(30, 0.7, 0.001, 0.01);
  const double many = level(shown, Null::normal(0.5, 0.01), 0.1).value;
  const double few = level(shown, Null::normal(0.5, 0.03), 0.1).value;
  EXPECT_NEAR(many, 0.7, 0.01);
  // 1.28 standard errors of sampling, which are 0.02 more each; the 0.19 between windows stay.
  EXPECT_NEAR(few - many, 1.2816 * 0.02, 0.01);
}

// Windows of one kind, with and without differences between them: the share of new windows beyond
// the level is alpha on average over what was learned.
TEST(Level, IsExceededByNewWindowsAsOftenAsItSays) {
  for (const double between : {0.0, 0.03}) {
    constexpr std::size_t kRuns = 2000;
    constexpr double kAlpha = 0.05;
    std::size_t above = 0;
    for (std::size_t run = 0; run < kRuns; ++run) {
      Random random(run + 1);
      const auto draw = [&] {
        return 0.5 + std::abs(between * normal(random)) + 0.01 * normal(random);
      };
      std::vector<Shown> shown;
      for (int i = 0; i < 30; ++i)
        shown.push_back({.value = draw(), .null = Null::normal(0.5, 0.01)});
      above += draw() >= level(shown, Null::normal(0.5, 0.01), kAlpha).value ? 1U : 0U;
    }
    const double share = static_cast<double>(above) / kRuns;
    EXPECT_LE(share, kAlpha + binomial_reach(kAlpha, kRuns)) << between;
    EXPECT_GE(share, 0.4 * kAlpha) << between;  // the larger of two estimates: careful, not blind
  }
}

TEST(Limit, FollowTheRulesOfSingleColumns) {
  const Null null = Null::normal(0.5, 0.02);
  const threshold::Limit alone = limit(classifier(), {}, null, 0.001, 0);
  EXPECT_EQ(alone.basis, ThresholdBasis::kIid);
  EXPECT_FALSE(alone.critical);
  ASSERT_TRUE(alone.warning);
  EXPECT_NEAR(*alone.warning, null.quantile(0.005), 1e-12);
  EXPECT_NEAR(*limit(classifier(), {}, null, 0.001, 14).critical, null.quantile(0.001), 1e-12);
  // So many rows that differences of no account are sure.
  const threshold::Limit sharp = limit(classifier(), {}, Null::normal(0.5, 1e-4), 0.001, 14);
  EXPECT_EQ(sharp.warning, 0.55);
  EXPECT_EQ(sharp.critical, 0.55);
}

TEST(Judge, SaysWhatTheValueIsAgainstTheLimits) {
  const Measured measured{
      .value = 0.6, .null = Null::normal(0.5, 0.01), .p_value = 1e-9, .moved = "it moved"};
  const auto verdict = [&](double warning, double critical) {
    return judge(classifier(), measured, {.warning = warning, .critical = critical});
  };
  EXPECT_EQ(verdict(0.55, 0.6).verdict, Verdict::kCritical);
  EXPECT_EQ(verdict(0.55, 0.61).verdict, Verdict::kWarning);
  EXPECT_EQ(verdict(0.61, 0.62).verdict, Verdict::kOk);
  EXPECT_EQ(verdict(0.61, 0.62).note, "");
  const Finding finding = verdict(0.55, 0.6);
  EXPECT_EQ(finding.measure, "domain_classifier");
  EXPECT_EQ(finding.column, "");
  EXPECT_EQ(finding.note, "it moved");
  EXPECT_EQ(finding.noise_floor, 0.5);
  EXPECT_EQ(finding.p_value, 1e-9);
}

TEST(Judge, TellsTooFewRowsFromFailures) {
  const Finding few =
      judge(classifier(), fail(ErrorCode::kInsufficientData, "49 rows, 50 are needed"), {});
  EXPECT_EQ(few.verdict, Verdict::kTooFew);
  EXPECT_EQ(few.note, "49 rows, 50 are needed");
  EXPECT_EQ(judge(classifier(), fail(ErrorCode::kCorrupt, "no"), {}).verdict, Verdict::kError);
}

}  // namespace
}  // namespace leeway::multivariate
