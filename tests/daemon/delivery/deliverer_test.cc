#include "daemon/delivery/deliverer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "daemon/store/counters.h"
#include "tests/daemon/delivery/scripted_target.h"
#include "tests/daemon/store/database.h"
#include "tests/support/coroutines.h"

namespace leeway::delivery {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using store::DeliveryState;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using tests::delivery_of;
using tests::must;
using tests::ScriptedTarget;
using tests::Started;

/// Counts how often somebody wants to be woken.
class CountingClock : public VirtualClock {
 public:
  using VirtualClock::VirtualClock;
  Alarm call_after(Duration duration, std::function<void()> callback) override {
    ++alarms;
    return VirtualClock::call_after(duration, std::move(callback));
  }
  int alarms = 0;
};

class DelivererTest : public testing::Test {
 protected:
  DelivererTest() {
    open();
    hooks_.recorded = [this](const store::Delivery& delivery, const store::Attempt&) {
      recorded_.push_back(delivery.id + " " + std::string(to_string(delivery.state)));
    };
    hooks_.trouble = [this](const store::Delivery&, const std::string& problem) {
      troubles_.push_back(problem);
    };
  }
  ~DelivererTest() override { stop(); }

  void open() {
    store_.reset();
    store_ = must(store::Store::open(folder_ / "state", {.durable = false}));
  }

  void start(std::vector<NamedTarget> targets) {
    deliverer_ = std::make_unique<Deliverer>(io_.get_executor(), clock_, random_, *store_, hooks_);
    deliverer_->set_targets(std::move(targets));
    clock_.settle();
  }

  void start() { start({{"hook", hook_}}); }

  void stop() {
    if (deliverer_ == nullptr) return;
    const Started<Result<>> stopping(io_, deliverer_->stop(seconds(1)));
    clock_.advance(seconds(10));
    ASSERT_TRUE(stopping.done());
    deliverer_.reset();
  }

  void enqueue(store::Delivery delivery) {
    auto work = [delivery](store::Connection& connection) {
      return store::enqueue(connection, delivery);
    };
    const Started<Result<bool>> written(io_, store_->write(work));
    clock_.settle();
    ASSERT_TRUE(written.done());
    if (deliverer_) deliverer_->wake();
    clock_.settle();
  }

  store::Delivery stored(const std::string& id) {
    return must(store_->read(
                    [&](store::Connection& connection) { return store::delivery(connection, id); }))
        .value();
  }

  double total(std::string_view labels) {
    for (const auto& one : must(store_->read(store::counters))) {
      if (one.name == "leeway_deliveries_total" && one.labels == labels) return one.value;
    }
    return 0;
  }

