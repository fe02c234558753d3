#include "collectors/async/task_group.h"

#include <gmock/gmock.h>

#include <stdexcept>

#include "tests/support/coroutines.h"

namespace leeway {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::HasSubstr;

Task<> sleep_for(Clock& clock, Duration duration, int& ended) {
  static_cast<void>(co_await clock.sleep(duration));
  ++ended;
}

/// Ignores the first wish to stop, as a coroutine that tidies up does.
Task<> tidy_up(Clock& clock, bool& second_wait_failed) {
  static_cast<void>(co_await clock.sleep(hours(1)));
  const auto again = co_await clock.sleep(hours(1));
  second_wait_failed = !again.has_value();
}

/// Deaf to cancellation: it waits in a way that cannot be told to stop.
Task<> stubborn(Clock& clock) {
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  static_cast<void>(co_await clock.sleep(hours(1)));
}

class TaskGroupTest : public testing::Test {
 protected:
  asio::io_context io_;
  VirtualClock clock_{io_.get_executor(), TimePoint{}};
  TaskGroup group_{io_.get_executor()};
  int ended_ = 0;
};

TEST_F(TaskGroupTest, RunsATaskInATurnOfItsOwn) {
  group_.spawn(sleep_for(clock_, Duration(0), ended_), "short");
  EXPECT_EQ(ended_, 0);
  EXPECT_EQ(group_.running(), 1U);
  clock_.settle();
  EXPECT_EQ(ended_, 1);
  EXPECT_EQ(group_.running(), 0U);
}

TEST_F(TaskGroupTest, EndsWaitsWhenStopped) {
  group_.spawn(sleep_for(clock_, hours(1), ended_), "a");
  group_.spawn(sleep_for(clock_, hours(2), ended_), "b");
  clock_.settle();
  group_.stop();
  group_.stop();
  tests::Started<Result<>> joined(io_, group_.join(clock_, seconds(1)));
  clock_.settle();
  EXPECT_EQ(ended_, 2);
  ASSERT_TRUE(joined.done());
  EXPECT_TRUE(joined.value().has_value());
}

TEST_F(TaskGroupTest, LetsNoWaitBeginAfterTheStop) {
  bool second_wait_failed = false;
  group_.spawn(tidy_up(clock_, second_wait_failed), "tidy");
  clock_.settle();
  group_.stop();
  clock_.settle();
  EXPECT_TRUE(second_wait_failed);
  EXPECT_EQ(group_.running(), 0U);
}

TEST_F(TaskGroupTest, StartsNothingAfterTheStop) {
  group_.spawn(sleep_for(clock_, Duration(0), ended_), "before");
  group_.stop();
  group_.spawn(sleep_for(clock_, Duration(0), ended_), "after");
  clock_.settle();
  EXPECT_EQ(ended_, 0);
  EXPECT_TRUE(group_.stopping());
}

TEST_F(TaskGroupTest, NamesWhoIsStillRunningAtTheDeadline) {
  group_.spawn(stubborn(clock_), "stubborn");
  group_.spawn(sleep_for(clock_, hours(1), ended_), "good");
  clock_.settle();
  group_.stop();
  tests::Started<Result<>> joined(io_, group_.join(clock_, seconds(5)));
  clock_.advance(seconds(5));
  ASSERT_TRUE(joined.done());
  ASSERT_FALSE(joined.value().has_value());
  EXPECT_EQ(joined.value().error().code, ErrorCode::kTimeout);
  EXPECT_EQ(joined.value().error().message, "still running after 5s: stubborn");
  clock_.advance(hours(1));
}

Task<> throwing() {
  throw std::runtime_error("no such luck");
  co_return;
}

TEST(TaskGroupDeathTest, EndsTheProcessWhenATaskThrows) {
  EXPECT_DEATH(
      {
        asio::io_context io;
        TaskGroup group(io.get_executor());
        group.spawn(throwing(), "unlucky");
        io.run();
      },
      HasSubstr("unlucky must not throw: no such luck"));
}

TEST(TaskGroupDeathTest, MayNotBeForgottenWhileTasksRun) {
  EXPECT_DEATH(
      {
        asio::io_context io;
        VirtualClock clock(io.get_executor(), TimePoint{});
        int ended = 0;
        TaskGroup group(io.get_executor());
        group.spawn(sleep_for(clock, hours(1), ended), "forgotten");
      },
      HasSubstr("stops and joins"));
}

}  // namespace
}  // namespace leeway
