#include "daemon/store/live.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/store/windows.h"
#include "tests/daemon/store/database.h"

namespace leeway::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using tests::at;
using tests::Database;
using tests::must;

LiveSample sample(TimePoint time, double value) {
  return {.model = "m",
          .path = "endpoint.up",
          .part = "",
          .at = time,
          .value = value,
          .threshold = std::nullopt,
          .verdict = value == 0.0 ? Verdict::kCritical : Verdict::kOk,
          .note = "connect: refused"};
}

Event event(TimePoint time, std::string kind) {
  return {.model = "m",
          .at = time,
          .kind = std::move(kind),
          .note = "another version is served",
          .before = "3",
          .after = "4"};
}

TEST(LiveSamples, ComeBackNewestFirstWithinTheirSpan) {
  Database database;
  const LiveSample first = sample(at("2001-01-01"), 1.0);
  const LiveSample second = sample(at("2001-01-02"), 0.0);
  must(save_live_sample(*database, first));
  must(save_live_sample(*database, second));
  EXPECT_THAT(must(live_samples(*database, {.model = "m"})), ElementsAre(second, first));
  EXPECT_THAT(must(live_samples(*database, {.from = at("2001-01-02")})), ElementsAre(second));
  EXPECT_THAT(must(live_samples(*database, {.to = at("2001-01-02")})), ElementsAre(first));
  EXPECT_THAT(must(live_samples(*database, {.limit = 1})), ElementsAre(second));
  EXPECT_THAT(must(live_samples(*database, {.model = "other"})), IsEmpty());
}

TEST(Events, ThatAreTheSameAreOne) {
  Database database;
  const Event version = event(at("2001-01-01"), "endpoint.version");
  const Event schema = event(at("2001-01-01"), "endpoint.schema");
  must(add_event(*database, version));
  must(add_event(*database, version));
  must(add_event(*database, schema));
  EXPECT_THAT(must(events(*database, {.model = "m"})), ElementsAre(schema, version));
}

TEST(LiveHistoryOfTheStore, IsPrunedByItsAge) {
  Database database;
  for (int day = 1; day <= 9; ++day) {
    const TimePoint time = at("2001-01-0" + std::to_string(day));
    must(save_live_sample(*database, sample(time, 1.0)));
    must(add_event(*database, event(time, "endpoint.version")));
  }
  EXPECT_EQ(must(prune_live(*database, at("2001-01-06"), 3)), 6U);
  EXPECT_EQ(must(prune_live(*database, at("2001-01-06"), 3)), 4U);
  EXPECT_EQ(must(prune_live(*database, at("2001-01-06"), 3)), 0U);
  EXPECT_EQ(must(live_samples(*database, {})).size(), 4U);
  EXPECT_EQ(must(events(*database, {})).size(), 4U);
}

TEST(SourceState, IsOneTextASourceOfAModel) {
  Database database;
  EXPECT_EQ(must(source_state(*database, "m", "endpoint")), std::nullopt);
  must(save_source_state(*database, "m", "endpoint", "one"));
  must(save_source_state(*database, "m", "endpoint", "two"));
  must(save_source_state(*database, "m", "compute", "three"));
  EXPECT_EQ(must(source_state(*database, "m", "endpoint")), "two");
  EXPECT_EQ(must(source_state(*database, "m", "compute")), "three");
  must(save_source_state(*database, "n", "compute", "four"));
  EXPECT_THAT(must(models_with_source_states(*database)), ElementsAre("m", "n"));
  must(forget_source_states(*database, "m"));
  EXPECT_EQ(must(source_state(*database, "m", "endpoint")), std::nullopt);
  EXPECT_EQ(must(source_state(*database, "n", "compute")), "four");
}

TEST(VersionChanges, AreThoseThatMayHaveHappenedInside) {
  Database database;
  Event seen_late = event(at("2001-01-05"), "registry.version");
  seen_late.since = at("2001-01-03");
  must(add_event(*database, seen_late));
  must(add_event(*database, event(at("2001-01-10T12:00:00Z"), "endpoint.version")));
  must(add_event(*database, event(at("2001-01-10T12:00:00Z"), "endpoint.schema")));
  const auto between = [&database](std::string_view from, std::string_view end) {
    return must(version_changes(*database, "m", at(from), at(end))).size();
  };
  EXPECT_EQ(between("2001-01-02", "2001-01-03"), 0U);
  EXPECT_EQ(between("2001-01-03", "2001-01-04"), 1U);
  EXPECT_EQ(between("2001-01-04", "2001-01-05"), 1U);
  EXPECT_EQ(between("2001-01-05", "2001-01-06"), 0U) << "all its rows are of the new version";
  EXPECT_EQ(between("2001-01-10", "2001-01-11"), 1U);
  EXPECT_EQ(between("2001-01-01", "2001-01-11"), 2U);
  EXPECT_THAT(must(version_changes(*database, "other", at("2001-01-01"), at("2001-02-01"))),
              IsEmpty());
  EXPECT_THAT(must(events(*database, {.model = "m"})), testing::Contains(seen_late));
}

TEST(VersionBefore, IsThatOfTheFirstChangeSinceThen) {
  Database database;
  must(add_event(*database, event(at("2001-01-05"), "registry.version")));
  EXPECT_EQ(must(version_before(*database, "m", "registry.version", at("2001-01-04"))), "3");
  EXPECT_EQ(must(version_before(*database, "m", "registry.version", at("2001-01-06"))),
            std::nullopt);
  EXPECT_EQ(must(version_before(*database, "m", "endpoint.version", at("2001-01-04"))),
            std::nullopt);
}

TEST(MixedWindows, AreWithdrawnOnceAndOnlyThoseInWhichTheVersionChanged) {
  Database database;
  for (const char* day : {"2001-01-01", "2001-01-02", "2001-01-03", "2001-01-04"}) {
    Window window;
    window.model = "m";
    window.start = at(day);
    window.end = window.start + std::chrono::hours(24);
    window.state = WindowState::kJudged;
    window.rows = 10;
    window.extended_from = window.opened_at = window.start;
    must(save_window(*database, window));
  }
  Event change = event(at("2001-01-03T01:00:00Z"), "registry.version");
  change.since = at("2001-01-02T23:00:00Z");
  must(add_event(*database, change));
  EXPECT_THAT(must(withdraw_mixed(*database, "m", at("2001-01-03"))),
              ElementsAre(at("2001-01-03")));
  EXPECT_THAT(must(withdraw_mixed(*database, "m", at("2001-01-01"))),
              ElementsAre(at("2001-01-02")));
  EXPECT_THAT(must(withdraw_mixed(*database, "m", at("2001-01-01"))), IsEmpty());
  auto window = must(store::window(*database, "m", at("2001-01-03")));
  EXPECT_EQ(window->state, WindowState::kClosed);
  window->state = WindowState::kJudged;
  window->version = kMixedVersions;
  must(save_window(*database, *window));
  EXPECT_THAT(must(withdraw_mixed(*database, "m", at("2001-01-01"))), IsEmpty());
  EXPECT_EQ(must(count_windows_with_rows(*database, "m")), 3U);
}

}  // namespace
}  // namespace leeway::store
