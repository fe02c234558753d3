#include "collectors/async/notifier.h"

#include <gmock/gmock.h>

#include <boost/asio/post.hpp>
#include <optional>

#include "collectors/async/task_group.h"
#include "tests/support/coroutines.h"

namespace leeway {
namespace {

using std::chrono::seconds;

class NotifierTest : public testing::Test {
 protected:
  asio::io_context io_;
  VirtualClock clock_{io_.get_executor(), TimePoint{}};
  Notifier notifier_;
};

TEST_F(NotifierTest, WakesAWaiterBeforeItsDeadline) {
  tests::Started<Result<Woken>> waiting(io_, notifier_.wait_for(clock_, seconds(10)));
  clock_.advance(seconds(5));
  EXPECT_FALSE(waiting.done());
  notifier_.notify_one();
  clock_.settle();
  ASSERT_TRUE(waiting.done());
  EXPECT_EQ(waiting.value().value(), Woken::kNotified);
}

TEST_F(NotifierTest, WakesAtTheDeadlineWhenNothingHappens) {
  tests::Started<Result<Woken>> waiting(io_, notifier_.wait_for(clock_, seconds(10)));
  clock_.advance(seconds(10));
  ASSERT_TRUE(waiting.done());
  EXPECT_EQ(waiting.value().value(), Woken::kDeadline);
}

TEST_F(NotifierTest, WaitsUntilAWallTime) {
  const TimePoint time = clock_.now() + seconds(7);
  tests::Started<Result<Woken>> waiting(io_, notifier_.wait_until(clock_, time));
  clock_.advance_to(time);
  ASSERT_TRUE(waiting.done());
  EXPECT_EQ(waiting.value().value(), Woken::kDeadline);
}

TEST_F(NotifierTest, RemembersOneNotificationThatNobodyWaitedFor) {
  notifier_.notify_one();
  notifier_.notify_one();
  tests::Started<Result<>> first(io_, notifier_.wait());
  tests::Started<Result<>> second(io_, notifier_.wait());
  clock_.settle();
  EXPECT_TRUE(first.done());
  EXPECT_FALSE(second.done());
}

TEST_F(NotifierTest, WakesOneOrAll) {
  tests::Started<Result<>> first(io_, notifier_.wait());
  tests::Started<Result<>> second(io_, notifier_.wait());
  tests::Started<Result<>> third(io_, notifier_.wait());
  clock_.settle();
  notifier_.notify_one();
  clock_.settle();
  EXPECT_TRUE(first.done());
  EXPECT_FALSE(second.done() || third.done());
  notifier_.notify_all();
  clock_.settle();
  EXPECT_TRUE(second.done() && third.done());
}

Task<> wait_once(Notifier& notifier, std::optional<Result<>>& out) {
  out.emplace(co_await notifier.wait());
}

TEST_F(NotifierTest, EndsWithCancelledWhenTheTaskIsToldToStop) {
  TaskGroup group(io_.get_executor());
  std::optional<Result<>> waited;
  group.spawn(wait_once(notifier_, waited), "waiter");
  clock_.settle();
  group.stop();
  clock_.settle();
  ASSERT_TRUE(waited.has_value());
  EXPECT_EQ(waited->error().code, ErrorCode::kCancelled);
}

TEST_F(NotifierTest, HandsANotificationOnWhenItsWaiterIsStopped) {
  TaskGroup group(io_.get_executor());
  std::optional<Result<>> stopped;
  group.spawn(wait_once(notifier_, stopped), "stopped");
  clock_.settle();
  tests::Started<Result<>> next(io_, notifier_.wait());
  clock_.settle();
  asio::post(io_, [&] {
    group.stop();
    notifier_.notify_one();  // its first waiter is already leaving
  });
  clock_.settle();
  ASSERT_TRUE(stopped.has_value());
  EXPECT_FALSE(stopped->has_value());
  EXPECT_TRUE(next.done());
}

}  // namespace
}  // namespace leeway
