#include "collectors/async/deadline.h"

#include <gmock/gmock.h>

#include <optional>

#include "collectors/async/task_group.h"
#include "tests/support/coroutines.h"

namespace leeway {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

Async<int> answer_after(Clock& clock, Duration duration) {
  const auto slept = co_await clock.sleep(duration);
  if (!slept) co_return fail(slept.error());
  co_return 42;
}

class DeadlineTest : public testing::Test {
 protected:
  asio::io_context io_;
  VirtualClock clock_{io_.get_executor(), TimePoint{}};
};

TEST_F(DeadlineTest, PassesOnWhatCameInTime) {
  tests::Started<Result<int>> answer(
      io_, with_deadline(clock_, seconds(2), answer_after(clock_, seconds(1))));
  clock_.advance(seconds(1));
  ASSERT_TRUE(answer.done());
  EXPECT_EQ(answer.value().value(), 42);
}

TEST_F(DeadlineTest, SaysTimeoutForWhatDidNot) {
  tests::Started<Result<int>> answer(
      io_, with_deadline(clock_, seconds(2), answer_after(clock_, hours(1))));
  clock_.advance(seconds(2));
  ASSERT_TRUE(answer.done());
  EXPECT_EQ(answer.value().error().code, ErrorCode::kTimeout);
  EXPECT_EQ(answer.value().error().message, "not done within 2s");
}

TEST_F(DeadlineTest, NestsAndTheShorterOneDecides) {
  auto inner = with_deadline(clock_, seconds(5), answer_after(clock_, hours(1)));
  tests::Started<Result<int>> answer(io_, with_deadline(clock_, seconds(2), std::move(inner)));
  clock_.advance(seconds(2));
  ASSERT_TRUE(answer.done());
  EXPECT_EQ(answer.value().error().message, "not done within 2s");
}

Task<> ask(Clock& clock, std::optional<Result<int>>& out) {
  out.emplace(co_await with_deadline(clock, hours(1), answer_after(clock, hours(2))));
}

TEST_F(DeadlineTest, LetsAStopThrough) {
  TaskGroup group(io_.get_executor());
  std::optional<Result<int>> answer;
  group.spawn(ask(clock_, answer), "asking");
  clock_.settle();
  group.stop();
  clock_.settle();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace leeway
