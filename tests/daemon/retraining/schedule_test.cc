#include "daemon/retraining/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "collectors/async/task_group.h"
#include "daemon/store/counters.h"
#include "tests/daemon/store/database.h"
#include "tests/support/coroutines.h"

namespace leeway::retraining {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::IsEmpty;
using tests::at;
using tests::must;

const TimePoint kNoon = at("2001-01-01T12:00:00Z");  // a Monday

Schedule schedule_of(std::string cron, std::string name = "m") {
  return {.name = std::move(name), .cron = must(Cron::parse(cron)), .zone = {}};
}

class ClaimFiring : public testing::Test {
 protected:
  std::optional<TimePoint> claim(const Schedule& schedule, TimePoint now) {
    return must(claim_firing(*database_, schedule, now));
  }

  tests::Database database_;
  Schedule daily_ = schedule_of("0 3 * * *");
};

TEST_F(ClaimFiring, BeginsANewScheduleNow) {
  EXPECT_FALSE(claim(daily_, kNoon));
  EXPECT_FALSE(claim(daily_, at("2001-01-02T02:59:59Z")));
  EXPECT_EQ(claim(daily_, at("2001-01-02T03:00:00Z")), at("2001-01-02T03:00:00Z"));
  EXPECT_FALSE(claim(daily_, at("2001-01-02T03:00:01Z")));
}

TEST_F(ClaimFiring, MakesOneOfWhatWasMissed) {
  claim(daily_, kNoon);
  EXPECT_EQ(claim(daily_, kNoon + days(5)), at("2001-01-06T03:00:00Z"));
  EXPECT_FALSE(claim(daily_, kNoon + days(5)));
}

TEST_F(ClaimFiring, LooksAtTheEndOfALongSilenceOnly) {
  const Schedule often = schedule_of("* * * * *");
  claim(often, kNoon);
  EXPECT_EQ(claim(often, kNoon + days(3650)), kNoon + days(3650));
  const Schedule rarely = schedule_of("@yearly", "other");
  claim(rarely, kNoon);
  EXPECT_EQ(claim(rarely, at("2004-06-01")), at("2004-01-01"));
}

TEST_F(ClaimFiring, BeginsAChangedScheduleAnew) {
  claim(daily_, kNoon);
  const Schedule changed = schedule_of("0 4 * * *");
  EXPECT_FALSE(claim(changed, kNoon + days(1)));
  EXPECT_EQ(claim(changed, kNoon + days(2)), at("2001-01-03T04:00:00Z"));
}

TEST_F(ClaimFiring, RepeatsNothingWhenTheClockIsPutBack) {
  claim(daily_, kNoon);
  EXPECT_TRUE(claim(daily_, at("2001-01-02T03:00:00Z")));
  EXPECT_FALSE(claim(daily_, at("2001-01-02T02:00:00Z")));
  EXPECT_FALSE(claim(daily_, at("2001-01-02T03:30:00Z")));
  EXPECT_TRUE(claim(daily_, at("2001-01-03T03:00:00Z")));
}

TEST_F(ClaimFiring, DoesNotWaitForYearsAfterAClockThatWasFarAhead) {
  claim(daily_, at("2036-01-01"));
  EXPECT_FALSE(claim(daily_, kNoon));
  EXPECT_TRUE(claim(daily_, kNoon + days(1)));
}

class SchedulerTest : public testing::Test {
 protected:
  SchedulerTest() {
    store_ = must(store::Store::open(folder_ / "state", {.durable = false}));
    start();
  }
  ~SchedulerTest() override { stop(); }

  void start() {
    const auto fire = [](store::Connection& connection, const Schedule& schedule,
                         TimePoint due) -> Result<> {
      if (schedule.name == "broken") return fail(ErrorCode::kUnavailable, "not today");
      return store::add_to_counter(connection, schedule.name, to_rfc3339(due), 1);
    };
    scheduler_ = std::make_unique<Scheduler>(
        clock_, *store_, fire, [this] { ++fired_; },
        [this](const Error& error) { failures_.push_back(error.message); });
    group_ = std::make_unique<TaskGroup>(io_.get_executor());
    group_->spawn(scheduler_->run(), "scheduler");
    clock_.settle();
  }

