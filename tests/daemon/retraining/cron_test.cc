#include "daemon/retraining/cron.h"

#include <gtest/gtest.h>

namespace leeway::retraining {
namespace {

TimePoint time(std::string_view text) {
  const auto parsed = parse_time(text);
  EXPECT_TRUE(parsed) << text;
  return *parsed;
}

struct Case {
  const char* cron;
  const char* zone;
  const char* after;
  const char* next;
};

class Next : public testing::TestWithParam<Case> {};

TEST_P(Next, IsTheFirstFiringAfter) {
  const auto cron = Cron::parse(GetParam().cron);
  const auto zone = TimeZone::find(GetParam().zone);
  ASSERT_TRUE(cron && zone);
  EXPECT_EQ(to_rfc3339(cron->next(time(GetParam().after), *zone)), GetParam().next);
}

INSTANTIATE_TEST_SUITE_P(
    Cron, Next,
    testing::Values(
        Case{"0 3 * * 0", "UTC", "2026-11-23T10:00:00Z", "2026-11-29T03:00:00Z"},
        Case{"0 3 * * 7", "UTC", "2026-11-23T10:00:00Z", "2026-11-29T03:00:00Z"},
        Case{"0 3 * * SUN", "UTC", "2026-11-29T03:00:00Z", "2026-12-06T03:00:00Z"},
        Case{"*/15 * * * *", "UTC", "2026-11-23T10:14:59Z", "2026-11-23T10:15:00Z"},
        Case{"5/20 8-10 * * mon-fri", "UTC", "2026-11-20T10:45:00Z", "2026-11-23T08:05:00Z"},
        Case{"0 0 29 2 *", "UTC", "2096-03-01T00:00:00Z", "2104-02-29T00:00:00Z"},
        Case{"0 0 13 * 5", "UTC", "2026-11-23T00:00:00Z", "2026-11-27T00:00:00Z"},
        Case{"@monthly", "UTC", "2026-11-23T00:00:00Z", "2026-12-01T00:00:00Z"},
        Case{"0 12 * jan,JUL *", "UTC", "2026-11-23T00:00:00Z", "2027-01-01T12:00:00Z"},
        // Berlin: clocks go from 2 to 3 on 29 March 2026, from 3 to 2 on 25 October.
        Case{"30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"},
        Case{"30 2 * * *", "Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"},
        Case{"30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"},
        Case{"30 2 * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"},
        // Everything that falls into one gap is one firing.
        Case{"0,30 2 * * *", "Europe/Berlin", "2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z"},
        Case{"0,30 2 * * *", "Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"},
        Case{"0 2,3 * * *", "Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"},
        Case{"*/30 * * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z"},
        Case{"0 */2 * * *", "Europe/Berlin", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"},
        // Lord Howe: half an hour, from 2:00 to 2:30 on 4 October 2026 (15:30 UTC the day before).
        Case{"15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z", "2026-10-03T15:30:00Z"},
        // Beirut: at midnight, from 0 to 1 on 29 March 2026.
        Case{"30 0 * * *", "Asia/Beirut", "2026-03-28T12:00:00Z", "2026-03-28T22:00:00Z"},
        Case{"0 0 * * *", "Asia/Beirut", "2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z"},
        // Apia had no 30 December 2011.
        Case{"0 12 30 12 *", "Pacific/Apia", "2011-12-29T00:00:00Z", "2011-12-30T10:00:00Z"},
        Case{"0 9 * * *", "Asia/Kolkata", "2026-11-23T03:30:00Z", "2026-11-24T03:30:00Z"},
        // Days that begin with * are both asked for, as in Vixie's cron.
        Case{"0 0 */10 * mon", "UTC", "2026-11-23T00:00:00Z", "2026-12-21T00:00:00Z"},
        Case{"0 0 29 2 */7", "UTC", "2026-01-01T00:00:00Z", "2032-02-29T00:00:00Z"},
        Case{"0 * * * *", "Europe/Berlin", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"},
        Case{"0 * * * *", "Europe/Berlin", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z"}));

class Refused : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(Refused, SaysWhichFieldIsWrong) {
  const auto cron = Cron::parse(GetParam().first);
  ASSERT_FALSE(cron);
  EXPECT_EQ(cron.error().code, ErrorCode::kInvalidConfig);
  EXPECT_NE(cron.error().message.find(GetParam().second), std::string::npos)
      << cron.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Cron, Refused,
    testing::Values(std::pair{"", "five fields"}, std::pair{"0 3 * *", "five fields"},
                    std::pair{"60 3 * * *", "minute"}, std::pair{"0 24 * * *", "hour"},
                    std::pair{"0 3 0 * *", "day of month"}, std::pair{"0 3 * 13 *", "month"},
                    std::pair{"0 3 * * 8", "day of week"}, std::pair{"5-1 3 * * *", "minute"},
                    std::pair{"*/0 * * * *", "minute"}, std::pair{"x * * * *", "minute"},
                    std::pair{"0 0 31 2 *", "never comes"}));

TEST(Cron, FiresOnceADayThroughAWholeYear) {
  const auto zone = TimeZone::find("Europe/Berlin");
  const auto cron = Cron::parse("30 2 * * *");
  ASSERT_TRUE(zone && cron);
  TimePoint at = time("2025-12-31T12:00:00Z");
  for (int firing = 0; firing < 365; ++firing) {
    const TimePoint next = cron->next(at, *zone);
    EXPECT_GT(next - at, firing == 0 ? std::chrono::hours(0) : std::chrono::hours(22));
    EXPECT_LT(next - at, std::chrono::hours(26));
    at = next;
  }
  EXPECT_EQ(to_rfc3339(at), "2026-12-31T01:30:00Z");
}

TEST(Cron, FiresEveryHourThatPassesThroughAWholeYear) {
  const auto zone = TimeZone::find("Europe/Berlin");
  const auto cron = Cron::parse("@hourly");
  ASSERT_TRUE(zone && cron);
  TimePoint at = time("2026-01-01T00:00:00Z");
  for (int hour = 0; hour < 365 * 24; ++hour) {
    const TimePoint next = cron->next(at, *zone);
    ASSERT_EQ(next - at, std::chrono::hours(1)) << to_rfc3339(at);
    at = next;
  }
}

TEST(TimeZone, ShowsItsClocksAndFindsTheInstantAgain) {
  const auto berlin = TimeZone::find("Europe/Berlin");
  ASSERT_TRUE(berlin);
  EXPECT_EQ(berlin->shown(time("2026-01-05T08:00:00Z")), time("2026-01-05T09:00:00Z"));
  EXPECT_EQ(berlin->shown(time("2026-07-06T07:00:00Z")), time("2026-07-06T09:00:00Z"));
  EXPECT_EQ(berlin->instant(time("2026-07-06T09:00:00Z")), time("2026-07-06T07:00:00Z"));
  EXPECT_EQ(berlin->instant(time("2026-03-29T02:30:00Z")), time("2026-03-29T01:00:00Z"));
  EXPECT_EQ(TimeZone().shown(time("2026-07-06T07:00:00Z")), time("2026-07-06T07:00:00Z"));
}

TEST(TimeZone, IsFoundByName) {
  EXPECT_EQ(TimeZone::find("Europe/Berlin")->name(), "Europe/Berlin");
  EXPECT_EQ(TimeZone::find("UTC")->name(), "UTC");
  EXPECT_FALSE(TimeZone::find("Mars/Olympus"));
}

}  // namespace
}  // namespace leeway::retraining
