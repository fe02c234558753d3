#include "collectors/tables/season_clock.h"

#include <gmock/gmock.h>

namespace leeway::tables {
namespace {

using std::chrono::days;
using std::chrono::hours;
using testing::ElementsAre;
using testing::SizeIs;

TimePoint at(std::string_view text) { return parse_time(text).value(); }

SeasonClock clock_of(Duration size, std::string zone = "UTC") {
  return SeasonClock::create({.size = size, .time_zone = std::move(zone)}).value();
}

std::string name(const SeasonClock& clock, Season season, std::string_view time) {
  return phase_name(season, clock.phase(season, at(time)));
}

TEST(SeasonClock, TellsHourAndDay) {
  const SeasonClock clock = clock_of(hours(1));
  EXPECT_EQ(name(clock, Season::kHourOfDay, "2026-11-25T08:00:00Z"), "08:00");
  EXPECT_EQ(name(clock, Season::kDayOfWeek, "2026-11-25T08:00:00Z"), "Wednesdays");
  EXPECT_EQ(name(clock, Season::kHourOfWeek, "2026-11-29T23:00:00Z"), "Sundays at 23:00");
  EXPECT_EQ(name(clock, Season::kNone, "2026-11-25T08:00:00Z"), "all");
  EXPECT_EQ(clock.phase(Season::kHourOfWeek, at("2026-11-23T00:00:00Z")), 0U);
  EXPECT_EQ(clock.phase(Season::kHourOfWeek, at("2026-11-29T23:00:00Z")), 167U);
}

TEST(SeasonClock, GoesOnBefore1970) {
  const SeasonClock clock = clock_of(hours(1));
  EXPECT_EQ(name(clock, Season::kHourOfWeek, "1969-12-31T23:00:00Z"), "Wednesdays at 23:00");
  EXPECT_EQ(name(clock, Season::kDayOfWeek, "1969-12-28T00:00:00Z"), "Sundays");
}

TEST(SeasonClock, ShowsWhatTheLocalClockShows) {
  const SeasonClock clock = clock_of(hours(1), "Europe/Berlin");
  EXPECT_EQ(name(clock, Season::kHourOfWeek, "2026-11-29T23:30:00Z"), "Mondays at 00:00");
  EXPECT_EQ(name(clock, Season::kHourOfDay, "2026-07-01T08:00:00Z"), "10:00");  // summer
}

TEST(SeasonClock, NamesThePhasesOfASpan) {
  const SeasonClock hourly = clock_of(hours(1));
  EXPECT_THAT(
      hourly.phases(Season::kHourOfDay, at("2026-11-25T22:00:00Z"), at("2026-11-26T01:00:00Z")),
      ElementsAre(0, 22, 23));
  EXPECT_THAT(hourly.phases(Season::kNone, at("2026-11-25T22:00:00Z"), at("2026-11-26T01:00:00Z")),
              ElementsAre(0));
  EXPECT_THAT(hourly.phases(Season::kHourOfWeek, at("2026-11-01"), at("2027-11-01")), SizeIs(168));
  EXPECT_THAT(clock_of(days(1)).phases(Season::kDayOfWeek, at("2026-11-28"), at("2026-11-30")),
              ElementsAre(5, 6));
}

TEST(Season, HasNamesAndACoarserOne) {
  for (const std::string_view name : kSeasonNames) EXPECT_EQ(to_string(*season(name)), name);
  EXPECT_FALSE(season("month_of_year"));
  EXPECT_EQ(coarser(Season::kHourOfWeek), Season::kHourOfDay);
  EXPECT_EQ(coarser(Season::kHourOfDay), Season::kNone);
  EXPECT_EQ(coarser(Season::kDayOfWeek), Season::kNone);
}

}  // namespace
}  // namespace leeway::tables
