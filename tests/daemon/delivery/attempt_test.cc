#include "daemon/delivery/attempt.h"

#include <gtest/gtest.h>

#include "tests/daemon/delivery/delivery_of.h"
#include "tests/daemon/store/database.h"

namespace leeway::delivery {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using store::DeliveryState;

const TimePoint kNow = tests::at("2001-01-01");

class AfterAttempt : public testing::Test {
 protected:
  store::Delivery after(const Outcome& outcome) {
    return after_attempt(delivery_, outcome, schedule_, kNow, random_);
  }

  store::Delivery delivery_ = tests::delivery_of("d", kNow);
  RetrySchedule schedule_;
  Random random_{1};
};

TEST_F(AfterAttempt, EndsADeliveryThatArrived) {
  delivery_.last_error = "answered 503";
  delivery_.in_doubt = true;
  const auto done = after(Outcome::delivered(202, "run 7"));
  EXPECT_EQ(done.state, DeliveryState::kDelivered);
  EXPECT_EQ(done.attempts, 1U);
  EXPECT_EQ(done.last_status, 202);
  EXPECT_EQ(done.last_error, "");
  EXPECT_EQ(done.remote_id, "run 7");
  EXPECT_EQ(done.ended_at, kNow);
  EXPECT_FALSE(done.in_doubt);
}

TEST_F(AfterAttempt, TriesAgainOverThreeDaysWithinAFifthOfTheSchedule) {
  const std::vector<Duration> waits = {seconds(5), minutes(5), minutes(30), hours(2), hours(5),
                                       hours(10),  hours(14),  hours(20),   hours(24)};
  for (const Duration wait : waits) {
    delivery_ = after(Outcome::retry(503, "answered 503"));
    ASSERT_EQ(delivery_.state, DeliveryState::kPending);
    EXPECT_GE(delivery_.next_attempt_at - kNow, wait * 8 / 10);
    EXPECT_LE(delivery_.next_attempt_at - kNow, wait * 12 / 10);
  }
  delivery_ = after(Outcome::retry(503, "answered 503"));
  EXPECT_EQ(delivery_.state, DeliveryState::kDead);
  EXPECT_EQ(delivery_.attempts, 10U);
  EXPECT_EQ(delivery_.last_error, "answered 503");
}

TEST_F(AfterAttempt, SpreadsWhatFailedTogether) {
  const auto first = after(Outcome::retry(503, ""));
  const auto second = after(Outcome::retry(503, ""));
  EXPECT_NE(first.next_attempt_at, second.next_attempt_at);
}

TEST_F(AfterAttempt, WaitsAsLongAsTheReceiverAsksButNotForever) {
  EXPECT_EQ(after(Outcome::retry(429, "", minutes(2))).next_attempt_at, kNow + minutes(2));
  EXPECT_EQ(after(Outcome::retry(429, "", hours(999))).next_attempt_at, kNow + hours(24));
  EXPECT_GE(after(Outcome::retry(429, "", seconds(1))).next_attempt_at, kNow + seconds(4));
}

TEST_F(AfterAttempt, BuriesWhatWasRefused) {
  const auto dead = after(Outcome::dead(400, "answered 400"));
  EXPECT_EQ(dead.state, DeliveryState::kDead);
  EXPECT_EQ(dead.ended_at, kNow);
}

TEST_F(AfterAttempt, RemembersThatItMayHaveArrived) {
  const auto doubtful = after(Outcome::ambiguous(500, "answered 500"));
  EXPECT_EQ(doubtful.state, DeliveryState::kPending);
  EXPECT_TRUE(doubtful.in_doubt);
}

}  // namespace
}  // namespace leeway::delivery
