// How often detectors report without a change, and how late after one. All streams are seeded.

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "tests/detectors/sequential/streams.h"

namespace leeway::sequential {
namespace {

/// Reports in `n` values of a stream without a change.
double reports(std::string_view name, const Parameters::Given& given, std::size_t n,
               const std::function<double(Random&)>& draw, std::uint64_t seed = 1) {
  const SequentialDetector detector = made(name, given);
  Random random(seed);
  for (std::size_t i = 0; i < n; ++i) detector->update(draw(random));
  return static_cast<double>(detector->drifts());
}

const auto kNormal = [](Random& random) { return normal(random); };
const auto kUniform = [](Random& random) { return random.uniform(); };
const auto kErrors = [](Random& random) { return error(random, 0.2); };

// P(|z| > 3) = 0.0026998: 2,700 of a million, with a standard deviation of 52.
TEST(FalseAlarms, OfShewhartAreTheTailsOfTheNormalDistribution) {
  EXPECT_NEAR(reports("shewhart", {}, 1'000'000, kNormal), 2700.0, 4.0 * 52.0);
}

// Average run length 465 (Montgomery, table 9.3 for one shift of 0): 2,151 in a million.
TEST(FalseAlarms, OfCusumHaveItsRunLength) {
  EXPECT_NEAR(reports("cusum", {}, 1'000'000, kNormal), 1e6 / 465.0, 4.0 * 46.0);
}

// Average run length 500 (Lucas and Saccucci 1990); limits that grow with i give a few more.
TEST(FalseAlarms, OfEwmaHaveItsRunLength) {
  const double found =
      reports("ewma", {{"lambda", 0.2}, {"limit", 2.962}, {"reset", true}}, 1'000'000, kNormal);
  EXPECT_GT(found, 1e6 / 500.0 - 4.0 * 45.0);
  EXPECT_LT(found, 1.15 * 1e6 / 500.0 + 4.0 * 45.0);
}

// Each test has the level alpha, so reports are expected in at most a share of alpha of the values;
// tests of windows that overlap go together, hence the width.
TEST(FalseAlarms, OfKswinAreWithinTheLevelOfItsTests) {
  const double found = reports("kswin", {{"alpha", 0.001}}, 100'000, kNormal);
  EXPECT_GT(found, 5.0);
  EXPECT_LT(found, 130.0);
}

// Both bounds hold for any distribution and are far from tight.
TEST(FalseAlarms, OfAdwinAndHddmAreRare) {
  EXPECT_LE(reports("adwin", {}, 500'000, kUniform), 2.0);
  EXPECT_LE(reports("adwin", {}, 500'000, kErrors), 2.0);
  EXPECT_LE(reports("adwin", {}, 500'000, kNormal), 4.0);
  EXPECT_LE(reports("hddm_a", {}, 100'000, kErrors), 20.0);
}

/// The share of 200 streams of 1,000 values without a change in which something is reported.
double share_with_a_report(std::string_view name, const std::function<double(Random&)>& draw) {
  double with = 0.0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed)
    with += reports(name, {}, 1000, draw, seed) > 0.0 ? 1.0 / 200.0 : 0.0;
  return with;
}

// What README.md says of the defaults, within three standard deviations of 200 streams.
TEST(FalseAlarms, InTheFirstThousandValuesAreAsDocumented) {
  EXPECT_LE(share_with_a_report("adwin", kErrors), 0.01);
  EXPECT_LE(share_with_a_report("page_hinkley", kErrors), 0.01);
  EXPECT_NEAR(share_with_a_report("hddm_a", kErrors), 0.073, 0.055);
  EXPECT_NEAR(share_with_a_report("hddm_w", kErrors), 0.03, 0.036);
  EXPECT_NEAR(share_with_a_report("ddm", kErrors), 0.228, 0.09);
  EXPECT_NEAR(share_with_a_report("eddm", kErrors), 0.945, 0.05);  // why it is no default
}

/// The median of the values from the change to the first report, among 101 streams; reports before
/// the change are not counted.
double delay(std::string_view name, const Parameters::Given& given,
             const std::function<double(Random&, bool changed)>& draw) {
  std::vector<double> delays;
  for (std::uint64_t seed = 1; seed <= 101; ++seed) {
    const SequentialDetector detector = made(name, given);
    Random random(seed);
    for (int i = 0; i < 1000; ++i) detector->update(draw(random, false));
    double waited = 0.0;
    while (waited < 5000.0 && detector->update(draw(random, true)) != DetectorState::kDrift)
      waited += 1.0;
    delays.push_back(waited);
  }
  std::nth_element(delays.begin(), delays.begin() + 50, delays.end());
  return delays[50];
}

const auto kMoreErrors = [](Random& random, bool changed) {
  return error(random, changed ? 0.5 : 0.2);
};
const auto kShifted = [](Random& random, bool changed) {
  return normal(random, changed ? 1.0 : 0.0);
};

TEST(Delay, AfterTwoAndAHalfTimesTheErrorsIsSomeTenValues) {
  EXPECT_LT(delay("hddm_a", {}, kMoreErrors), 60.0);
  EXPECT_LT(delay("hddm_w", {}, kMoreErrors), 60.0);
  EXPECT_LT(delay("adwin", {}, kMoreErrors), 100.0);
  EXPECT_LT(delay("ddm", {}, kMoreErrors), 150.0);
}

// A shift of one sigma takes CUSUM 10.4 values on average, EWMA about the same, Shewhart 44.
TEST(Delay, AfterAShiftOfOneSigmaIsThatOfTheLiterature) {
  EXPECT_NEAR(delay("cusum", {}, kShifted), 9.0, 2.5);
  EXPECT_NEAR(delay("ewma", {{"limit", 2.962}}, kShifted), 8.0, 2.5);
  EXPECT_NEAR(delay("shewhart", {}, kShifted), 44.0 * 0.693, 9.0);  // the median of a geometric
  EXPECT_LT(delay("kswin", {{"alpha", 0.001}}, kShifted), 60.0);
  EXPECT_LT(delay("adwin", {}, kShifted), 64.0);
  EXPECT_LT(delay("page_hinkley", {}, kShifted), 70.0);
}

}  // namespace
}  // namespace leeway::sequential