  void stop() {
    group_->stop();
    clock_.settle();
    group_.reset();
    scheduler_.reset();
  }

  void set(std::vector<Schedule> schedules) {
    scheduler_->set_schedules(std::move(schedules));
    clock_.settle();
  }

  /// "schedule time" of what fired, each as often as it did.
  std::vector<std::string> firings() {
    std::vector<std::string> all;
    for (const auto& one : must(store_->read(store::counters))) {
      EXPECT_EQ(one.value, 1) << one.labels << " fired more than once";
      all.push_back(one.name + " " + one.labels);
    }
    return all;
  }

  tests::TempFolder folder_;
  asio::io_context io_;
  VirtualClock clock_{io_.get_executor(), kNoon};
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Scheduler> scheduler_;
  std::unique_ptr<TaskGroup> group_;
  int fired_ = 0;
  std::vector<std::string> failures_;
};

TEST_F(SchedulerTest, FiresWhenItIsTime) {
  set({schedule_of("0 3 * * *", "daily"), schedule_of("0 6 * * tue", "weekly")});
  clock_.advance_to(at("2001-01-02T02:59:59Z"));
  EXPECT_THAT(firings(), IsEmpty());
  clock_.advance(std::chrono::seconds(1));
  EXPECT_THAT(firings(), ElementsAre("daily 2001-01-02T03:00:00Z"));
  clock_.advance(days(1));
  EXPECT_THAT(firings(), ElementsAre("daily 2001-01-02T03:00:00Z", "daily 2001-01-03T03:00:00Z",
                                     "weekly 2001-01-02T06:00:00Z"));
  EXPECT_EQ(fired_, 3);
}

TEST_F(SchedulerTest, FiresOnceAfterARestartWhatWasMissedMeanwhile) {
  set({schedule_of("0 3 * * *", "daily")});
  stop();
  clock_.advance(days(3));
  start();
  set({schedule_of("0 3 * * *", "daily")});
  clock_.advance(hours(1));
  EXPECT_THAT(firings(), ElementsAre("daily 2001-01-04T03:00:00Z"));
}

TEST_F(SchedulerTest, FollowsAReload) {
  set({schedule_of("0 13 * * *", "first")});
  set({schedule_of("0 14 * * *", "second")});
  clock_.advance(hours(3));
  EXPECT_THAT(firings(), ElementsAre("second 2001-01-01T14:00:00Z"));
}

TEST_F(SchedulerTest, NoticesAJumpOfTheWallClockWithinAMinute) {
  set({schedule_of("0 3 * * *", "daily")});
  clock_.jump(hours(20));
  clock_.advance(minutes(1));
  EXPECT_THAT(firings(), ElementsAre("daily 2001-01-02T03:00:00Z"));
  clock_.jump(-hours(6));
  clock_.advance(hours(10));
  EXPECT_EQ(firings().size(), 1U) << "it is the same night once more";
}

TEST_F(SchedulerTest, TriesAgainWhatCouldNotBeDone) {
  set({schedule_of("0 13 * * *", "broken"), schedule_of("0 13 * * *", "sound")});
  clock_.advance(minutes(62));
  EXPECT_THAT(firings(), ElementsAre("sound 2001-01-01T13:00:00Z"));
  ASSERT_EQ(failures_.size(), 3U);
  EXPECT_EQ(failures_.front(), "schedule of 'broken': not today");
}

TEST_F(SchedulerTest, WritesNothingUntilSomethingIsDue) {
  set({schedule_of("0 3 * * *", "daily")});
  const auto before = store_->stats().commits;
  clock_.advance(hours(14));
  EXPECT_EQ(store_->stats().commits, before);
}

}  // namespace
}  // namespace leeway::retraining
