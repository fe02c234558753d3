#include "collectors/compute/budget.h"

#include <gtest/gtest.h>

#include <cmath>

#include "detectors/base/random.h"

namespace leeway::compute {
namespace {

TimePoint at(const char* text) { return *parse_time(text); }
constexpr Duration kDay = std::chrono::days(1);

/// Whole days from `first` on that cost these.
DailyCosts days(const char* first, const std::vector<double>& costs) {
  DailyCosts daily;
  TimePoint day = at(first);
  for (const double cost : costs) {
    daily.add(day, day + kDay, cost);
    day += kDay;
  }
  return daily;
}

TEST(DailyCosts, ASpanThatCrossesMidnightIsSplitByTime) {
  DailyCosts daily;
  daily.add(at("2026-03-01T23:00:00Z"), at("2026-03-02T03:00:00Z"), 8.0);
  EXPECT_DOUBLE_EQ(*daily.yesterday(at("2026-03-02T03:00:00Z")), 2.0);
  EXPECT_DOUBLE_EQ(daily.today(at("2026-03-02T03:00:00Z")), 6.0);
  EXPECT_DOUBLE_EQ(daily.this_month(at("2026-03-02T03:00:00Z")), 8.0);
}

TEST(DailyCosts, TheMonthBeginsAnew) {
  const DailyCosts daily = days("2026-02-27", {5.0, 7.0, 11.0});
  EXPECT_DOUBLE_EQ(daily.this_month(at("2026-03-02T00:00:00Z")), 11.0);
}

TEST(DailyCosts, ASteadyCostIsForecastExactly) {
  const DailyCosts daily = days("2026-03-01", std::vector<double>(10, 4.0));
  const auto forecast = daily.month_end(at("2026-03-11T00:00:00Z"));
  ASSERT_TRUE(forecast);
  EXPECT_DOUBLE_EQ(forecast->expected, 31.0 * 4.0);
  EXPECT_DOUBLE_EQ(*forecast->lower, 124.0);
  EXPECT_DOUBLE_EQ(*forecast->upper, 124.0);
  EXPECT_EQ(forecast->days, 10U);
}

TEST(DailyCosts, TheIntervalIsThatOfASumOfNewDays) {
  // Four days with mean 5 and s^2 = 20/3; 27 days to come of a month of 31.
  const DailyCosts daily = days("2026-03-01", {2.0, 4.0, 6.0, 8.0});
  const auto forecast = daily.month_end(at("2026-03-05T00:00:00Z"));
  const double half = 2.353363434801824 * std::sqrt(20.0 / 3.0 * (27.0 + 27.0 * 27.0 / 4.0));
  EXPECT_DOUBLE_EQ(forecast->expected, 20.0 + 27.0 * 5.0);
  EXPECT_NEAR(*forecast->upper, 155.0 + half, 1e-9);
  EXPECT_NEAR(*forecast->lower, 155.0 - half, 1e-9);
}

TEST(DailyCosts, FromTwoWeeksOnWeekdaysHaveMeansOfTheirOwn) {
  std::vector<double> costs;
  for (int day = 0; day < 14; ++day) costs.push_back(day % 7 >= 5 ? 1.0 : 10.0);
  const DailyCosts daily = days("2026-03-02", costs);  // a Monday
  const auto forecast = daily.month_end(at("2026-03-16T00:00:00Z"));
  // Of 16 days to come, 12 are working days.
  EXPECT_DOUBLE_EQ(forecast->expected, 104.0 + 12.0 * 10.0 + 4.0 * 1.0);
  EXPECT_NEAR(*forecast->upper - *forecast->lower, 0.0, 1e-9);
}

TEST(DailyCosts, TheDayThatIsUnderWayCountsAsItsRest) {
  DailyCosts daily = days("2026-03-01", std::vector<double>(9, 24.0));
  daily.add(at("2026-03-10T00:00:00Z"), at("2026-03-10T06:00:00Z"), 6.0);
  const auto forecast = daily.month_end(at("2026-03-10T06:00:00Z"));
  EXPECT_DOUBLE_EQ(forecast->expected, 9.0 * 24.0 + 6.0 + 0.75 * 24.0 + 21.0 * 24.0);
}

TEST(DailyCosts, WhatIsSpentIsTheLeastThatTheMonthWillCost) {
  const DailyCosts daily = days("2026-03-25", {0.0, 30.0, 0.0, 30.0});
  EXPECT_GE(*daily.month_end(at("2026-03-29T00:00:00Z"))->lower, 60.0);
}

TEST(DailyCosts, OfLessThanThreeDaysThereIsNoIntervalAndOfLessThanAnHourNoForecast) {
  DailyCosts daily;
  daily.add(at("2026-04-01T00:00:00Z"), at("2026-04-01T00:30:00Z"), 0.5);
  EXPECT_FALSE(daily.month_end(at("2026-04-01T00:30:00Z")));
  daily.add(at("2026-04-01T00:30:00Z"), at("2026-04-01T12:00:00Z"), 11.5);
  const auto forecast = daily.month_end(at("2026-04-01T12:00:00Z"));
  ASSERT_TRUE(forecast);
  EXPECT_DOUBLE_EQ(forecast->expected, 30.0 * 24.0);
  EXPECT_FALSE(forecast->lower);
}

TEST(DailyCosts, NineOfTenMonthsEndInsideTheInterval) {
  int inside = 0;
  constexpr int kMonths = 1000;
  for (int seed = 0; seed < kMonths; ++seed) {
    Random random(static_cast<std::uint64_t>(seed));
    std::vector<double> costs;
    double month = 0.0;
    for (int day = 0; day < 31; ++day) {
      double cost = 100.0;
      for (int i = 0; i < 12; ++i) cost += 5.0 * (random.uniform() - 0.5);
      month += cost;
      if (day < 8) costs.push_back(cost);
    }
    const auto forecast = days("2026-03-01", costs).month_end(at("2026-03-09T00:00:00Z"));
    inside += month >= *forecast->lower && month <= *forecast->upper ? 1 : 0;
  }
  // 900 with a standard deviation of 9.5.
  EXPECT_NEAR(inside, 900, 38);
}

TEST(DailyCosts, TheMeanOfTheWeekIsOfWholeDaysBeforeToday) {
  DailyCosts daily = days("2026-03-01", {100.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0});
  daily.add(at("2026-03-09T00:00:00Z"), at("2026-03-09T01:00:00Z"), 50.0);
  EXPECT_DOUBLE_EQ(*daily.mean_of_week(at("2026-03-09T01:00:00Z")), 4.0);
  EXPECT_FALSE(DailyCosts().mean_of_week(at("2026-03-09T01:00:00Z")));
}

TEST(DailyCosts, ARestartKeepsEveryDay) {
  const DailyCosts daily = days("2026-03-01", {1.0, 2.0, 3.0, 5.0});
  ByteWriter out;
  daily.write(out);
  ByteReader in(out.bytes());
  const auto read = DailyCosts::read(in);
  ASSERT_TRUE(read);
  const TimePoint now = at("2026-03-05T00:00:00Z");
  EXPECT_EQ(read->this_month(now), 11.0);
  EXPECT_EQ(read->month_end(now)->upper, daily.month_end(now)->upper);
  ByteReader cut(std::string_view(out.bytes()).substr(0, 30));
  EXPECT_EQ(DailyCosts::read(cut).error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace leeway::compute
