#include "collectors/tables/worker_pool.h"

#include <gmock/gmock.h>
#include <signal.h>

#include <boost/asio/io_context.hpp>
#include <fstream>

#include "collectors/tables/fold.h"
#include "collectors/tables/learn.h"
#include "collectors/tables/multivariate.h"
#include "detectors/profile/reference.h"
#include "tests/collectors/tables/table_files.h"
#include "tests/support/coroutines.h"

namespace leeway::tables {
namespace {

using leeway::tests::run;
using leeway::tests::Started;
using testing::HasSubstr;
using testing::SizeIs;

WorkerOptions options() {
  WorkerOptions options;
  options.executable = LEEWAY_TABLES_WORKER;
  return options;
}

class Pool : public testing::Test {
 protected:
  Pool() : clock_(make_real_clock(io_.get_executor())) {
    reference_ =
        files_.write("reference.parquet",
                     "SELECT TIMESTAMP '2001-01-01' + INTERVAL (i) MINUTE AS at, i * 0.5 AS x, "
                     "'n' || (i % 7) AS name FROM range(10000) t(i)");
  }

  std::unique_ptr<WorkerPool> pool(WorkerOptions with = options()) {
    return std::make_unique<WorkerPool>(io_.get_executor(), *clock_, std::move(with));
  }
  void learn_with(WorkerPool& pool) {
    auto learned = run(io_, pool.learn(files_.learn_plan({reference_})));
    ASSERT_TRUE(learned) << learned.error().message;
    plan_ = files_.fold_plan(*learned, {reference_});
  }
  /// Turns the io_context until `condition` holds.
  template <class Condition>
  bool until(Condition condition) {
    return leeway::tests::eventually([&] {
      io_.restart();
      io_.poll();
      return condition();
    });
  }
  template <class T>
  T& finished(Started<T>& started) {
    EXPECT_TRUE(until([&] { return started.done(); }));
    return started.value();
  }
  void stop(WorkerPool& pool) {
    ASSERT_TRUE(run(io_, pool.stop()));
    EXPECT_THAT(pool.process_ids(), SizeIs(0));
  }

