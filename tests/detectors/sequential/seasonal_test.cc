#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "detectors/base/random.h"
#include "detectors/sequential/seasonal_watch.h"

namespace leeway::sequential {
namespace {

const TimePoint kMonday = *parse_time("2026-01-05T00:00:00Z");

/// 10, at working hours 30, at weekends 5; with noise of 0.5.
double usual(TimePoint time, Random& random) {
  const std::int64_t hour = to_micros(time - (kMonday - TimePoint{})) / 3'600'000'000;
  const std::int64_t day = (hour / 24) % 7;
  const bool work = day < 5 && hour % 24 >= 8 && hour % 24 < 18;
  const double level = day >= 5 ? 5.0 : work ? 30.0 : 10.0;
  return level + (random.uniform() - 0.5);
}

template <class Change>
std::vector<TimePoint> changes(SeasonalWatch& watch, Duration from, Duration to, Random& random,
                               Change change) {
  std::vector<TimePoint> found;
  for (Duration at = from; at < to; at += std::chrono::minutes(5)) {
    const TimePoint time = kMonday + at;
    if (watch.update(time, change(usual(time, random)))) found.push_back(time);
  }
  return found;
}

double same(double value) { return value; }

constexpr Duration kWeek = std::chrono::days(7);

TEST(SeasonalWatch, StaysQuietOverAYearOfTheSameWeeks) {
  auto watch = SeasonalWatch::make({});
  Random random(7);
  EXPECT_TRUE(changes(*watch, Duration{0}, 52 * kWeek, random, same).empty());
}

TEST(SeasonalWatch, SeesALevelThatIsUsualAtNoonAndNotAtNight) {
  auto watch = SeasonalWatch::make({});
  Random random(8);
  static_cast<void>(changes(*watch, Duration{0}, 5 * kWeek, random, same));
  const Duration night = 5 * kWeek + std::chrono::hours(20);
  EXPECT_TRUE(changes(*watch, 5 * kWeek, night, random, same).empty());
  const auto found = changes(*watch, night, night + std::chrono::hours(10), random,
                             [](double value) { return value + 20.0; });
  ASSERT_EQ(found.size(), 1U);
  EXPECT_LE(found[0] - (kMonday + night), std::chrono::hours(3));
  EXPECT_EQ(watch->last_change()->direction, Direction::kUp);
  EXPECT_NEAR(watch->last_change()->expected, 10.0, 1.0);
  EXPECT_EQ(watch->state(), DetectorState::kDrift);
}

TEST(SeasonalWatch, ReportsANewLevelOnceAndKeepsTheSeason) {
  auto watch = SeasonalWatch::make({});
  Random random(9);
  static_cast<void>(changes(*watch, Duration{0}, 5 * kWeek, random, same));
  const auto raised = [](double value) { return value + 12.0; };
  EXPECT_EQ(changes(*watch, 5 * kWeek, 9 * kWeek, random, raised).size(), 1U);
  EXPECT_EQ(watch->state(), DetectorState::kStable);
  EXPECT_NEAR(watch->expect(kMonday + 9 * kWeek + std::chrono::hours(12))->level, 42.0, 1.0);
  EXPECT_EQ(changes(*watch, 9 * kWeek, 11 * kWeek, random, same).size(), 1U);
  EXPECT_EQ(watch->last_change()->direction, Direction::kDown);
}

TEST(SeasonalWatch, ASpikeOfTwentyMinutesIsNoDrift) {
  auto watch = SeasonalWatch::make({});
  Random random(10);
  static_cast<void>(changes(*watch, Duration{0}, 5 * kWeek, random, same));
  int spikes = 0;
  const auto spiky = [&spikes](double value) { return ++spikes % 12 < 4 ? value + 500.0 : value; };
  EXPECT_TRUE(changes(*watch, 5 * kWeek, 6 * kWeek, random, spiky).empty());
}

TEST(SeasonalWatch, ValuesOfThePastAndNaNChangeNothing) {
  auto watch = SeasonalWatch::make({});
  EXPECT_FALSE(watch->update(kMonday + std::chrono::hours(5), 1.0));
  const std::string before = watch->serialize();
  EXPECT_FALSE(watch->update(kMonday, 9.0));
  EXPECT_FALSE(watch->update(kMonday + std::chrono::hours(5), std::nan("")));
  EXPECT_EQ(watch->serialize(), before);
}

TEST(SeasonalWatch, WarmsUpForTheHoursThatWereAskedFor) {
  auto watch = SeasonalWatch::make({.warm_up_hours = 3});
  for (int hour = 0; hour <= 3; ++hour) {
    EXPECT_EQ(watch->state(), DetectorState::kWarmingUp);
    EXPECT_EQ(watch->hours_to_warm_up(), static_cast<std::uint64_t>(hour == 0 ? 3 : 4 - hour));
    watch->update(kMonday + std::chrono::hours(hour), 1.0);
  }
  EXPECT_EQ(watch->state(), DetectorState::kStable);
  EXPECT_TRUE(watch->expect(kMonday));
}

TEST(SeasonalWatch, RefusesBytesThatItDidNotWrite) {
  auto watch = SeasonalWatch::make({});
  watch->update(kMonday, 1.0);
  std::string bytes = watch->serialize();
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  const auto read = SeasonalWatch::deserialize({}, bytes);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kCorrupt);
}

TEST(SeasonalWatch, NamesADetectorThatDoesNotExist) {
  EXPECT_EQ(SeasonalWatch::make({.detector = "cusun"}).error().code, ErrorCode::kNotFound);
}

TEST(SeasonalBaseline, OneOddWeekInThreeMovesNothing) {
  SeasonalBaseline baseline({});
  for (int week = 0; week < 3; ++week) {
    baseline.add(week * 168 + 5, {.median = week == 1 ? 90.0 : 10.0, .spread = 1.0});
  }
  EXPECT_EQ(baseline.expect(5)->level, 10.0);
  EXPECT_EQ(baseline.expect(5)->weeks, 3U);
}

TEST(SeasonalBaseline, AnHourThatWasNeverSeenTakesThatHourOfOtherDays) {
  SeasonalBaseline baseline({});
  for (int day = 0; day < 5; ++day) {
    baseline.add(day * 24 + 5, {.median = 10.0 + day, .spread = 1.0});
    baseline.add(day * 24 + 6, {.median = 500.0, .spread = 1.0});
  }
  // 12 and 500 are far apart for what 10, 11, 12, 13, 14 differ by.
  EXPECT_NEAR(baseline.expect(5 * 24 + 5)->level, 12.0, 0.01);
  EXPECT_EQ(baseline.expect(5 * 24 + 5)->weeks, 0U);
}

TEST(SeasonalBaseline, ADayThatIsFarFromTheOthersCountsAsItIsAndOneLikeThemIsPooled) {
  SeasonalBaseline baseline({});
  for (int day = 0; day < 7; ++day) {
    const double level = day == 6 ? 3.0 : 10.0 + 0.1 * day;
    baseline.add(day * 24 + 5, {.median = level, .spread = 0.1});
  }
  EXPECT_NEAR(baseline.expect(6 * 24 + 5)->level, 3.0, 0.03);
  EXPECT_NEAR(baseline.expect(5)->level, 10.2, 0.01) << "10.0, by less than chance from 10.2";
}

TEST(SeasonalBaseline, KeepsTheLastWeeksOnly) {
  SeasonalBaseline baseline({.weeks = 2});
  for (int week = 0; week < 4; ++week) {
    baseline.add(week * 168, {.median = 100.0 * week, .spread = 0.0});
  }
  EXPECT_EQ(baseline.expect(0)->weeks, 2U);
  EXPECT_NEAR(baseline.expect(0)->level, 250.0, 1e-9);
  EXPECT_EQ(baseline.hours(), 4U);
}

TEST(SeasonalBaseline, TheScaleIsAtLeastTwoPercentOfTheLevel) {
  SeasonalBaseline baseline({});
  for (int hour = 0; hour < 400; ++hour) baseline.add(hour, {.median = 50.0, .spread = 0.0});
  EXPECT_NEAR(baseline.expect(400)->scale, std::sqrt(2.0), 1e-6);
}

}  // namespace
}  // namespace leeway::sequential
