#include "daemon/retraining/decide.h"

#include <gtest/gtest.h>

namespace leeway::retraining {
namespace {

using std::chrono::hours;
using Kind = Decision::Kind;

constexpr TimePoint kNow{hours(24 * 20'000)};

store::Retraining fresh() {
  store::Retraining request;
  request.id = "new";
  request.requested_at = kNow;
  return request;
}

TEST(Decide, SendsWhatNothingForbids) {
  EXPECT_EQ(decide(fresh(), {}, {}, kNow).kind, Kind::kSend);
}

TEST(Decide, RefusesASecondOneInFlight) {
  History history;
  history.in_flight = fresh();
  EXPECT_EQ(decide(fresh(), history, {}, kNow).kind, Kind::kRefuse);
}

TEST(Decide, RefusesDuringTheCooldownAndNotAfter) {
  History history;
  history.last_end = kNow - hours(5);
  EXPECT_EQ(decide(fresh(), history, {.cooldown = hours(6)}, kNow).kind, Kind::kRefuse);
  EXPECT_EQ(decide(fresh(), history, {.cooldown = hours(5)}, kNow).kind, Kind::kSend);
}

TEST(Decide, RefusesMoreRunsThanThePeriodAllows) {
  History history;
  history.starts = {kNow - hours(30), kNow - hours(20)};
  const Limits limits{.at_most = Limits::AtMost{.count = 2, .period = hours(24 * 7)}};
  EXPECT_EQ(decide(fresh(), history, limits, kNow).kind, Kind::kRefuse);
  history.starts.pop_back();
  EXPECT_EQ(decide(fresh(), history, limits, kNow).kind, Kind::kSend);
}

TEST(Decide, HoldsUntilSomebodyApproves) {
  const Limits limits{.approval_required = true};
  store::Retraining request = fresh();
  EXPECT_EQ(decide(request, {}, limits, kNow).kind, Kind::kHold);
  request.approved_at = kNow;
  EXPECT_EQ(decide(request, {}, limits, kNow).kind, Kind::kSend);
}

TEST(Decide, HoldsAStormUnlessItIsApproved) {
  History history;
  history.recent_requests = kStormRequests;
  store::Retraining request = fresh();
  EXPECT_EQ(decide(request, history, {}, kNow).kind, Kind::kHold);
  request.approved_at = kNow;
  EXPECT_EQ(decide(request, history, {}, kNow).kind, Kind::kSend);
}

TEST(Decide, HoldsAStormUntilSomebodyApprovesAlsoWhenItIsOver) {
  History history;
  history.recent_requests = kStormRequests;
  store::Retraining request = fresh();
  request.hold = decide(request, history, {}, kNow).hold;
  EXPECT_EQ(request.hold, store::Hold::kStorm);
  EXPECT_EQ(decide(request, {}, {}, kNow + hours(1)).kind, Kind::kHold);
}

TEST(Decide, LetsTheFirstOfAStormPass) {
  History history;
  history.recent_requests = kStormRequests - 1;
  EXPECT_EQ(decide(fresh(), history, {}, kNow).kind, Kind::kSend);
}

TEST(Decide, HoldsWhileARequirementIsNotMetAndNamesIt) {
  History history;
  history.unmet = {"quality_ok"};
  const Decision decision = decide(fresh(), history, {}, kNow);
  EXPECT_EQ(decision.kind, Kind::kHold);
  EXPECT_NE(decision.reason.find("quality_ok"), std::string::npos);
}

TEST(Decide, AnApprovalDoesNotLiftTheLimits) {
  History history;
  history.last_end = kNow - hours(1);
  store::Retraining request = fresh();
  request.approved_at = kNow;
  EXPECT_EQ(decide(request, history, {.cooldown = hours(2)}, kNow).kind, Kind::kRefuse);
}

TEST(Decide, RefusesWhatWasHeldTooLong) {
  store::Retraining request = fresh();
  request.requested_at = kNow - hours(24 * 8);
  EXPECT_EQ(decide(request, {}, {.approval_required = true}, kNow).kind, Kind::kRefuse);
}

}  // namespace
}  // namespace leeway::retraining
