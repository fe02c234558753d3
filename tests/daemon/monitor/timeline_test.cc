#include "daemon/monitor/timeline.h"

#include <gtest/gtest.h>

namespace leeway::monitor {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr TimePoint kDay0 = TimePoint{hours(24 * 11'323)};  // 2001-01-01
constexpr TimePoint kNow = TimePoint{hours(24 * 20'000)};   // long after

TimePoint day(int n) { return kDay0 + hours(24 * n); }

Panes utc_panes(Duration size) {
  return {.start_of =
              [size](TimePoint time) { return TimePoint{time.time_since_epoch() / size * size}; },
          .next = [size](TimePoint start) { return start + size; }};
}

Timeline daily(WindowRules rules = {}) { return {rules, utc_panes(hours(24))}; }

Timeline daily_with(WindowRules rules, int days, std::uint64_t rows) {
  Timeline timeline = daily(rules);
  for (int n = 0; n < days; ++n) timeline.set_rows(day(n), rows);
  return timeline;
}

TEST(Timeline, HasNothingToCloseWithoutRows) {
  Timeline timeline = daily();
  EXPECT_FALSE(timeline.due(kNow));
  EXPECT_FALSE(timeline.next_deadline());
}

TEST(Timeline, ClosesAWindowWhenTheWatermarkPassesItsEndAndGrace) {
  Timeline timeline = daily_with({}, 1, 1000);
  timeline.arrived(kNow, day(1) + hours(2) - minutes(1));
  EXPECT_FALSE(timeline.due(kNow));
  timeline.arrived(kNow, day(1) + hours(2));
  const auto window = timeline.due(kNow);
  ASSERT_TRUE(window);
  EXPECT_EQ(window->start, day(0));
  EXPECT_EQ(window->end, day(1));
  EXPECT_EQ(window->rows, 1000U);
}

TEST(Timeline, ClosesEachWindowOnceAndInOrder) {
  Timeline timeline = daily_with({}, 3, 1000);
  timeline.arrived(kNow, day(3));
  std::vector<TimePoint> closed;
  while (const auto window = timeline.due(kNow)) {
    closed.push_back(window->start);
    timeline.closed(*window);
  }
  EXPECT_EQ(closed, (std::vector{day(0), day(1)}));  // day 2 still has its grace
}

TEST(Timeline, ClosesByTheClockOnlyAfterSilenceAndAPoll) {
  Timeline timeline = daily_with({}, 1, 1000);
  const TimePoint arrival = kNow;
  timeline.arrived(arrival, day(0) + hours(20));
  EXPECT_FALSE(timeline.due(arrival + hours(1)));
  EXPECT_FALSE(timeline.due(arrival + hours(3))) << "nobody has looked at the source since";
  timeline.polled(arrival + hours(3));
  EXPECT_TRUE(timeline.due(arrival + hours(3)));
}

TEST(Timeline, AFutureTimestampMovesTheWatermarkFiveMinutesAtMost) {
  Timeline timeline = daily_with({}, 1, 1000);
  timeline.arrived(kNow, kNow + hours(1000));
  EXPECT_EQ(timeline.watermark(), kNow + minutes(5));
}

TEST(Timeline, RowsBehindALateWatermarkAreTooLate) {
  Timeline timeline = daily();
  timeline.arrived(kNow, day(20));
  EXPECT_EQ(timeline.place(day(12)), Timeline::Place::kTooLate);
  EXPECT_EQ(timeline.place(day(14)), Timeline::Place::kOpen);
}

TEST(Timeline, SettlesWhatIsClosedAndTooLateForARow) {
  Timeline timeline = daily_with({}, 12, 1000);
  EXPECT_FALSE(timeline.settled_before(kNow));
  timeline.arrived(kNow, day(10) + hours(1));
  EXPECT_FALSE(timeline.settled_before(kNow)) << "nothing has closed";
  while (const auto window = timeline.due(kNow)) timeline.closed(*window);
  EXPECT_EQ(timeline.settled_before(kNow), day(3));
  EXPECT_EQ(timeline.too_late_before(), day(3));
  EXPECT_EQ(timeline.place(day(2)), Timeline::Place::kTooLate);
  EXPECT_EQ(timeline.place(day(3)), Timeline::Place::kCorrection);
}

TEST(Timeline, DoesNotSettleAPaneOfAnOpenWindow) {
  WindowRules rules;
  rules.size = hours(24 * 7);
  rules.late = hours(24);
  Timeline timeline = daily_with(rules, 12, 1000);
  timeline.arrived(kNow, day(10) + hours(3));
  while (const auto window = timeline.due(kNow)) timeline.closed(*window);
  EXPECT_EQ(timeline.last_closed(), day(3));
  EXPECT_EQ(timeline.settled_before(kNow), day(4));
}

TEST(Timeline, SettlesBatchesByTheClock) {
  WindowRules rules;
  rules.size = rules.slide = Duration{0};
  Timeline timeline{rules, utc_panes(hours(24))};
  timeline.set_rows(day(0), 1000);
  timeline.arrived(day(0), {});
  const auto batch = timeline.due(day(0));
  ASSERT_TRUE(batch);
  timeline.closed(*batch);
  EXPECT_EQ(timeline.settled_before(day(7)), day(0)) << "exclusive";
  EXPECT_EQ(timeline.settled_before(day(8)), day(0) + Duration{1});
}

TEST(Timeline, RowsForAClosedWindowAreACorrection) {
  Timeline timeline = daily_with({}, 2, 1000);
  timeline.arrived(kNow, day(2));
  timeline.closed(*timeline.due(kNow));
  EXPECT_EQ(timeline.place(day(0)), Timeline::Place::kCorrection);
  EXPECT_EQ(timeline.place(day(1)), Timeline::Place::kOpen);
  EXPECT_EQ(timeline.closed_windows_of(day(0)), std::vector{day(0)});
}

TEST(Timeline, ASmallWindowTakesInItsPredecessors) {
  Timeline timeline = daily({.min_rows = 200});
  timeline.set_rows(day(0), 150);
  timeline.set_rows(day(1), 90);
  timeline.arrived(kNow, day(3));
  const auto first = timeline.due(kNow);
  ASSERT_TRUE(first);
  EXPECT_FALSE(first->extended());
  timeline.closed(*first);
  const auto second = timeline.due(kNow);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->start, day(1));
  EXPECT_EQ(second->from, day(0));
  EXPECT_EQ(second->rows, 240U);
  EXPECT_EQ(second->own_rows, 90U);
}

TEST(Timeline, DoesNotExtendBeyondItsLimit) {
  Timeline timeline = daily({.extend = hours(24 * 2), .min_rows = 1'000'000});
  for (int n = 0; n < 6; ++n) timeline.set_rows(day(n), 10);
  const Closing window = timeline.window_at(day(5));
  EXPECT_EQ(window.from, day(3));
  EXPECT_EQ(window.rows, 30U);
}

TEST(Timeline, JudgesAnEmptyDayBetweenTwoWithRows) {
  Timeline timeline = daily();
  timeline.set_rows(day(0), 1000);
  timeline.set_rows(day(2), 1000);
  timeline.arrived(kNow, day(4));
  timeline.closed(*timeline.due(kNow));
  const auto gap = timeline.due(kNow);
  ASSERT_TRUE(gap);
  EXPECT_EQ(gap->start, day(1));
  EXPECT_EQ(gap->rows, 0U);
}

TEST(Timeline, SkipsALongGapAtOnce) {
  Timeline timeline = daily();
  timeline.set_rows(day(0), 1000);
  timeline.set_rows(day(400), 1000);
  timeline.arrived(kNow, day(402));
  timeline.closed(*timeline.due(kNow));
  EXPECT_EQ(timeline.due(kNow)->start, day(400));
}

TEST(Timeline, OldDataDoesNotMakeEmptyWindowsUpToToday) {
  Timeline timeline = daily_with({}, 1, 1000);
  timeline.arrived(kNow, day(0) + hours(23));
  timeline.polled(kNow + hours(5));
  timeline.closed(*timeline.due(kNow + hours(5)));
  EXPECT_FALSE(timeline.due(kNow + hours(5)));
}

TEST(Timeline, ALiveModelThatFallsSilentHasWindowsWithoutRows) {
  Timeline timeline = daily();
  const TimePoint today{std::chrono::floor<std::chrono::days>(kNow)};
  timeline.set_rows(today, 1000);
  timeline.arrived(today + hours(23), today + hours(23));
  timeline.polled(today + hours(27));
  timeline.closed(*timeline.due(today + hours(27)));
  timeline.polled(today + hours(72));
  EXPECT_FALSE(timeline.due(today + hours(72))) << "a nightly file could still come";
  timeline.polled(today + hours(73));
  const auto silent = timeline.due(today + hours(73));
  ASSERT_TRUE(silent);
  EXPECT_EQ(silent->rows, 0U);
  EXPECT_EQ(silent->start, today + hours(24));
}

TEST(Timeline, WaitsForAFileThatComesEachMorningForTheDayBefore) {
  Timeline timeline = daily();
  const TimePoint today{std::chrono::floor<std::chrono::days>(kNow)};
  for (int n = 0; n < 3; ++n) {
    const TimePoint day = today + hours(24 * n);
    timeline.set_rows(day, 1000);
    timeline.arrived(day + hours(30), day + hours(23));
    for (int hour = 31; hour < 54; ++hour) {
      timeline.polled(day + hours(hour));
      while (const auto window = timeline.due(day + hours(hour))) {
        EXPECT_EQ(window->rows, 1000U) << to_rfc3339(window->start);
        timeline.closed(*window);
      }
    }
    EXPECT_EQ(timeline.last_closed(), day);
  }
}

TEST(Timeline, RestoredKnowsWhatWasClosed) {
  Timeline before = daily_with({}, 3, 1000);
  before.arrived(kNow, day(3));
  before.closed(*before.due(kNow));
  Timeline after = daily_with({}, 3, 1000);
  after.restore(before.watermark(), before.last_closed(), before.last_arrival());
  EXPECT_EQ(after.due(kNow), before.due(kNow));
}

TEST(Timeline, SlidingWindowsShareTheirPanes) {
  Timeline timeline({.size = hours(72), .slide = hours(24)}, utc_panes(hours(24)));
  for (int n = 0; n < 5; ++n) timeline.set_rows(day(n), 1000);
  timeline.arrived(kNow, day(5));
  const auto window = timeline.due(kNow);
  ASSERT_TRUE(window);
  EXPECT_EQ(window->end, day(3));
  EXPECT_EQ(window->rows, 3000U);
  timeline.closed(*window);
  EXPECT_EQ(timeline.due(kNow)->start, day(1));
  EXPECT_EQ(timeline.closed_windows_of(day(2)), std::vector{day(0)});
}

TEST(Timeline, BatchesWithoutTimeAreTakenTogetherUntilTheyAreEnough) {
  Timeline timeline({.size = Duration{0}, .slide = Duration{0}, .min_rows = 200},
                    utc_panes(hours(24)));
  timeline.set_rows(day(0), 150);
  EXPECT_FALSE(timeline.due(kNow));
  timeline.set_rows(day(1), 100);
  const auto window = timeline.due(kNow);
  ASSERT_TRUE(window);
  EXPECT_EQ(window->from, day(0));
  EXPECT_EQ(window->start, day(1));
  EXPECT_EQ(window->rows, 250U);
  timeline.closed(*window);
  EXPECT_FALSE(timeline.due(kNow));
}

}  // namespace
}  // namespace leeway::monitor
