#include "daemon/store/retention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/store/audit.h"
#include "daemon/store/history.h"
#include "daemon/store/incidents.h"
#include "daemon/store/ledger.h"
#include "daemon/store/outbox.h"
#include "daemon/store/windows.h"
#include "tests/daemon/store/database.h"

namespace leeway::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using tests::at;
using tests::Database;
using tests::must;

using std::chrono::days;

const TimePoint kNow = at("2001-06-01");

void add_window(Database& database, TimePoint start, WindowState state) {
  Window window;
  window.model = "m";
  window.start = window.extended_from = start;
  window.end = start + days(1);
  window.state = state;
  must(save_window(*database, window));
  Finding finding;
  finding.measure = "volume";
  must(replace_findings(*database, "m", start, std::vector{finding}));
  Contribution part;
  part.pane_start = start;
  part.profile = std::string(100'000, 'x');
  Source source;
  source.model = "m";
  source.name = to_rfc3339(start);
  must(replace_contributions(*database, source, std::vector{part}));
}

std::vector<TimePoint> left(Database& database) {
  std::vector<TimePoint> starts;
  for (const auto& one : must(windows(*database, {}))) starts.push_back(one.start);
  return starts;
}

std::uint64_t prune_all(Database& database, const Retention& retention, std::size_t limit = 10) {
  std::uint64_t all = 0;
  while (const std::uint64_t deleted = must(prune(*database, retention, kNow, limit))) {
    EXPECT_LE(deleted, 3 * limit);
    all += deleted;
  }
  return all;
}

TEST(Retention, DeletesOldWindowsWithAllThatBelongsToThem) {
  Database database;
  for (int age = 1; age <= 6; ++age) {
    add_window(database, kNow - days(10 * age), WindowState::kJudged);
  }
  EXPECT_EQ(prune_all(database, {.history = days(25)}, 1), 4U);
  EXPECT_THAT(left(database), ElementsAre(kNow - days(20), kNow - days(10)));
  EXPECT_THAT(must(findings(*database, "m", kNow - days(30))), IsEmpty());
  const PaneRange all{.begin = kNow - days(100), .end = kNow, .segment = std::nullopt};
  EXPECT_EQ(must(contributions(*database, "m", all)).size(), 2U);
}

TEST(Retention, KeepsWhatIsOpenHoweverOld) {
  Database database;
  add_window(database, kNow - days(500), WindowState::kOpen);
  Delivery pending;
  pending.id = "pending";
  pending.created_at = kNow - days(500);
  must(enqueue(*database, pending));
  Incident firing;
  firing.id = "firing";
  firing.opened_at = kNow - days(500);
  must(save_incident(*database, firing));
  EXPECT_EQ(prune_all(database, {}), 0U);
}

TEST(Retention, DeletesEndedDeliveriesIncidentsAndActs) {
  Database database;
  Delivery delivery;
  delivery.id = delivery.dedupe = "old";
  must(enqueue(*database, delivery));
  delivery.state = DeliveryState::kDelivered;
  delivery.ended_at = kNow - days(91);
  must(record_attempt(*database, delivery, {.delivery = "old", .number = 1, .at = kNow}));
  Incident incident;
  incident.id = "old";
  incident.state = IncidentState::kResolved;
  incident.opened_at = kNow - days(402);
  incident.resolved_at = kNow - days(401);
  must(save_incident(*database, incident));
  must(record_act(*database, {kNow - days(401), "ann", "reload", "", ""}));
  EXPECT_EQ(prune_all(database, {}), 3U);
  EXPECT_THAT(must(attempts(*database, "old")), IsEmpty());
}

TEST(Retention, LetsTheOldestHistoryGoWhenTheFileIsTooLarge) {
  Database database;
  for (int age = 1; age <= 20; ++age) add_window(database, kNow - days(age), WindowState::kJudged);
  const auto before = must(used_bytes(*database));
  const Retention retention{.max_bytes = before / 2};
  EXPECT_GT(prune_all(database, retention, 1), 8U);
  EXPECT_LE(must(used_bytes(*database)), before / 2);
  EXPECT_EQ(left(database).back(), kNow - days(1));
  EXPECT_GE(left(database).size(), 8U);
}

}  // namespace
}  // namespace leeway::store
