#include "daemon/store/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <future>
#include <string>
#include <vector>

#include "collectors/async/task_group.h"
#include "daemon/store/counters.h"
#include "tests/daemon/store/database.h"
#include "tests/support/coroutines.h"

namespace leeway::store {
namespace {

using testing::HasSubstr;
using tests::must;
using tests::Started;

constexpr auto kForever = std::chrono::hours(1);  // a group that takes whatever is queued

class StoreTest : public testing::Test {
 protected:
  void open(Options options = {}) {
    options.durable = false;
    store_.reset();
    store_ = must(Store::open(folder_ / "state", options));
  }

  Async<> add(std::string name, double delta = 1) {
    auto work = [name, delta](Connection& connection) {
      return add_to_counter(connection, name, "", delta);
    };
    co_return co_await store_->write(std::move(work));
  }

  /// A write that holds the writing thread until `go` is fulfilled, so that others queue up.
  Async<> wait_for(std::shared_future<void> go) {
    auto work = [go](Connection&) -> Result<> {
      go.wait();
      return {};
    };
    co_return co_await store_->write(std::move(work));
  }

  double counter(std::string_view name) {
    return must(store_->read([&](Connection& connection) {
             return connection.value<double>("SELECT value FROM counter WHERE name = ?", name);
           }))
        .value_or(0);
  }

