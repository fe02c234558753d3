#include "detectors/threshold/thresholds.h"

#include <gtest/gtest.h>

#include "detectors/drift/compare.h"
#include "tests/detectors/drift/samples.h"

namespace leeway::threshold {
namespace {

using drift::normals;
using drift::reference_of;
using drift::window_of;

/// Windows whose mean strays by `stray` standard deviations from one to the next.
std::vector<std::vector<double>> windows(std::size_t count, std::size_t rows, double stray,
                                         Random& random) {
  std::vector<std::vector<double>> made(count);
  for (auto& window : made) window = normals(rows, random, drift::normal(random, 0.0, stray));
  return made;
}

profile::Reference month(double stray, std::size_t count = 30, std::size_t rows = 1000) {
  Random random(1);
  return reference_of(windows(count, rows, stray, random));
}

Thresholds learned(const profile::Reference& reference, Policy policy = {}) {
  return Thresholds::learn(reference, {"psi", "ks"}, {"psi"}, std::move(policy));
}

TEST(Thresholds, OfTheUserWinByMeasure) {
  const Thresholds thresholds =
      learned(month(0.0), {.fixed = {{"psi", {.warning = 0.1, .critical = 0.25}},
                                     {"wasserstein", {.warning = {}, .critical = 1.0}}}});
  const Limit psi = thresholds.limit(0, "psi", 1000);
  EXPECT_EQ(psi.warning, 0.1);
  EXPECT_EQ(psi.critical, 0.25);
  EXPECT_EQ(psi.basis, ThresholdBasis::kFixed);
  EXPECT_EQ(thresholds.limit(0, "ks", 1000).basis, ThresholdBasis::kWindows);
}

TEST(Thresholds, AreNothingForWhatWasNotLearned) {
  const Thresholds thresholds = learned(month(0.0));
  EXPECT_EQ(thresholds.limit(0, "jensen_shannon", 1000).basis, ThresholdBasis::kNone);
  EXPECT_EQ(thresholds.limit(7, "psi", 1000).basis, ThresholdBasis::kNone);
  EXPECT_EQ(thresholds.limit(0, "psi", 0).critical, std::nullopt);
}

TEST(Thresholds, StandAboveEveryWindowOfTheReference) {
  const profile::Reference reference = month(0.3);
  const Thresholds thresholds = learned(reference);
  for (const auto& window : reference.windows) {
    for (const Finding& finding :
         drift::compare(reference, {}, window.profile, {}, thresholds, {})) {
      EXPECT_NE(finding.verdict, Verdict::kCritical) << finding.measure;
    }
  }
}

TEST(Thresholds, RiseWithTheStrayOfTheWindows) {
  const double steady = *learned(month(0.0)).limit(0, "psi", 1000).critical;
  const double astray = *learned(month(0.3)).limit(0, "psi", 1000).critical;
  EXPECT_LT(steady, 0.06);
  EXPECT_GT(astray, 3.0 * steady);
}

TEST(Thresholds, AreNeverBelowThePracticalFloorAndWarnFirst) {
  const Thresholds thresholds = learned(month(0.0, 30, 20'000));
  for (const char* measure : {"psi", "ks"}) {
    const Limit limit = thresholds.limit(0, measure, 20'000);
    EXPECT_EQ(limit.warning, 0.05) << measure;
    EXPECT_EQ(limit.critical, 0.05) << measure;
  }
  const Limit few = thresholds.limit(0, "psi", 150);
  EXPECT_GT(*few.warning, 0.05);
  EXPECT_GT(*few.critical, *few.warning);
}

TEST(Thresholds, FollowTheNoiseWithFewerRowsAndKeepTheStrayWithMore) {
  const Thresholds steady = learned(month(0.0));
  const double few = *steady.limit(0, "psi", 100).critical;
  const double fewer = *steady.limit(0, "psi", 50).critical;
  EXPECT_NEAR(fewer / few, 2.0, 0.1);  // (B-1)/n

  const Thresholds astray = learned(month(0.3));
  const double at = *astray.limit(0, "psi", 1000).critical;
  EXPECT_GT(*astray.limit(0, "psi", 1'000'000).critical, 0.8 * at);
  EXPECT_LT(*astray.limit(0, "psi", 250).critical, 1.4 * at);
}

TEST(Thresholds, SayHowFarTheWindowsVouch) {
  // One false alarm in two windows: 30 windows show that level themselves.
  EXPECT_EQ(learned(month(0.1), {.false_alarms = 15}).limit(0, "psi", 1000).basis,
            ThresholdBasis::kWindows);
  EXPECT_EQ(learned(month(0.1), {.false_alarms = 0.1}).limit(0, "psi", 1000).basis,
            ThresholdBasis::kExtrapolated);
  EXPECT_EQ(learned(month(0.1), {.false_alarms = 15}).achievable_false_alarms(), 15.0);
  EXPECT_NEAR(learned(month(0.1), {.false_alarms = 0.1}).achievable_false_alarms(), 30.0 / 31.0,
              1e-9);
}

TEST(Policy, DividesTheBudgetAmongSharesAndMultivariateTests) {
  EXPECT_DOUBLE_EQ(Policy{}.level(), 1.0 / 30.0);
  EXPECT_DOUBLE_EQ((Policy{.share = 0.5, .multivariate_tests = 2}).level(), 1.0 / 180.0);
  EXPECT_DOUBLE_EQ((Policy{.false_alarms = 1000.0}).level(), 0.5);
  EXPECT_DOUBLE_EQ((Policy{.window_size = std::chrono::hours(24 * 90)}).level(), 0.5);
  // Columns are judged at the level that is left to them.
  const profile::Reference reference = month(0.3);
  const auto critical = [&](const Policy& policy) {
    return *learned(reference, policy).limit(0, "psi", 1000).critical;
  };
  EXPECT_DOUBLE_EQ(critical({.false_alarms = 2.0, .multivariate_tests = 1}), critical({}));
  EXPECT_DOUBLE_EQ(critical({.false_alarms = 6.0, .share = 0.5, .multivariate_tests = 2}),
                   critical({}));
}

TEST(Thresholds, WithoutWindowsWarnAtMost) {
  const Limit alone = learned(month(0.0, 1)).limit(0, "psi", 1000);
  EXPECT_EQ(alone.basis, ThresholdBasis::kIid);
  EXPECT_TRUE(alone.warning);
  EXPECT_FALSE(alone.critical);
  EXPECT_EQ(learned(month(0.0, 3)).limit(0, "psi", 1000).basis, ThresholdBasis::kIid);
  EXPECT_EQ(learned(month(0.0, 4)).limit(0, "psi", 1000).basis, ThresholdBasis::kExtrapolated);
}

TEST(Thresholds, AreTheSameForAColumnWhetherOthersBesideItCanDriftOrNot) {
  // Seven steady columns of many rows never reach the practical floor, and cost no budget.
  Random random(5);
  profile::Reference one = reference_of(windows(30, 4000, 0.3, random));
  profile::Reference eight = one;
  for (int i = 1; i < 8; ++i) {
    const profile::Reference steady = reference_of(windows(30, 4000, 0.0, random));
    eight.schema.columns.push_back(steady.schema.columns[0]);
    eight.schema.columns.back().name += std::to_string(i);
    eight.profile.columns.push_back(steady.profile.columns[0]);
    for (std::size_t at = 0; at < eight.windows.size(); ++at)
      eight.windows[at].profile.columns.push_back(steady.windows[at].profile.columns[0]);
  }
  EXPECT_DOUBLE_EQ(*learned(eight).limit(0, "psi", 4000).critical,
                   *learned(one).limit(0, "psi", 4000).critical);
}

TEST(Thresholds, ArePaidForOnceByColumnsThatStrayTogether) {
  Random random(6);
  const profile::Reference one = reference_of(windows(60, 1000, 0.3, random));
  profile::Reference three = one;
  for (int i = 1; i < 3; ++i) {
    three.schema.columns.push_back(one.schema.columns[0]);
    three.schema.columns.back().name += std::to_string(i);
    three.profile.columns.push_back(one.profile.columns[0]);
    for (auto& window : three.windows) window.profile.columns.push_back(window.profile.columns[0]);
  }
  EXPECT_DOUBLE_EQ(*learned(three).limit(0, "psi", 1000).critical,
                   *learned(one).limit(0, "psi", 1000).critical);
}

TEST(Thresholds, OfAQuarterOfTheWindowsStandAboveThreeQuartersOfThem) {
  // Half of the level 1/2 with 31 ranks: 8 of 30 windows may lie above.
  const profile::Reference reference = month(0.3);
  const Thresholds thresholds = learned(reference, {.false_alarms = 7.5});
  int above = 0;
  for (const auto& window : reference.windows) {
    for (const Finding& finding :
         drift::compare(reference, {}, window.profile, {}, thresholds, {.min_rows = 1}))
      above += finding.deciding && finding.verdict == Verdict::kCritical ? 1 : 0;
  }
  EXPECT_GE(above, 5);
  EXPECT_LE(above, 9);
}

TEST(Thresholds, SayHowOftenFixedOnesWillBeCrossed) {
  const auto crossed = [](double stray, double critical) {
    return learned(month(stray), {.fixed = {{"psi", {.warning = {}, .critical = critical}}}})
        .fixed_false_alarms();
  };
  EXPECT_LT(crossed(0.0, 0.25), 0.01);
  EXPECT_GT(crossed(0.5, 0.1), 10.0);
  EXPECT_LE(crossed(0.5, 0.1), 30.0);
  EXPECT_EQ(learned(month(0.5)).fixed_false_alarms(), 0.0);
}

TEST(Thresholds, LeaveTheFragmentsOfWindowsOut) {
  Random random(3);
  auto whole = windows(10, 1000, 0.0, random);
  const double without = *learned(reference_of(whole)).limit(0, "psi", 1000).critical;
  whole.push_back(normals(12, random, 3.0));  // the first hour of the next day
  EXPECT_NEAR(*learned(reference_of(whole)).limit(0, "psi", 1000).critical / without, 1.0, 0.05);
}

TEST(Thresholds, LetAConstantColumnBecomeCritical) {
  const profile::Reference reference =
      reference_of(std::vector<std::vector<double>>(10, std::vector<double>(300, 7.0)));
  const Thresholds thresholds = learned(reference);
  const auto findings = drift::compare(
      reference, {}, window_of(reference, std::vector<double>(300, 8.0)), {}, thresholds, {});
  EXPECT_EQ(findings.front().measure, "psi");
  EXPECT_EQ(findings.front().verdict, Verdict::kCritical);
}

struct Process {
  const char* name;
  double stray;
};

class FalseAlarms : public testing::TestWithParam<Process> {};

TEST_P(FalseAlarms, StayWithinTheirBudget) {
  // 6 of 30 windows a month, far above the practical floor because the windows have few rows. The
  // windows of the reference and of the months that follow come from one process.
  const Policy policy{.false_alarms = 6};
  int critical = 0;
  const int months = 12;
  const int days = 30;
  for (int month = 0; month < months; ++month) {
    Random random(100 + static_cast<std::uint64_t>(month));
    const profile::Reference reference = reference_of(windows(30, 250, GetParam().stray, random));
    const Thresholds thresholds = Thresholds::learn(reference, {"psi"}, {}, policy);
    for (const auto& window : windows(days, 250, GetParam().stray, random)) {
      const auto psi = drift::find_measure("psi")->measure;
      const profile::Profile current = window_of(reference, window);
      const drift::Classes classes(reference.schema.columns[0], reference.profile.columns[0], 200);
      const auto measured = psi({.column = reference.schema.columns[0],
                                 .reference = reference.profile.columns[0],
                                 .current = current.columns[0],
                                 .classes = classes});
      critical += measured->value >= *thresholds.limit(0, "psi", 250).critical ? 1 : 0;
    }
  }
  // 72 of 360 at the level itself; binomial and the luck of 12 references allow for half as much
  // again.
  EXPECT_LE(critical, 108);
  EXPECT_GE(critical, 20);
}

INSTANTIATE_TEST_SUITE_P(Processes, FalseAlarms,
                         testing::Values(Process{"independent", 0.0}, Process{"astray", 0.3}),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace leeway::threshold
