#include "daemon/store/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/daemon/store/database.h"

namespace leeway::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using tests::at;
using tests::Database;
using tests::must;

const TimePoint kNow = at("2001-01-01");

Delivery delivery_of(const std::string& id, const std::string& target = "hook",
                     const std::string& subject = "") {
  Delivery one;
  one.id = id;
  one.target = target;
  one.kind = "incident";
  one.subject = subject;
  one.dedupe = id;
  one.payload = "{}";
  one.created_at = kNow;
  one.next_attempt_at = kNow;
  return one;
}

std::vector<std::string> next(Database& database, std::size_t limit = 10) {
  std::vector<std::string> ids;
  for (const auto& one : must(next_deliveries(*database, "hook", limit))) ids.push_back(one.id);
  return ids;
}

Delivery ended(Delivery one, DeliveryState state) {
  one.state = state;
  one.attempts = 1;
  one.last_status = state == DeliveryState::kDelivered ? 200 : 400;
  one.ended_at = kNow;
  return one;
}

void record(Database& database, const Delivery& one) {
  must(record_attempt(*database, one, {.delivery = one.id, .number = one.attempts, .at = kNow}));
}

TEST(Outbox, KeepsADeliveryAsItWasWritten) {
  Database database;
  auto one = delivery_of("d1");
  one.payload = "{\"type\": \"x\"}";
  EXPECT_TRUE(must(enqueue(*database, one)));
  EXPECT_EQ(must(delivery(*database, "d1")), one);
  EXPECT_FALSE(must(delivery(*database, "d2")));
}

TEST(Outbox, TakesOneDeliveryForEachTargetAndKey) {
  Database database;
  auto first = delivery_of("d1");
  auto again = delivery_of("d2");
  again.dedupe = first.dedupe;
  auto elsewhere = delivery_of("d3", "pager");
  elsewhere.dedupe = first.dedupe;
  EXPECT_TRUE(must(enqueue(*database, first)));
  EXPECT_FALSE(must(enqueue(*database, again)));
  EXPECT_TRUE(must(enqueue(*database, elsewhere)));
  record(database, ended(first, DeliveryState::kDelivered));
  EXPECT_FALSE(must(enqueue(*database, again))) << "it was told once, and that was enough";
}

TEST(Outbox, HandsOutWhatIsDueFirst) {
  Database database;
  auto later = delivery_of("later");
  later.next_attempt_at = kNow + std::chrono::minutes(5);
  must(enqueue(*database, later));
  must(enqueue(*database, delivery_of("b")));
  must(enqueue(*database, delivery_of("a")));
  must(enqueue(*database, delivery_of("elsewhere", "pager")));
  EXPECT_THAT(next(database), ElementsAre("b", "a", "later"));
  EXPECT_THAT(next(database, 1), ElementsAre("b"));
}

TEST(Outbox, LetsNoResolutionOvertakeItsIncident) {
  Database database;
  auto firing = delivery_of("firing", "hook", "incident-1");
  firing.next_attempt_at = kNow + std::chrono::hours(1);  // it failed once
  must(enqueue(*database, firing));
  must(enqueue(*database, delivery_of("resolved", "hook", "incident-1")));
  must(enqueue(*database, delivery_of("other", "hook", "incident-2")));
  EXPECT_THAT(next(database), ElementsAre("other", "firing"));
  record(database, ended(firing, DeliveryState::kDead));
  EXPECT_THAT(next(database), ElementsAre("resolved", "other"));
}

TEST(Outbox, RecordsAttempts) {
  Database database;
  auto one = delivery_of("d1");
  must(enqueue(*database, one));
  must(begin_attempt(*database, "d1"));
  EXPECT_TRUE(must(delivery(*database, "d1"))->in_doubt);

  one.attempts = 1;
  one.last_status = 503;
  one.last_error = "503 from the receiver";
  one.next_attempt_at = kNow + std::chrono::seconds(5);
  const Attempt attempt{"d1", 1, kNow, std::chrono::milliseconds(20), 503, one.last_error};
  must(record_attempt(*database, one, attempt));
  EXPECT_EQ(must(delivery(*database, "d1")), one);
  EXPECT_THAT(must(attempts(*database, "d1")), ElementsAre(attempt));
}

