#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <chrono>
#include <latch>
#include <string>
#include <thread>

#include "daemon/store/counters.h"
#include "daemon/store/files.h"
#include "daemon/store/ledger.h"
#include "daemon/store/references.h"
#include "daemon/store/store.h"
#include "tests/daemon/store/child.h"
#include "tests/daemon/store/database.h"
#include "tests/support/coroutines.h"

namespace leeway::store {
namespace {

using tests::Child;
using tests::must;
using tests::Pipe;

/// Each write makes two rows that belong together.
Result<> pair(Connection& connection, int number) {
  const std::string name = std::to_string(number);
  auto first = add_to_counter(connection, "left", name, 1);
  if (!first) return first;
  return add_to_counter(connection, "right", name, 1);
}

struct Kept {
  int pairs = 0;
  int halves = 0;
};

Kept kept(Store& store) {
  return must(store.read([](Connection& connection) -> Result<Kept> {
    Kept found;
    found.pairs = must(connection.value<int>("SELECT count(*) FROM counter AS l JOIN counter AS r "
                                             "USING (labels) WHERE l.name = 'left' "
                                             "AND r.name = 'right' AND l.value = r.value"))
                      .value();
    found.halves =
        must(connection.value<int>("SELECT count(*) FROM counter")).value() - 2 * found.pairs;
    return found;
  }));
}

class StoreCrash : public testing::TestWithParam<std::string> {};

TEST_P(StoreCrash, LosesNothingThatWasAcknowledgedAndTearsNothing) {
  const tests::TempFolder folder;
  const auto write_pairs = [&](Pipe&, Pipe& acknowledged) {
    asio::io_context io;
    const auto store = must(Store::open(folder / "state"));
    for (int number = 0; number < 20; ++number) {
      auto work = [number](Connection& connection) { return pair(connection, number); };
      must(tests::run(io, store->write(std::move(work))));
      acknowledged.put("committed");
    }
  };
  Child child(GetParam(), write_pairs);
  ASSERT_TRUE(child.was_killed());
  const int acknowledged = child.lines();
  const auto store = must(Store::open(folder / "state"));
  const Kept found = kept(*store);
  EXPECT_EQ(found.halves, 0);
  EXPECT_GE(found.pairs, acknowledged);
  EXPECT_LE(found.pairs, acknowledged + 1) << "only the write under way may be there or not";
}

TEST_P(StoreCrash, KeepsOrLosesAGroupWhole) {
  const tests::TempFolder folder;
  const auto write_group = [&](Pipe&, Pipe&) {
    asio::io_context io;
    const auto store = must(Store::open(folder / "state", {.group = std::chrono::hours(1)}));
    std::latch queued{1};
    auto hold = [&queued](Connection&) -> Result<> {
      queued.wait();
      return {};
    };
    tests::Started<Result<>> held(io, store->write(hold));
    std::vector<std::unique_ptr<tests::Started<Result<>>>> writes;
    for (int number = 0; number < 20; ++number) {
      auto work = [number](Connection& connection) { return pair(connection, number); };
      writes.push_back(std::make_unique<tests::Started<Result<>>>(io, store->write(work)));
    }
    asio::post(io, [&queued] { queued.count_down(); });  // after all of them have queued up
    io.run();
    // Should the group have been split, the next hit of the failpoint is in here.
    for (int more = 0; more < 40; ++more) {
      auto nothing = [](Connection&) -> Result<> { return {}; };
      must(tests::run(io, store->write(nothing)));
    }
  };
  Child child(GetParam(), write_group);
  ASSERT_TRUE(child.was_killed());
  const auto store = must(Store::open(folder / "state"));
  EXPECT_EQ(kept(*store).halves, 0);
}

INSTANTIATE_TEST_SUITE_P(At, StoreCrash,
                         testing::Values("store.in_group:1", "store.in_group:7",
                                         "store.before_commit:1", "store.before_commit:5",
                                         "store.after_commit:1", "store.after_commit:5"),
                         [](const auto& instance) {
                           std::string name = instance.param;
                           for (char& c : name) c = std::isalnum(c) != 0 ? c : '_';
                           return name;
                         });

TEST(LedgerCrash, DoesNotCountTwiceWhatWasBeingCompacted) {
  const tests::TempFolder folder;
  const TimePoint monday = tests::at("2001-01-01");
  const auto concatenate = [](std::span<const std::string> profiles) -> Result<std::string> {
    std::string all;
    for (const auto& one : profiles) all += one;
    return all;
  };
  const auto compact_all = [=](Connection& connection) {
    return compact(connection, "m", monday + std::chrono::days(9), 10, concatenate);
  };
  const auto fill_and_compact = [&](Pipe&, Pipe&) {
    asio::io_context io;
    const auto store = must(Store::open(folder / "state"));
    for (const char* name : {"a", "b", "c"}) {
      auto take = [=](Connection& connection) {
        Source source;
        source.model = "m";
        source.name = source.version = name;
        Contribution part;
        part.pane_start = monday;
        part.profile = name;
        return replace_contributions(connection, source, std::vector{part});
      };
      must(tests::run(io, store->write(std::move(take))));
    }
    must(tests::run(io, store->write(compact_all)));
  };
  Child child("ledger.compacting", fill_and_compact);
  ASSERT_TRUE(child.was_killed());

  asio::io_context io;
  const auto store = must(Store::open(folder / "state"));
  const PaneRange range{monday, monday + Duration{1}, std::nullopt};
  const auto read = [&](Connection& connection) { return contributions(connection, "m", range); };
  EXPECT_EQ(must(store->read(read)).size(), 3U);
  must(tests::run(io, store->write(compact_all)));
  const auto rows = must(store->read(read));
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows.front().profile, "abc");
}

TEST(FilesCrash, LeavesAWholeFileOrNone) {
  for (const char* failpoint : {"store.before_rename", "store.after_rename"}) {
    const tests::TempFolder folder;
    const auto write = [&](Pipe&, Pipe&) { must(write_durably(folder / "a", "whole")); };
    ASSERT_TRUE(Child(failpoint, write).was_killed());
    const auto found = read_file(folder / "a", 100);
    EXPECT_EQ(found ? *found : "none",
              std::string(failpoint) == "store.after_rename" ? "whole" : "none");
    must(delete_unnamed(folder.path(), {"a"}));
  }
}

}  // namespace
}  // namespace leeway::store