  const TimePoint now_ = tests::at("2001-01-01");
  tests::TempFolder folder_;
  asio::io_context io_;
  CountingClock clock_{io_.get_executor(), now_};
  Random random_{1};
  std::unique_ptr<store::Store> store_;
  Hooks hooks_;
  std::vector<std::string> recorded_;
  std::vector<std::string> troubles_;
  std::shared_ptr<ScriptedTarget> hook_ = std::make_shared<ScriptedTarget>(clock_);
  std::shared_ptr<ScriptedTarget> pager_ = std::make_shared<ScriptedTarget>(clock_);
  std::unique_ptr<Deliverer> deliverer_;
};

TEST_F(DelivererTest, SendsWhatIsPutIntoTheOutbox) {
  start();
  enqueue(delivery_of("d1", clock_.now()));
  EXPECT_THAT(hook_->sent, ElementsAre("d1"));
  EXPECT_EQ(stored("d1").state, DeliveryState::kDelivered);
  EXPECT_THAT(recorded_, ElementsAre("d1 delivered"));
  EXPECT_EQ(total("outcome=\"delivered\",target=\"hook\""), 1);
}

TEST_F(DelivererTest, SendsWhatAnEarlierProcessLeftBehind) {
  enqueue(delivery_of("d1", now_));
  start();
  EXPECT_THAT(hook_->sent, ElementsAre("d1"));
}

TEST_F(DelivererTest, TriesAgainWhenItIsTimeAndNotBefore) {
  hook_->script["d1"] = {Outcome::retry(503, "answered 503"), Outcome::retry(503, "answered 503")};
  start();
  enqueue(delivery_of("d1", clock_.now()));
  EXPECT_EQ(stored("d1").last_error, "answered 503");
  clock_.advance_to(stored("d1").next_attempt_at - Duration{1});
  EXPECT_EQ(hook_->sent.size(), 1U);
  clock_.advance(Duration{1});
  EXPECT_EQ(hook_->sent.size(), 2U);
  clock_.advance_to(stored("d1").next_attempt_at);
  EXPECT_THAT(hook_->sent, ElementsAre("d1", "d1", "d1"));
  EXPECT_EQ(stored("d1").state, DeliveryState::kDelivered);
  EXPECT_EQ(total("outcome=\"retried\",target=\"hook\""), 2);
}

TEST_F(DelivererTest, NoticesWithinAnHourThatTheClockWasPutForward) {
  hook_->script["d1"] = {Outcome::retry(503, "answered 503", hours(20))};
  start();
  enqueue(delivery_of("d1", clock_.now()));
  clock_.jump(hours(21));
  clock_.advance(hours(1));
  EXPECT_THAT(hook_->sent, ElementsAre("d1", "d1"));
}

TEST_F(DelivererTest, DoesNotWaitForYearsAfterAClockThatWasFarAhead) {
  hook_->script["d1"] = {Outcome::retry(503, "answered 503")};
  start();
  enqueue(delivery_of("d1", clock_.now()));
  clock_.jump(-hours(24 * 365));
  clock_.advance(hours(1));
  EXPECT_THAT(hook_->sent, ElementsAre("d1", "d1"));
}

TEST_F(DelivererTest, GivesUpAfterThreeDaysAndTellsInTheSameTransaction) {
  hook_->otherwise = Outcome::retry(500, "answered 500");
  hooks_.ended = [](store::Connection& connection, const store::Delivery& delivery) {
    return store::add_to_counter(connection, "dead letters", delivery.id, 1);
  };
  start();
  enqueue(delivery_of("d1", clock_.now()));
  clock_.advance(hours(24 * 5));
  EXPECT_EQ(hook_->sent.size(), 10U);
  EXPECT_EQ(stored("d1").state, DeliveryState::kDead);
  EXPECT_EQ(must(store_->read(store::counters)).front().name, "dead letters");
}

TEST_F(DelivererTest, KeepsTheRecordWhenSomebodyCannotBeTold) {
  hooks_.ended = [](store::Connection& connection, const store::Delivery&) -> Result<> {
    auto done = store::add_to_counter(connection, "half", "", 1);
    if (!done) return done;
    return fail(ErrorCode::kInvalidArgument, "no such retraining");
  };
  start();
  enqueue(delivery_of("d1", clock_.now()));
  EXPECT_EQ(stored("d1").state, DeliveryState::kDelivered);
  EXPECT_THAT(troubles_, ElementsAre("no such retraining"));
  EXPECT_EQ(must(store_->read(store::counters)).size(), 1U) << "'half' was undone";
}

TEST_F(DelivererTest, LetsASlowTargetHoldUpOnlyItself) {
  hook_->takes = minutes(10);
  start({{"hook", hook_, 1}, {"pager", pager_, 1}});
  enqueue(delivery_of("slow", clock_.now(), "hook"));
  enqueue(delivery_of("behind", clock_.now(), "hook"));
  enqueue(delivery_of("page", clock_.now(), "pager"));
  EXPECT_THAT(pager_->sent, ElementsAre("page"));
  EXPECT_THAT(hook_->sent, ElementsAre("slow"));
  EXPECT_EQ(must(deliverer_->status())[0].in_flight, 1U);
  clock_.advance(minutes(1));  // the attempt is ended at its deadline
  EXPECT_THAT(hook_->sent, ElementsAre("slow", "behind"));
  EXPECT_THAT(stored("slow").last_error, testing::HasSubstr("not done within 1m"));
}

TEST_F(DelivererTest, SendsAFewAtOnceAndNoMore) {
  hook_->takes = seconds(10);
  start({{"hook", hook_, 2}});
  for (const char* id : {"a", "b", "c", "d", "e"}) enqueue(delivery_of(id, clock_.now()));
  EXPECT_THAT(hook_->sent, ElementsAre("a", "b"));
  clock_.advance(seconds(10));
  EXPECT_THAT(hook_->sent, ElementsAre("a", "b", "c", "d"));
  clock_.advance(seconds(20));
  EXPECT_EQ(hook_->sent.size(), 5U) << "each once";
}

TEST_F(DelivererTest, SendsTheEndOfAnIncidentAfterItsBegin) {
  hook_->script["firing"] = {Outcome::retry(503, "answered 503")};
  start();
  enqueue(delivery_of("firing", clock_.now(), "hook", "incident-1"));
  enqueue(delivery_of("resolved", clock_.now(), "hook", "incident-1"));
  EXPECT_THAT(hook_->sent, ElementsAre("firing"));
  clock_.advance(seconds(10));
  EXPECT_THAT(hook_->sent, ElementsAre("firing", "firing", "resolved"));
}

TEST_F(DelivererTest, LeavesATargetAloneThatWantsNoMoreUntilTheNextReload) {
  auto gone = Outcome::dead(410, "answered 410");
  gone.disable = true;
  hook_->script["d1"] = {gone};
  start();
  enqueue(delivery_of("d1", clock_.now()));
  enqueue(delivery_of("d2", clock_.now()));
  clock_.advance(hours(1));
  EXPECT_THAT(hook_->sent, ElementsAre("d1"));
  EXPECT_EQ(stored("d1").state, DeliveryState::kDead);
  EXPECT_EQ(must(deliverer_->status())[0].disabled, "answered 410");
  deliverer_->set_targets({{"hook", hook_}});
  clock_.settle();
  EXPECT_THAT(hook_->sent, ElementsAre("d1", "d2"));
  EXPECT_EQ(must(deliverer_->status())[0].disabled, "");
}

TEST_F(DelivererTest, GoesOnWithTheNewTargetAfterAReload) {
  start();
  enqueue(delivery_of("d1", clock_.now()));
  deliverer_->set_targets({{"hook", pager_}});
  enqueue(delivery_of("d2", clock_.now()));
  EXPECT_THAT(hook_->sent, ElementsAre("d1"));
  EXPECT_THAT(pager_->sent, ElementsAre("d2"));
}

TEST_F(DelivererTest, MakesDeadLettersOfWhatHasNoTargetAnyMore) {
  hook_->takes = seconds(10);
  hook_->otherwise = Outcome::retry(503, "answered 503");
  start({{"hook", hook_, 1}});
  enqueue(delivery_of("under way", clock_.now()));
  enqueue(delivery_of("waiting", clock_.now()));
  deliverer_->set_targets({{"pager", pager_}});
  clock_.settle();
  EXPECT_EQ(stored("waiting").state, DeliveryState::kDead);
  EXPECT_EQ(stored("waiting").last_error, "target 'hook' is no longer configured");
  EXPECT_EQ(stored("under way").state, DeliveryState::kPending);
  clock_.advance(seconds(10));
  EXPECT_EQ(stored("under way").state, DeliveryState::kDead);
  EXPECT_THAT(recorded_, ElementsAre("waiting dead", "under way pending", "under way dead"));
}

TEST_F(DelivererTest, RetriesAndDropsByHand) {
  hook_->script["d1"] = {Outcome::dead(400, "answered 400")};
  hook_->script["d2"] = {Outcome::retry(503, "answered 503")};
  start();
  enqueue(delivery_of("d1", clock_.now()));
  enqueue(delivery_of("d2", clock_.now()));
  const Started<Result<store::Delivery>> retried(io_, deliverer_->retry("d1"));
  const Started<Result<store::Delivery>> dropped(io_, deliverer_->drop("d2"));
  clock_.advance(hours(1));
  EXPECT_THAT(hook_->sent, ElementsAre("d1", "d2", "d1"));
  EXPECT_EQ(stored("d1").state, DeliveryState::kDelivered);
  EXPECT_EQ(stored("d2").state, DeliveryState::kDropped);
  EXPECT_EQ(total("outcome=\"dropped\",target=\"hook\""), 1);
}

TEST_F(DelivererTest, MarksADeliveryAsDoubtfulBeforeItIsSentWhereTwiceWouldDoHarm) {
  pager_->knows_ids = false;
  pager_->script["d1"] = {Outcome::ambiguous(502, "answered 502")};
  start({{"pager", pager_}});
  bool doubted = false;
  pager_->on_send = [&](const store::Delivery& delivery) {
    doubted = stored(delivery.id).in_doubt;
    pager_->doubts.push_back(delivery.in_doubt);
  };
  enqueue(delivery_of("d1", clock_.now(), "pager"));
  EXPECT_TRUE(doubted);
  clock_.advance(seconds(10));
  EXPECT_THAT(pager_->doubts, ElementsAre(false, true)) << "the second time it looks first";
  EXPECT_FALSE(stored("d1").in_doubt);
}

TEST_F(DelivererTest, ReportsWhatWaits) {
  hook_->otherwise = Outcome::retry(503, "answered 503");
  start();
  enqueue(delivery_of("d1", clock_.now()));
  const auto status = must(deliverer_->status());
  ASSERT_EQ(status.size(), 1U);
  EXPECT_EQ(status[0].name, "hook");
  EXPECT_EQ(status[0].pending, 1U);
  EXPECT_EQ(status[0].oldest, now_);
}

TEST_F(DelivererTest, LetsAnAttemptEndBeforeItStops) {
  hook_->takes = Duration(seconds(1)) / 2;
  start();
  enqueue(delivery_of("d1", clock_.now()));
  stop();
  EXPECT_EQ(stored("d1").state, DeliveryState::kDelivered);
}

TEST_F(DelivererTest, LeavesAnAttemptThatTakesTooLongToTheNextProcess) {
  hook_->takes = seconds(30);
  start();
  enqueue(delivery_of("d1", clock_.now()));
  stop();
  EXPECT_EQ(stored("d1").state, DeliveryState::kPending);
  EXPECT_EQ(stored("d1").attempts, 0U);
  hook_->takes = Duration{0};
  start();
  EXPECT_THAT(hook_->sent, ElementsAre("d1", "d1"));
}

TEST_F(DelivererTest, SendsNothingTwiceWhileItCannotRecord) {
  start();
  enqueue(delivery_of("d1", clock_.now()));
  EXPECT_THAT(hook_->sent, ElementsAre("d1"));
  hook_->on_send = [this](const store::Delivery&) { store_->close(); };
  enqueue(delivery_of("d2", clock_.now()));
  clock_.advance(minutes(10));
  EXPECT_THAT(hook_->sent, ElementsAre("d1", "d2"));
  EXPECT_EQ(troubles_.size(), 1U);
}

TEST_F(DelivererTest, SleepsUntilTheNextAttemptIsDue) {
  start();
  clock_.alarms = 0;
  clock_.advance(hours(24));
  EXPECT_EQ(clock_.alarms, 0) << "with nothing in the outbox nothing wakes it";

  auto later = delivery_of("d1", clock_.now());
  later.next_attempt_at = clock_.now() + hours(10);
  enqueue(later);
  clock_.advance(hours(11));
  EXPECT_THAT(hook_->sent, ElementsAre("d1"));
  EXPECT_LE(clock_.alarms, 12) << "one an hour, in case that the wall clock jumps";
}

}  // namespace
}  // namespace leeway::delivery
