#include "daemon/store/live.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace leeway::store