  tests::TempFolder folder_;
  asio::io_context io_;
  std::unique_ptr<Store> store_;
};

TEST_F(StoreTest, ContinuesAfterTheCommitWithWhatTheWriteReturned) {
  open();
  auto work = [](Connection& connection) -> Result<std::string> {
    auto done = add_to_counter(connection, "a", "", 2);
    if (!done) return fail(std::move(done.error()));
    return "written";
  };
  EXPECT_EQ(must(tests::run(io_, store_->write(std::move(work)))), "written");
  EXPECT_EQ(counter("a"), 2);
  EXPECT_EQ(store_->stats().writes, 1U);
}

TEST_F(StoreTest, CommitsWhatIsQueuedTogether) {
  open({.group = kForever});
  std::promise<void> go;
  Started<Result<>> first(io_, wait_for(go.get_future().share()));
  Started<Result<>> second(io_, add("a"));
  Started<Result<>> third(io_, add("a"));
  io_.poll();
  go.set_value();
  io_.run();
  EXPECT_TRUE(second.value() && third.value());
  EXPECT_EQ(counter("a"), 2);
  EXPECT_EQ(store_->stats().commits, 1U);
  EXPECT_EQ(store_->stats().writes, 3U);
}

TEST_F(StoreTest, EndsAGroupWhenItsTimeIsOver) {
  open({.group = std::chrono::milliseconds(0)});
  std::promise<void> go;
  Started<Result<>> first(io_, wait_for(go.get_future().share()));
  Started<Result<>> second(io_, add("a"));
  Started<Result<>> third(io_, add("a"));
  io_.poll();
  go.set_value();
  io_.run();
  EXPECT_EQ(store_->stats().commits, 3U);
}

TEST_F(StoreTest, UndoesAFailingWriteAloneInItsGroup) {
  open({.group = kForever});
  std::promise<void> go;
  Started<Result<>> held(io_, wait_for(go.get_future().share()));
  Started<Result<>> before(io_, add("a"));
  auto broken = [](Connection& connection) -> Result<int> {
    auto done = add_to_counter(connection, "a", "", 100);
    if (!done) return fail(std::move(done.error()));
    return fail(ErrorCode::kNotFound, "changed my mind");
  };
  Started<Result<int>> failing(io_, store_->write(broken));
  Started<Result<>> after(io_, add("a"));
  io_.poll();
  go.set_value();
  io_.run();
  EXPECT_TRUE(before.value() && after.value());
  ASSERT_FALSE(failing.value());
  EXPECT_EQ(failing.value().error().message, "changed my mind");
  EXPECT_EQ(counter("a"), 2);
  EXPECT_EQ(store_->stats().commits, 1U);
  EXPECT_EQ(store_->stats().failed, 1U);
  EXPECT_TRUE(store_->healthy());
}

TEST_F(StoreTest, RefusesMoreThanItsQueueHolds) {
  open({.queue_limit = 2});
  std::promise<void> go;
  std::promise<void> begun;
  auto hold = [&begun, wait = go.get_future().share()](Connection&) -> Result<> {
    begun.set_value();
    wait.wait();
    return {};
  };
  Started<Result<>> held(io_, store_->write(hold));
  io_.poll();
  begun.get_future().wait();  // it is out of the queue
  Started<Result<>> first(io_, add("a"));
  Started<Result<>> second(io_, add("a"));
  Started<Result<>> third(io_, add("a"));
  io_.poll();
  EXPECT_EQ(store_->stats().queued, 2U);
  ASSERT_TRUE(third.done());
  EXPECT_EQ(third.value().error().code, ErrorCode::kUnavailable);
  go.set_value();
  io_.run();
  EXPECT_TRUE(first.value() && second.value());
  EXPECT_EQ(store_->stats().refused, 1U);
  EXPECT_TRUE(store_->healthy());
}

TEST_F(StoreTest, TakesNoMoreWritesOnceTheDiskIsFull) {
  open({.group = kForever, .max_bytes = 512 << 10});
  ASSERT_TRUE(tests::run(io_, add("committed")));
  std::promise<void> go;
  Started<Result<>> held(io_, wait_for(go.get_future().share()));
  Started<Result<>> same_group(io_, add("same group"));
  Started<Result<>> too_big(io_, add(std::string(1 << 20, 'x')));
  Started<Result<>> queued(io_, add("queued"));
  io_.restart();
  io_.poll();
  go.set_value();
  io_.run();
  ASSERT_FALSE(too_big.value());
  EXPECT_EQ(too_big.value().error().code, ErrorCode::kUnavailable);
  EXPECT_FALSE(same_group.value());
  EXPECT_FALSE(queued.value());
  EXPECT_FALSE(tests::run(io_, add("later")));
  EXPECT_FALSE(store_->healthy());
  EXPECT_THAT(store_->trouble(), HasSubstr("full"));
  EXPECT_EQ(counter("committed"), 1);  // reading goes on

  open();  // there is room again
  EXPECT_TRUE(store_->healthy());
  EXPECT_EQ(counter("committed"), 1);
  EXPECT_EQ(counter("same group") + counter("queued") + counter("later"), 0);
  EXPECT_TRUE(tests::run(io_, add("later")));
}

TEST_F(StoreTest, CommitsWhatIsQueuedBeforeItCloses) {
  open();
  std::vector<std::unique_ptr<Started<Result<>>>> writes;
  for (int i = 0; i < 50; ++i) writes.push_back(std::make_unique<Started<Result<>>>(io_, add("a")));
  io_.poll();
  store_->close();
  io_.restart();
  io_.run();
  for (const auto& write : writes) EXPECT_TRUE(write->value());
  EXPECT_FALSE(tests::run(io_, add("a")));
  EXPECT_FALSE(store_->read([](Connection&) -> Result<> { return {}; }));
  open();
  EXPECT_EQ(counter("a"), 50);
}

TEST_F(StoreTest, TellsACoroutineThatIsStoppedWhatBecameOfItsWrite) {
  open();
  std::promise<void> go;
  TaskGroup group(io_.get_executor());
  std::optional<Result<>> outcome;
  const auto task = [](Async<> write, std::optional<Result<>>& result) -> Task<> {
    result = co_await std::move(write);
  };
  group.spawn(task(wait_for(go.get_future().share()), outcome), "writer");
  io_.poll();
  group.stop();
  io_.poll();
  EXPECT_FALSE(outcome);
  go.set_value();
  io_.run();
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(*outcome);
}

TEST_F(StoreTest, ReadsOneSnapshot) {
  open();
  ASSERT_TRUE(tests::run(io_, add("a")));
  const auto seen = store_->read([&](Connection& connection) -> Result<int> {
    const auto before = must(connection.value<int>("SELECT count(*) FROM counter"));
    auto write = [](Connection& c) { return add_to_counter(c, "b", "", 1); };
    must(tests::run(io_, store_->write(write)));  // a context that outlives the writer's last post
    const auto after = must(connection.value<int>("SELECT count(*) FROM counter"));
    return *before * 10 + *after;
  });
  EXPECT_EQ(must(seen), 11);
  auto count = [](Connection& connection) {
    return connection.value<int>("SELECT count(*) FROM counter");
  };
  EXPECT_EQ(must(tests::run(io_, store_->read_async(count))), 2);
}

}  // namespace
}  // namespace leeway::store
