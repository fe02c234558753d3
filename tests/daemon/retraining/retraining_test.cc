#include "daemon/retraining/retraining.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <string>

#include "tests/daemon/store/database.h"

namespace leeway::retraining {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using store::RetrainingState;
using testing::HasSubstr;
using testing::IsEmpty;
using tests::must;

const TimePoint kNow = tests::at("2001-01-01");

class RetrainingTest : public testing::Test {
 protected:
  store::Retraining ask(const std::string& id, const std::string& model = "m",
                        TimePoint now = kNow) {
    Request request;
    request.id = id;
    request.delivery_id = "delivery of " + id;
    request.model = model;
    request.environment = "production";
    request.asked_by = "drifted";
    request.incident_id = "incident-1";
    request.details = R"({"columns":["delay"]})";
    return must(retraining::request(*database_, request, plan_, now));
  }

  store::Retraining stored(const std::string& id) {
    return must(store::retraining(*database_, id)).value();
  }

  std::optional<store::Delivery> message_of(const std::string& id) {
    return must(store::delivery(*database_, "delivery of " + id));
  }

  /// Says that the delivery of a retraining ended, as the deliverer does.
  store::Retraining end_delivery(const std::string& id, store::DeliveryState state,
                                 TimePoint at = kNow) {
    auto delivery = message_of(id).value();
    delivery.state = state;
    delivery.ended_at = at;
    if (state == store::DeliveryState::kDead) delivery.last_error = "answered 400";
    return must(delivery_ended(*database_, delivery, false)).value();
  }