TEST(Outbox, KeepsTheLastAttemptsOnly) {
  Database database;
  auto one = delivery_of("d1");
  must(enqueue(*database, one));
  for (one.attempts = 1; one.attempts <= 40; ++one.attempts) record(database, one);
  const auto kept = must(attempts(*database, "d1"));
  ASSERT_EQ(kept.size(), 32U);
  EXPECT_EQ(kept.front().number, 9U);
  EXPECT_EQ(kept.back().number, 40U);
}

TEST(Outbox, RetriesADeadLetterFromTheBeginning) {
  Database database;
  const auto one = delivery_of("d1");
  must(enqueue(*database, one));
  record(database, ended(one, DeliveryState::kDead));
  EXPECT_THAT(next(database), IsEmpty());
  const auto again = must(retry_delivery(*database, "d1", kNow + Duration{1}));
  EXPECT_EQ(again.state, DeliveryState::kPending);
  EXPECT_EQ(again.attempts, 0U);
  EXPECT_EQ(again.next_attempt_at, kNow + Duration{1});
  EXPECT_THAT(next(database), ElementsAre("d1"));
}

TEST(Outbox, DoesNotRetryWhatWasDelivered) {
  Database database;
  const auto one = delivery_of("d1");
  must(enqueue(*database, one));
  record(database, ended(one, DeliveryState::kDelivered));
  EXPECT_EQ(retry_delivery(*database, "d1", kNow).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(drop_delivery(*database, "d1", kNow).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(retry_delivery(*database, "d2", kNow).error().code, ErrorCode::kNotFound);
}

TEST(Outbox, BelievesWhoDropsADeliveryDuringAnAttempt) {
  Database database;
  auto one = delivery_of("d1");
  must(enqueue(*database, one));
  must(drop_delivery(*database, "d1", kNow));
  one.attempts = 1;
  record(database, one);  // would be tried again
  EXPECT_EQ(must(delivery(*database, "d1"))->state, DeliveryState::kDropped);
  record(database, ended(one, DeliveryState::kDelivered));  // but it arrived
  EXPECT_EQ(must(delivery(*database, "d1"))->state, DeliveryState::kDelivered);
}

TEST(Outbox, CountsWhatWaits) {
  Database database;
  must(enqueue(*database, delivery_of("d1")));
  auto newer = delivery_of("d2");
  newer.created_at = kNow + Duration{5};
  must(enqueue(*database, newer));
  const auto dead = delivery_of("d3", "pager");
  must(enqueue(*database, dead));
  record(database, ended(dead, DeliveryState::kDead));
  const auto counts = must(pending_counts(*database));
  ASSERT_EQ(counts.size(), 2U);
  EXPECT_EQ(counts[0].target, "hook");
  EXPECT_EQ(counts[0].pending, 2U);
  EXPECT_EQ(counts[0].oldest, kNow);
  EXPECT_EQ(counts[1].pending, 0U);
  EXPECT_FALSE(counts[1].oldest);
  EXPECT_EQ(counts[1].dead, 1U);
}

TEST(Outbox, ListsTheNewestFirst) {
  Database database;
  must(enqueue(*database, delivery_of("d1", "hook", "incident-1")));
  must(enqueue(*database, delivery_of("d2", "pager", "incident-1")));
  must(enqueue(*database, delivery_of("d3", "hook", "incident-2")));
  EXPECT_EQ(must(deliveries(*database, {.limit = 1})).front().id, "d3");
  EXPECT_EQ(must(deliveries(*database, {.subject = "incident-1"})).size(), 2U);
  EXPECT_EQ(must(deliveries(*database, {.target = "pager"})).size(), 1U);
  EXPECT_THAT(must(deliveries(*database, {.state = DeliveryState::kDead})), IsEmpty());
}

}  // namespace
}  // namespace leeway::store