  asio::io_context io_;
  std::unique_ptr<Clock> clock_;
  tests::TableFiles files_;
  std::filesystem::path reference_;
  FoldPlan plan_;
};

TEST_F(Pool, NeverMapsTheDecoderIntoTheParent) {
  const std::string maps = leeway::tests::read_file("/proc/self/maps");
  if (maps.find("libduckdb") != std::string::npos) GTEST_SKIP() << "another test has decoded here";
  const auto workers = pool();
  learn_with(*workers);
  ASSERT_TRUE(run(io_, workers->fold(plan_)));
  EXPECT_THAT(leeway::tests::read_file("/proc/self/maps"), testing::Not(HasSubstr("libduckdb")));
  stop(*workers);
}

TEST_F(Pool, GivesWhatTheSamePlanGivesInProcess) {
  const auto workers = pool();
  learn_with(*workers);
  const auto here = fold(plan_);
  const auto there = run(io_, workers->fold(plan_));
  ASSERT_TRUE(here && there) << there.error().message;
  EXPECT_EQ(here->encode(), there->encode());
  EXPECT_EQ(workers->counters().started, 1U);
  EXPECT_EQ(workers->counters().requests, 2U);
  stop(*workers);
}

TEST_F(Pool, MeasuresDrawnRowsInAWorker) {
  const auto workers = pool();
  LearnPlan learning = files_.learn_plan({reference_});
  learning.scratch.sample_rows = 200;
  const auto learned = run(io_, workers->learn(learning));
  ASSERT_TRUE(learned) << learned.error().message;
  MeasurePlan plan;
  plan.columns = compared_columns(profile::Reference::deserialize(learned->reference)->schema);
  plan.reference = files_.folder() / learned->sample.value();
  plan.measures = {"domain_classifier", "mmd"};
  const auto here = measure(plan);
  const auto there = run(io_, workers->measure(plan));
  ASSERT_TRUE(here && there) << there.error().message;
  EXPECT_EQ(here->encode(), there->encode());
  EXPECT_THAT(there->windows, SizeIs(7));
  plan.reference = files_.folder() / "none.sample";
  const auto missing = run(io_, workers->measure(plan));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  // Under a sanitizer a worker that has measured may have grown so much that another takes over.
  EXPECT_LE(workers->counters().started, 1U + workers->counters().recycled);
  EXPECT_EQ(workers->counters().crashed + workers->counters().killed, 0U);
  stop(*workers);
}

TEST_F(Pool, HoldsValuesAgainstTheRulesOfThePlan) {
  const auto workers = pool();
  learn_with(*workers);
  plan_.value_rules["x"] = {.min = 1000.0};
  plan_.value_rules["name"] = {.pattern = "^n[0-5]$"};
  plan_.count_row_keys = true;
  const auto answer = run(io_, workers->fold(plan_));
  ASSERT_TRUE(answer) << answer.error().message;
  profile::Profile all = profile::Profile::empty_for(plan_.schema);
  for (const FoldedPane& pane : answer->panes) {
    ASSERT_TRUE(all.merge(leeway::tables::tests::profile_of(pane)));
  }
  const auto& x = leeway::tables::tests::column_of(all, plan_.schema, "x").checks;
  EXPECT_EQ(x.range, (profile::Checked{.checked = 10'000, .violations = 2'000}));
  const auto& name = leeway::tables::tests::column_of(all, plan_.schema, "name").checks;
  EXPECT_EQ(name.pattern, (profile::Checked{.checked = 10'000, .violations = 1'428}));
  EXPECT_EQ(all.row_keys.duplicates()->share, 0.0);
  stop(*workers);
}

TEST_F(Pool, GivesTheErrorOfAFileThatCannotBeDecoded) {
  const auto workers = pool();
  learn_with(*workers);
  plan_.files = {files_.write_bytes("bad.parquet", "no parquet at all, and long enough to tell")};
  const auto answer = run(io_, workers->fold(plan_));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(answer.error().message, HasSubstr("bad.parquet': is not a Parquet file"));
  EXPECT_EQ(workers->counters().started, 1U) << "the worker is as good as before";
  stop(*workers);
}

TEST_F(Pool, LosesOneWorkerToACrashAndGoesOnWithAnother) {
  const auto workers = pool();
  learn_with(*workers);
  const int first = workers->process_ids().at(0);
  ::kill(first, SIGSTOP);  // so that the request is under way when the worker dies
  Started<Result<FoldAnswer>> request(io_, workers->fold(plan_));
  ASSERT_TRUE(until([&] { return workers->counters().busy == 1; }));
  ::kill(first, SIGABRT);  // SIGSEGV would be the sanitizers' to answer
  ::kill(first, SIGCONT);
  const auto& answer = finished(request);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(answer.error().message, HasSubstr("was killed by signal 6 (Aborted)"));
  EXPECT_EQ(workers->counters().crashed, 1U);
  EXPECT_TRUE(run(io_, workers->fold(plan_)));
  EXPECT_EQ(workers->counters().started, 2U);
  EXPECT_NE(workers->process_ids().at(0), first);
  stop(*workers);
}

TEST_F(Pool, KillsAWorkerThatHangsBeyondTheDeadline) {
  const auto workers = pool();
  learn_with(*workers);
  ::kill(workers->process_ids().at(0), SIGSTOP);
  plan_.limits.deadline = std::chrono::milliseconds(200);
  const auto answer = run(io_, workers->fold(plan_));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kTimeout);
  EXPECT_THAT(answer.error().message, HasSubstr("200ms"));
  EXPECT_EQ(workers->counters().killed, 1U);
  EXPECT_EQ(workers->counters().alive, 0U);
  plan_.limits.deadline = std::chrono::minutes(1);
  EXPECT_TRUE(run(io_, workers->fold(plan_)));
  stop(*workers);
}

TEST_F(Pool, RefusesAWorkerThatTalksNonsense) {
  WorkerOptions with = options();
  with.executable = "/bin/sh";
  with.arguments = {"-c", "head -c 100 /dev/zero >&3; cat <&3 >/dev/null"};
  const auto workers = pool(std::move(with));
  const auto answer = run(io_, workers->learn(files_.learn_plan({reference_})));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(workers->counters().killed, 1U);
  stop(*workers);
}

TEST_F(Pool, SaysHowAWorkerEndedByItself) {
  WorkerOptions with = options();
  with.executable = "/bin/sh";
  with.arguments = {"-c", "exit 7"};
  const auto workers = pool(std::move(with));
  const auto answer = run(io_, workers->learn(files_.learn_plan({reference_})));
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, HasSubstr("ended with status 7"));
  stop(*workers);
}