  tests::Database database_;
  Plan plan_{.target = "pipeline", .limits = {}, .unmet = {}};
};

TEST_F(RetrainingTest, IsInTheOutboxWhenItIsSent) {
  EXPECT_EQ(ask("r1").state, RetrainingState::kSent);
  const auto message = message_of("r1").value();
  EXPECT_EQ(message.target, "pipeline");
  EXPECT_EQ(message.subject, "r1");
  EXPECT_EQ(message.next_attempt_at, kNow);
  const auto event = boost::json::parse(message.payload).as_object();
  EXPECT_EQ(event.at("type"), "leeway.retraining.requested");
  const auto& data = event.at("data").as_object();
  EXPECT_EQ(data.at("id"), "r1");
  EXPECT_EQ(data.at("model"), "m");
  EXPECT_EQ(data.at("asked_by"), "drifted");
  EXPECT_EQ(data.at("details").at("columns").at(0), "delay");
}

TEST_F(RetrainingTest, EndsAsAcceptedWhereItCannotBeFollowed) {
  ask("r1");
  const auto accepted = end_delivery("r1", store::DeliveryState::kDelivered, kNow + minutes(1));
  EXPECT_EQ(accepted.state, RetrainingState::kAccepted);
  EXPECT_EQ(accepted.ended_at, kNow + minutes(1));
  EXPECT_EQ(ask("r2", "m", kNow + minutes(1)).state, RetrainingState::kSent)
      << "nothing is in flight any more";
}

TEST_F(RetrainingTest, FailsWithItsMessage) {
  ask("r1");
  const auto failed = end_delivery("r1", store::DeliveryState::kDead);
  EXPECT_EQ(failed.state, RetrainingState::kFailed);
  EXPECT_EQ(failed.reason, "answered 400");
}

TEST_F(RetrainingTest, IsAcceptedAfterAllWhenADeadLetterArrives) {
  ask("r1");
  end_delivery("r1", store::DeliveryState::kDead);
  EXPECT_EQ(end_delivery("r1", store::DeliveryState::kDelivered, kNow + hours(1)).state,
            RetrainingState::kAccepted);
  EXPECT_EQ(stored("r1").ended_at, kNow + hours(1));
}

TEST_F(RetrainingTest, IsRefusedOnRecordWhileAnotherOneIsInFlight) {
  ask("r1");
  EXPECT_EQ(ask("r2").state, RetrainingState::kRefused);
  EXPECT_THAT(stored("r2").reason, HasSubstr("r1"));
  EXPECT_EQ(stored("r2").ended_at, kNow);
  EXPECT_FALSE(message_of("r2"));
  EXPECT_EQ(ask("r3", "another model").state, RetrainingState::kSent);
}

TEST_F(RetrainingTest, CoolsDownFromTheEndOfTheRun) {
  plan_.limits.cooldown = hours(24);
  ask("r1");
  end_delivery("r1", store::DeliveryState::kDelivered, kNow + hours(2));
  EXPECT_EQ(ask("r2", "m", kNow + hours(25)).state, RetrainingState::kRefused);
  EXPECT_EQ(stored("r2").reason, "cooling down until 2001-01-02T02:00:00Z");
  EXPECT_EQ(ask("r3", "m", kNow + hours(26)).state, RetrainingState::kSent);
}

TEST_F(RetrainingTest, RunsAtMostSoOftenInAnySuchPeriod) {
  plan_.limits.at_most = Limits::AtMost{.count = 2, .period = hours(24 * 7)};
  for (int day = 0; day < 2; ++day) {
    const std::string id = "r" + std::to_string(day);
    const TimePoint at = kNow + hours(24 * day);
    EXPECT_EQ(ask(id, "m", at).state, RetrainingState::kSent);
    end_delivery(id, store::DeliveryState::kDelivered, at);
  }
  EXPECT_EQ(ask("third", "m", kNow + hours(24 * 6)).state, RetrainingState::kRefused);
  EXPECT_EQ(ask("later", "m", kNow + hours(24 * 7)).state, RetrainingState::kSent);
}

TEST_F(RetrainingTest, WaitsForAnApproval) {
  plan_.limits.approval_required = true;
  EXPECT_EQ(ask("r1").state, RetrainingState::kHeld);
  EXPECT_EQ(stored("r1").hold, store::Hold::kApproval);
  EXPECT_FALSE(message_of("r1"));
  EXPECT_EQ(must(reconsider(*database_, "r1", plan_, kNow + hours(1))).state,
            RetrainingState::kHeld);
  const auto approved = must(approve(*database_, "r1", "ann", plan_, kNow + hours(2)));
  EXPECT_EQ(approved.state, RetrainingState::kSent);
  EXPECT_EQ(approved.hold, store::Hold::kNone);
  EXPECT_EQ(approved.approved_by, "ann");
  EXPECT_TRUE(message_of("r1"));
  EXPECT_EQ(approve(*database_, "r1", "ann", plan_, kNow).error().code,
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(approve(*database_, "r9", "ann", plan_, kNow).error().code, ErrorCode::kNotFound);
}

TEST_F(RetrainingTest, IsSentWhenItsRequirementsAreMet) {
  plan_.unmet = {"quality_ok", "source_fresh"};
  EXPECT_EQ(ask("r1").state, RetrainingState::kHeld);
  EXPECT_EQ(stored("r1").reason, "does not hold: quality_ok, source_fresh");
  plan_.unmet.clear();
  EXPECT_EQ(must(reconsider(*database_, "r1", plan_, kNow)).state, RetrainingState::kSent);
  EXPECT_EQ(stored("r1").reason, "");
}

TEST_F(RetrainingTest, HoldsTheRestOfAStormUntilSomebodyLooks) {
  for (int i = 1; i <= 8; ++i) {
    const auto asked =
        ask("r" + std::to_string(i), "model " + std::to_string(i), kNow + std::chrono::seconds(i));
    EXPECT_EQ(asked.state, i <= 5 ? RetrainingState::kSent : RetrainingState::kHeld) << i;
  }
  EXPECT_EQ(must(reconsider(*database_, "r8", plan_, kNow + hours(1))).state,
            RetrainingState::kHeld);
  EXPECT_EQ(must(approve(*database_, "r8", "ann", plan_, kNow + hours(1))).state,
            RetrainingState::kSent);
  EXPECT_EQ(ask("calm", "model 9", kNow + hours(1)).state, RetrainingState::kSent);
}

TEST_F(RetrainingTest, DoesNotTakeItselfForAStorm) {
  plan_.unmet = {"quality_ok"};
  for (int i = 1; i <= 5; ++i) ask("r" + std::to_string(i), "model " + std::to_string(i));
  plan_.unmet.clear();
  EXPECT_EQ(must(reconsider(*database_, "r1", plan_, kNow)).state, RetrainingState::kSent);
}

TEST_F(RetrainingTest, IsRefusedWithoutATarget) {
  plan_.target.clear();
  EXPECT_EQ(ask("r1").state, RetrainingState::kRefused);
  EXPECT_EQ(stored("r1").reason, "the model has no target for retraining");
}

TEST_F(RetrainingTest, CanBeTakenBackUntilItIsDelivered) {
  plan_.limits.cooldown = hours(24);
  ask("r1");
  const auto cancelled = must(cancel(*database_, "r1", "ann", kNow));
  EXPECT_EQ(cancelled.state, RetrainingState::kCancelled);
  EXPECT_EQ(cancelled.reason, "taken back by ann");
  EXPECT_EQ(message_of("r1")->state, store::DeliveryState::kDropped);
  EXPECT_EQ(ask("r2").state, RetrainingState::kSent) << "what never ran needs no cooldown";
  end_delivery("r2", store::DeliveryState::kDelivered);
  EXPECT_EQ(cancel(*database_, "r2", "ann", kNow).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(RetrainingTest, BelievesTheTargetThatTookWhatWasTakenBack) {
  ask("r1");
  must(cancel(*database_, "r1", "ann", kNow));
  end_delivery("r1", store::DeliveryState::kDelivered, kNow + minutes(1));
  EXPECT_EQ(stored("r1").state, RetrainingState::kAccepted);
  EXPECT_EQ(stored("r1").sent_at, kNow + minutes(1));
}

TEST_F(RetrainingTest, LeavesOtherDeliveriesAlone) {
  store::Delivery alert;
  alert.id = "alert";
  EXPECT_FALSE(must(delivery_ended(*database_, alert, false)));
}

}  // namespace
}  // namespace leeway::retraining
