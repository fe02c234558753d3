#include "collectors/async/on_pool.h"

#include <gmock/gmock.h>

#include <latch>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "collectors/async/clock.h"
#include "collectors/async/task_group.h"
#include "tests/support/coroutines.h"

namespace leeway {
namespace {

using std::chrono::hours;

struct Where {
  std::thread::id work;
  std::thread::id after;
};

Task<Where> ask_where(asio::thread_pool& pool) {
  auto work = []() -> Result<std::thread::id> { return std::this_thread::get_id(); };
  const auto at = co_await on_pool(pool, std::move(work));
  co_return Where{.work = *at, .after = std::this_thread::get_id()};
}

TEST(OnPool, WorksElsewhereAndComesBack) {
  asio::io_context io;
  asio::thread_pool pool(1);
  const Where where = tests::run(io, ask_where(pool));
  EXPECT_NE(where.work, std::this_thread::get_id());
  EXPECT_EQ(where.after, std::this_thread::get_id());
}

TEST(OnPool, BringsAValueThatCanOnlyBeMoved) {
  asio::io_context io;
  asio::thread_pool pool(1);
  auto work = []() -> Result<std::unique_ptr<std::string>> {
    return std::make_unique<std::string>("from the pool");
  };
  const auto result = tests::run(io, on_pool(pool, std::move(work)));
  EXPECT_EQ(*result.value(), "from the pool");
}

TEST(OnPool, BringsTheErrorOfTheWork) {
  asio::io_context io;
  asio::thread_pool pool(1);
  auto work = []() -> Result<> { return fail(ErrorCode::kCorrupt, "bad bytes"); };
  const auto result = tests::run(io, on_pool(pool, std::move(work)));
  EXPECT_EQ(result.error().message, "bad bytes");
}

Task<int> sum(asio::thread_pool& pool, int jobs) {
  int total = 0;
  for (int i = 1; i <= jobs; ++i) {
    auto work = [i]() -> Result<int> { return i; };
    const auto part = co_await on_pool(pool, std::move(work));
    total += *part;
  }
  co_return total;
}

TEST(OnPool, ServesManyCoroutinesAtOnce) {
  asio::io_context io;
  asio::thread_pool pool(4);
  std::vector<std::unique_ptr<tests::Started<int>>> all;
  for (int i = 0; i < 8; ++i) {
    all.push_back(std::make_unique<tests::Started<int>>(io, sum(pool, 50)));
  }
  io.run();
  for (const auto& one : all) EXPECT_EQ(one->value(), 1275);
}

Task<Duration> work_then_sleep(asio::thread_pool& pool, Clock& clock) {
  auto work = []() -> Result<> { return {}; };
  static_cast<void>(co_await on_pool(pool, std::move(work)));
  static_cast<void>(co_await clock.sleep(hours(1)));
  co_return clock.monotonic();
}

TEST(OnPool, HoldsAVirtualClockUntilTheWorkIsDone) {
  asio::io_context io;
  asio::thread_pool pool(1);
  VirtualClock clock(io.get_executor(), TimePoint{});
  tests::Started<Duration> started(io, work_then_sleep(pool, clock));
  clock.advance(hours(3));
  ASSERT_TRUE(started.done());
  EXPECT_EQ(started.value(), hours(1));
}

Task<> wait_for_pool(asio::thread_pool& pool, std::latch& go, std::optional<Result<int>>& out) {
  auto work = [&go]() -> Result<int> {
    go.wait();
    return 1;
  };
  out.emplace(co_await on_pool(pool, std::move(work)));
}

TEST(OnPool, EndsTheWaitButNotTheWorkWhenToldToStop) {
  asio::io_context io;
  asio::thread_pool pool(1);
  std::latch go(1);
  std::optional<Result<int>> result;
  TaskGroup group(io.get_executor());
  group.spawn(wait_for_pool(pool, go, result), "waiter");
  io.poll();
  group.stop();
  io.poll();
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->error().code, ErrorCode::kCancelled);
  go.count_down();
  io.run();  // the work that nobody waits for ends in peace
  EXPECT_EQ(group.running(), 0U);
}

}  // namespace
}  // namespace leeway
