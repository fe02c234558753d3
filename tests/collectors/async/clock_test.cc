#include "collectors/async/clock.h"

#include <gmock/gmock.h>

#include <vector>

#include "tests/support/coroutines.h"

namespace leeway {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;

const TimePoint kStart = from_micros(1'000'000'000'000'000);

Task<bool> note_after(Clock& clock, Duration duration, std::vector<int>& notes, int note) {
  const auto slept = co_await clock.sleep(duration);
  notes.push_back(note);
  co_return slept.has_value();
}

TEST(VirtualClock, StandsStillUntilTold) {
  asio::io_context io;
  VirtualClock clock(io.get_executor(), kStart);
  std::vector<int> notes;
  tests::Started<bool> sleeper(io, note_after(clock, hours(1), notes, 1));
  clock.settle();
  EXPECT_EQ(clock.now(), kStart);
  clock.advance(hours(1) - Duration(1));
  EXPECT_FALSE(sleeper.done());
  clock.advance(Duration(1));
  EXPECT_TRUE(sleeper.done());
  EXPECT_EQ(clock.now(), kStart + hours(1));
}

TEST(VirtualClock, WakesSleepersInTheOrderOfTheirTimes) {
  asio::io_context io;
  VirtualClock clock(io.get_executor(), kStart);
  std::vector<int> notes;
  tests::Started<bool> late(io, note_after(clock, seconds(3), notes, 3));
  tests::Started<bool> early(io, note_after(clock, seconds(1), notes, 1));
  tests::Started<bool> second(io, note_after(clock, seconds(1), notes, 2));
  clock.advance(seconds(5));
  EXPECT_THAT(notes, ElementsAre(1, 2, 3));
}

Task<bool> tick(Clock& clock, std::vector<Duration>& ticks) {
  for (int i = 0; i < 3; ++i) {
    if (!co_await clock.sleep(seconds(10))) co_return false;
    ticks.push_back(clock.now() - kStart);
  }
  co_return true;
}

TEST(VirtualClock, GoesFromAlarmToAlarm) {
  asio::io_context io;
  VirtualClock clock(io.get_executor(), kStart);
  std::vector<int> rung;
  const Alarm first = clock.call_after(seconds(2), [&rung] { rung.push_back(2); });
  const Alarm second = clock.call_after(seconds(5), [&rung] { rung.push_back(5); });
  EXPECT_TRUE(clock.advance_to_next(kStart + seconds(4)));
  EXPECT_EQ(clock.now(), kStart + seconds(2));
  EXPECT_EQ(rung, std::vector{2});
  EXPECT_FALSE(clock.advance_to_next(kStart + seconds(4)));
  EXPECT_EQ(clock.now(), kStart + seconds(4));
  EXPECT_EQ(rung, std::vector{2});
}

TEST(VirtualClock, ShowsASleeperTheTimeAtWhichItWakes) {
  asio::io_context io;
  VirtualClock clock(io.get_executor(), kStart);
  std::vector<Duration> ticks;
  tests::Started<bool> ticking(io, tick(clock, ticks));
  clock.advance(hours(1));
  EXPECT_THAT(ticks, ElementsAre(seconds(10), seconds(20), seconds(30)));
}

TEST(VirtualClock, LetsAJumpOfTheWallClockWakeNobody) {
  asio::io_context io;
  VirtualClock clock(io.get_executor(), kStart);
  std::vector<int> notes;
  tests::Started<bool> sleeper(io, note_after(clock, seconds(5), notes, 1));
  clock.settle();
  const Duration before = clock.monotonic();
  clock.jump(hours(24));
  clock.settle();
  EXPECT_FALSE(sleeper.done());
  EXPECT_EQ(clock.now(), kStart + hours(24));
  EXPECT_EQ(clock.monotonic(), before);
  clock.advance(seconds(5));
  EXPECT_TRUE(sleeper.done());
}

TEST(VirtualClock, DestroysWhoStillSleepsWithTheContext) {
  std::vector<int> notes;
  {
    asio::io_context io;
    VirtualClock clock(io.get_executor(), kStart);
    asio::co_spawn(io, note_after(clock, seconds(5), notes, 1), [](auto&&...) {});
    clock.settle();
  }
  EXPECT_TRUE(notes.empty());
}

TEST(RealClock, WakesNotBeforeTheTime) {
  asio::io_context io;
  const auto clock = make_real_clock(io.get_executor());
  std::vector<int> notes;
  const Duration before = clock->monotonic();
  EXPECT_TRUE(tests::run(io, note_after(*clock, milliseconds(3), notes, 1)));
  EXPECT_GE(clock->monotonic() - before, milliseconds(3));
}

TEST(RealClock, KeepsTheOrderWhenAnEarlierSleeperComesLater) {
  asio::io_context io;
  const auto clock = make_real_clock(io.get_executor());
  std::vector<int> notes;
  tests::Started<bool> late(io, note_after(*clock, milliseconds(6), notes, 2));
  tests::Started<bool> early(io, note_after(*clock, milliseconds(2), notes, 1));
  io.run();
  EXPECT_THAT(notes, ElementsAre(1, 2));
}

TEST(RealClock, LetsTheContextEndWhenItsLastAlarmIsReset) {
  asio::io_context io;
  const auto clock = make_real_clock(io.get_executor());
  bool rang = false;
  Alarm alarm = clock->call_after(hours(1), [&rang] { rang = true; });
  alarm.reset();
  io.run();
  EXPECT_FALSE(rang);
}

TEST(RealClock, SleepsForNoTimeInATurnOfItsOwn) {
  asio::io_context io;
  const auto clock = make_real_clock(io.get_executor());
  std::vector<int> notes;
  tests::Started<bool> sleeper(io, note_after(*clock, Duration(0), notes, 1));
  EXPECT_TRUE(notes.empty());
  io.run();
  EXPECT_THAT(notes, ElementsAre(1));
}

}  // namespace
}  // namespace leeway