TEST_F(Pool, SaysThatAWorkerDoesNotStart) {
  WorkerOptions with = options();
  with.executable = "/nonexistent/leeway";
  const auto workers = pool(std::move(with));
  const auto answer = run(io_, workers->learn(files_.learn_plan({reference_})));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable);
  stop(*workers);
}

TEST_F(Pool, ServesRequestsInTheirOrderByAsManyWorkersAsAllowed) {
  WorkerOptions with = options();
  with.max_workers = 2;
  const auto workers = pool(std::move(with));
  learn_with(*workers);
  std::vector<std::unique_ptr<Started<Result<FoldAnswer>>>> requests;
  for (int i = 0; i < 6; ++i) {
    requests.push_back(std::make_unique<Started<Result<FoldAnswer>>>(io_, workers->fold(plan_)));
  }
  std::size_t most = 0;
  for (const auto& request : requests) {
    ASSERT_TRUE(until([&] {
      most = std::max(most, workers->counters().busy);
      return request->done();
    }));
    EXPECT_TRUE(request->value());
  }
  EXPECT_EQ(most, 2U);
  EXPECT_EQ(workers->counters().started, 2U);
  stop(*workers);
}

TEST_F(Pool, RefusesMoreThanTheQueueHolds) {
  WorkerOptions with = options();
  with.max_waiting = 1;
  const auto workers = pool(std::move(with));
  learn_with(*workers);
  ::kill(workers->process_ids().at(0), SIGSTOP);
  Started<Result<FoldAnswer>> first(io_, workers->fold(plan_));
  ASSERT_TRUE(until([&] { return workers->counters().busy == 1; }));
  Started<Result<FoldAnswer>> second(io_, workers->fold(plan_));
  ASSERT_TRUE(until([&] { return workers->counters().waiting == 1; }));
  const auto third = run(io_, workers->fold(plan_));
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code, ErrorCode::kUnavailable);
  ::kill(workers->process_ids().at(0), SIGCONT);
  EXPECT_TRUE(finished(first));
  EXPECT_TRUE(finished(second));
  stop(*workers);
}

TEST_F(Pool, EndsAnIdleWorkerAndStartsAnotherWhenNeeded) {
  WorkerOptions with = options();
  with.idle = std::chrono::milliseconds(50);
  const auto workers = pool(std::move(with));
  learn_with(*workers);
  EXPECT_TRUE(until([&] { return workers->counters().alive == 0; }));
  EXPECT_TRUE(run(io_, workers->fold(plan_)));
  EXPECT_EQ(workers->counters().started, 2U);
  EXPECT_EQ(workers->counters().crashed, 0U);
  stop(*workers);
}

TEST_F(Pool, RecyclesAWorkerAfterItsSources) {
  WorkerOptions with = options();
  with.recycle_sources = 2;
  const auto workers = pool(std::move(with));
  learn_with(*workers);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run(io_, workers->fold(plan_)));
  EXPECT_EQ(workers->counters().started, 2U);
  EXPECT_EQ(workers->counters().recycled, 2U);
  stop(*workers);
}

TEST_F(Pool, StopsRequestsThatAreUnderWayAndThoseThatWait) {
  const auto workers = pool();
  learn_with(*workers);
  ::kill(workers->process_ids().at(0), SIGSTOP);
  Started<Result<FoldAnswer>> first(io_, workers->fold(plan_));
  Started<Result<FoldAnswer>> second(io_, workers->fold(plan_));
  ASSERT_TRUE(until([&] { return workers->counters().waiting == 1; }));
  stop(*workers);
  EXPECT_EQ(finished(first).error().code, ErrorCode::kCancelled);
  EXPECT_EQ(finished(second).error().code, ErrorCode::kCancelled);
  EXPECT_EQ(run(io_, workers->fold(plan_)).error().code, ErrorCode::kCancelled);
  stop(*workers);
}

TEST_F(Pool, LeavesNoProcessBehindWhenItIsDestroyed) {
  auto workers = pool();
  learn_with(*workers);
  const int id = workers->process_ids().at(0);
  workers.reset();
  EXPECT_TRUE(until([&] { return ::kill(id, 0) != 0; }));
}

}  // namespace
}  // namespace leeway::tables
