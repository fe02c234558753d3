#include "collectors/tables/panes.h"

#include <gtest/gtest.h>

namespace leeway::tables {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

TimePoint at(std::string_view text) { return parse_time(text).value(); }

PaneClock clock_of(Duration size, std::string zone = "UTC") {
  return PaneClock::create({.size = size, .time_zone = std::move(zone)}).value();
}

/// The pane of a time as two texts, for messages that a person can read.
std::string pane(const PaneClock& clock, std::string_view time) {
  const Pane found = clock.pane_of(at(time));
  return to_rfc3339(found.start) + " " + to_rfc3339(found.end);
}

TEST(PaneClock, CutsDaysAtMidnight) {
  EXPECT_EQ(pane(clock_of(days(1)), "2001-02-03T04:05:06Z"),
            "2001-02-03T00:00:00Z 2001-02-04T00:00:00Z");
  EXPECT_EQ(pane(clock_of(days(1)), "2001-02-03T00:00:00Z"),
            "2001-02-03T00:00:00Z 2001-02-04T00:00:00Z");
  EXPECT_EQ(pane(clock_of(days(1)), "1969-12-31T23:59:59Z"),
            "1969-12-31T00:00:00Z 1970-01-01T00:00:00Z");
}

TEST(PaneClock, CutsDaysAtTheMidnightOfTheZone) {
  EXPECT_EQ(pane(clock_of(days(1), "Europe/Berlin"), "2001-02-03T23:30:00Z"),
            "2001-02-03T23:00:00Z 2001-02-04T23:00:00Z");
}

TEST(PaneClock, GivesADayOf23HoursInSpringAndOf25InAutumn) {
  const PaneClock clock = clock_of(days(1), "Europe/Berlin");
  EXPECT_EQ(pane(clock, "2024-03-31T12:00:00Z"), "2024-03-30T23:00:00Z 2024-03-31T22:00:00Z");
  EXPECT_EQ(pane(clock, "2024-10-27T12:00:00Z"), "2024-10-26T22:00:00Z 2024-10-27T23:00:00Z");
}

TEST(PaneClock, BeginsWeeksOnMondays) {
  EXPECT_EQ(pane(clock_of(days(7)), "2024-02-29T12:00:00Z"),
            "2024-02-26T00:00:00Z 2024-03-04T00:00:00Z");
  EXPECT_EQ(pane(clock_of(days(7)), "1969-12-30T00:00:00Z"),
            "1969-12-29T00:00:00Z 1970-01-05T00:00:00Z");
}

TEST(PaneClock, GivesEveryHourOneHourAlsoWhenTheClockIsPutBack) {
  const PaneClock clock = clock_of(hours(1), "Europe/Berlin");
  EXPECT_EQ(pane(clock, "2024-10-27T00:30:00Z"), "2024-10-27T00:00:00Z 2024-10-27T01:00:00Z");
  EXPECT_EQ(pane(clock, "2024-10-27T01:30:00Z"), "2024-10-27T01:00:00Z 2024-10-27T02:00:00Z");
  EXPECT_EQ(pane(clock, "2024-03-31T00:30:00Z"), "2024-03-31T00:00:00Z 2024-03-31T01:00:00Z");
}

TEST(PaneClock, KeepsSixHoursToTheLocalClock) {
  const PaneClock clock = clock_of(hours(6), "Europe/Berlin");
  // 00:00 to 06:00 by the clock: seven hours in autumn, five in spring.
  EXPECT_EQ(pane(clock, "2024-10-27T02:00:00Z"), "2024-10-26T22:00:00Z 2024-10-27T05:00:00Z");
  EXPECT_EQ(pane(clock, "2024-10-26T23:00:00Z"), "2024-10-26T22:00:00Z 2024-10-27T05:00:00Z");
  EXPECT_EQ(pane(clock, "2024-03-31T00:00:00Z"), "2024-03-30T23:00:00Z 2024-03-31T04:00:00Z");
  EXPECT_EQ(pane(clock, "2024-03-31T03:00:00Z"), "2024-03-30T23:00:00Z 2024-03-31T04:00:00Z");
}

TEST(PaneClock, BeginsWhereTheClockSkipsAMultiple) {
  // Lord Howe puts its clock forward by half an hour at 02:00.
  EXPECT_EQ(pane(clock_of(hours(1), "Australia/Lord_Howe"), "2024-10-05T15:40:00Z"),
            "2024-10-05T15:30:00Z 2024-10-05T16:00:00Z");
}

TEST(PaneClock, LengthensThePaneWhoseEndTheClockDoesNotShow) {
  // There it is put back from 02:00 to 01:30: 02:00 is shown half an hour later.
  EXPECT_EQ(pane(clock_of(hours(1), "Australia/Lord_Howe"), "2024-04-06T14:30:00Z"),
            "2024-04-06T14:00:00Z 2024-04-06T15:30:00Z");
}

TEST(PaneClock, BeginsADayWithoutMidnightAtItsFirstInstant) {
  // In São Paulo 00:00 became 01:00.
  const PaneClock clock = clock_of(days(1), "America/Sao_Paulo");
  EXPECT_EQ(pane(clock, "2018-11-04T12:00:00Z"), "2018-11-04T03:00:00Z 2018-11-05T02:00:00Z");
}

TEST(PaneClock, BeginsADayWithTwoMidnightsAtTheFirst) {
  // In St. John's 00:01 became 23:01 of the day before.
  const PaneClock clock = clock_of(days(1), "America/St_Johns");
  EXPECT_EQ(pane(clock, "2010-11-07T02:30:30Z"), "2010-11-07T02:30:00Z 2010-11-08T03:30:00Z");
  EXPECT_EQ(pane(clock, "2010-11-07T02:45:00Z"), "2010-11-07T02:30:00Z 2010-11-08T03:30:00Z");
  EXPECT_EQ(pane(clock, "2010-11-07T03:45:00Z"), "2010-11-07T02:30:00Z 2010-11-08T03:30:00Z");
}

TEST(PaneClock, HasOnePaneWithoutASize) {
  const PaneClock clock = clock_of(Duration::zero());
  EXPECT_TRUE(clock.whole_source());
  EXPECT_EQ(clock.start_of(at("2001-02-03")), TimePoint{});
}

struct ZoneCase {
  const char* zone;
  Duration size;
};

class PanesOfAYear : public testing::TestWithParam<ZoneCase> {};

TEST_P(PanesOfAYear, FollowEachOtherWithoutAGap) {
  const PaneClock clock = clock_of(GetParam().size, GetParam().zone);
  TimePoint time = at("2010-01-01T00:00:00Z");
  Pane before = clock.pane_of(time);
  while (time < at("2011-01-01T00:00:00Z")) {
    const Pane pane = clock.pane_of(time);
    ASSERT_TRUE(pane.contains(time)) << to_rfc3339(time);
    ASSERT_TRUE(pane == before || pane.start == before.end) << to_rfc3339(time);
    ASSERT_EQ(clock.start_of(pane.start), pane.start) << to_rfc3339(time);
    ASSERT_EQ(clock.next(pane.start), pane.end) << to_rfc3339(time);
    before = pane;
    time += minutes(7);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Zones, PanesOfAYear,
    testing::Values(ZoneCase{"UTC", hours(1)}, ZoneCase{"Europe/Berlin", minutes(15)},
                    ZoneCase{"Europe/Berlin", hours(6)}, ZoneCase{"Australia/Lord_Howe", hours(1)},
                    ZoneCase{"America/St_Johns", days(1)}, ZoneCase{"America/St_Johns", hours(12)},
                    ZoneCase{"America/Sao_Paulo", hours(8)}, ZoneCase{"Asia/Kolkata", days(7)},
                    ZoneCase{"Europe/Berlin", days(3)}));

TEST(PaneClock, RefusesSizesThatFitNoDay) {
  for (const Duration size : {Duration(hours(5)), Duration(hours(36)), Duration(-hours(1))}) {
    const auto clock = PaneClock::create({.size = size, .time_zone = "UTC"});
    ASSERT_FALSE(clock) << size.count();
    EXPECT_EQ(clock.error().code, ErrorCode::kInvalidConfig);
  }
}

TEST(PaneClock, RefusesAZoneThatIsNotKnown) {
  const auto clock = PaneClock::create({.size = days(1), .time_zone = "Europe/Berlim"});
  ASSERT_FALSE(clock);
  EXPECT_EQ(clock.error().message, "the time zone 'Europe/Berlim' is not known");
}

TEST(PaneClock, BeginsADateAtItsLocalMidnight) {
  using namespace std::chrono;
  EXPECT_EQ(clock_of(days(1), "America/New_York").midnight(sys_days{2001y / 7 / 4}),
            at("2001-07-04T04:00:00Z"));
}

}  // namespace
}  // namespace leeway::tables
