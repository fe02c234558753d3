#include "daemon/compute/week.h"

#include <gtest/gtest.h>

namespace leeway::compute {
namespace {

using std::chrono::hours;

constexpr std::size_t kCpu = 0;

retraining::TimeZone berlin() {
  auto zone = retraining::TimeZone::find("Europe/Berlin");
  EXPECT_TRUE(zone);
  return *zone;
}

/// One core in use from `begin` on for two weeks, then two for half a day.
Week doubled(const retraining::TimeZone& zone, TimePoint begin) {
  Week week(zone);
  for (int hour = 0; hour < 24 * 14 + 12; ++hour) {
    week.observe(begin + hours(hour), {hour < 24 * 14 ? 1.0 : 2.0});
  }
  return week;
}

TEST(Week, SaysWhenAChangeWasInTimeThatEverybodyShares) {
  for (const char* begin : {"2026-01-05T00:00:00Z", "2026-07-06T00:00:00Z"}) {
    const TimePoint start = *parse_time(begin);
    const Week here = doubled(berlin(), start);
    ASSERT_TRUE(here.changed_at(kCpu)) << begin;
    EXPECT_EQ(here.changed_at(kCpu), doubled({}, start).changed_at(kCpu));
    EXPECT_GE(*here.changed_at(kCpu), start + hours(24 * 14));
  }
}

TEST(Week, WorkThatBeginsAtNineDoesSoInSummerToo) {
  const retraining::TimeZone zone = berlin();
  // Three weeks of winter time, then a week of summer time: from 9 to 10 everything is used.
  Week week(zone);
  const TimePoint start = *parse_time("2026-03-08T23:00:00Z");
  for (int hour = 0; hour < 24 * 27; ++hour) {
    const TimePoint now = start + hours(hour);
    const auto of_day = to_micros(zone.shown(now)) / 3'600'000'000 % 24;
    week.observe(now, {of_day == 9 ? 8.0 : 1.0});
  }
  const auto expected = [&](std::string_view shown) {
    return week.watch(kCpu).expect(*parse_time(shown))->level;
  };
  EXPECT_NEAR(expected("2026-04-06T09:00:00Z"), 8.0, 0.1);
  EXPECT_NEAR(expected("2026-04-06T08:00:00Z"), 1.0, 0.1);
  EXPECT_NEAR(expected("2026-04-06T10:00:00Z"), 1.0, 0.1);
  EXPECT_EQ(week.watch(kCpu).changes(), 0U);
}

TEST(Week, GoesOnWhereItWasSaved) {
  const TimePoint start = *parse_time("2026-01-05T00:00:00Z");
  const Week week = doubled(berlin(), start);
  const auto same = Week::deserialize(week.serialize(), berlin());
  ASSERT_TRUE(same) << same.error().message;
  EXPECT_EQ(same->serialize(), week.serialize());
  EXPECT_TRUE(same->is_seen(kCpu));
  EXPECT_EQ(same->changed_at(kCpu), week.changed_at(kCpu));
}

TEST(Week, IsLearnedAnewInAnotherZone) {
  const Week week = doubled(berlin(), *parse_time("2026-01-05T00:00:00Z"));
  const auto other = Week::deserialize(week.serialize());
  ASSERT_TRUE(other) << other.error().message;
  EXPECT_FALSE(other->is_seen(kCpu));
  EXPECT_EQ(other->watch(kCpu).state(), sequential::DetectorState::kWarmingUp);
}

TEST(Week, RefusesWhatItDidNotWrite) {
  const std::string whole = doubled({}, *parse_time("2026-01-05T00:00:00Z")).serialize();
  for (const std::size_t length : {std::size_t{0}, std::size_t{8}, whole.size() / 2}) {
    const auto read = Week::deserialize(whole.substr(0, length));
    ASSERT_FALSE(read) << length;
    EXPECT_EQ(read.error().code, ErrorCode::kCorrupt);
  }
}

}  // namespace
}  // namespace leeway::compute
