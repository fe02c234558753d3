#include "daemon/registry/registry_state.h"

#include <gmock/gmock.h>

#include "daemon/registry/registry_report.h"

namespace leeway::registry {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TimePoint at(std::string_view time) { return *parse_time(time); }

config::ModelRegistry configured() {
  config::ModelRegistry registry;
  registry.mlflow = "http://mlflow:5000";
  registry.model = "flight-delay";
  registry.alias = "champion";
  registry.every = std::chrono::minutes(1);
  registry.timeout = std::chrono::seconds(10);
  return registry;
}

Result<ModelVersion> version(std::string number, std::optional<TimePoint> created = {}) {
  return ModelVersion{
      .version = std::move(number), .run_id = "0a", .status = "READY", .created = created};
}

Result<ModelVersion> failure(ErrorCode code) { return fail(code, "the sentence"); }

class RegistryStateTest : public testing::Test {
 protected:
  /// Asked at that time, answered two seconds later.
  std::vector<store::Event> take(const Result<ModelVersion>& answer, std::string_view time) {
    return state_.take(answer, at(time), at(time) + std::chrono::seconds(2));
  }

  RegistryState state_{configured(), "production/flights"};
};

TEST_F(RegistryStateTest, AnotherVersionIsOneEventWithTheTimeInWhichItChanged) {
  EXPECT_THAT(take(version("1"), "2001-02-01T10:00:00Z"), IsEmpty());
  EXPECT_THAT(take(version("1"), "2001-02-01T10:01:00Z"), IsEmpty());
  const auto events = take(version("2"), "2001-02-01T10:02:00Z");
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0], (store::Event{.model = "production/flights",
                                     .at = at("2001-02-01T10:02:02Z"),
                                     .kind = "registry.version",
                                     .note = "alias 'champion' of 'flight-delay' names version 2, "
                                             "it was 1",
                                     .before = "1",
                                     .after = "2",
                                     .since = at("2001-02-01T10:01:00Z")}));
  EXPECT_THAT(take(version("2"), "2001-02-01T10:03:00Z"), IsEmpty());
  EXPECT_THAT(take(version("1"), "2001-02-01T10:04:00Z"), SizeIs(1)) << "back is a change too";
}

TEST_F(RegistryStateTest, AVersionCannotHaveBeenNamedBeforeItExisted) {
  take(version("1"), "2001-02-01T10:00:00Z");
  const auto after = take(version("2", at("2001-02-01T15:00:00Z")), "2001-02-01T20:00:00Z");
  EXPECT_EQ(after[0].since, at("2001-02-01T15:00:00Z"));
  const auto old = take(version("1", at("2000-01-01")), "2001-02-01T21:00:00Z");
  EXPECT_EQ(old[0].since, at("2001-02-01T20:00:00Z"));
  const auto clock_ahead = take(version("3", at("2001-03-01")), "2001-02-01T22:00:00Z");
  EXPECT_EQ(clock_ahead[0].since, clock_ahead[0].at);
}

TEST_F(RegistryStateTest, WhatIsNotKnownChangesNothing) {
  take(version("1"), "2001-02-01T10:00:00Z");
  EXPECT_THAT(take(failure(ErrorCode::kUnavailable), "2001-02-01T11:00:00Z"), IsEmpty());
  EXPECT_EQ(state_.trouble, "the sentence");
  EXPECT_THAT(take(failure(ErrorCode::kNotFound), "2001-02-01T12:00:00Z"), IsEmpty());
  EXPECT_EQ(state_.missing, "the sentence");
  EXPECT_EQ(state_.trouble, "");
  EXPECT_THAT(take(version("1"), "2001-02-01T13:00:00Z"), IsEmpty());
  take(failure(ErrorCode::kUnavailable), "2001-02-01T14:00:00Z");
  const auto events = take(version("2"), "2001-02-01T15:00:00Z");
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].since, at("2001-02-01T13:00:00Z"));
}

TEST_F(RegistryStateTest, IsKeptOverARestart) {
  take(version("1", at("2001-01-01")), "2001-02-01T10:00:00Z");
  take(version("2"), "2001-02-01T11:00:00Z");
  RegistryState later(configured(), "production/flights");
  ASSERT_TRUE(later.restore(state_.serialize()));
  EXPECT_EQ(later.current, state_.current);
  EXPECT_EQ(later.seen, state_.seen);
  EXPECT_EQ(later.changed, state_.changed);
  const auto events = later.take(version("3"), at("2001-02-02"), at("2001-02-02"));
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].before, "2");
}

TEST_F(RegistryStateTest, OfAnotherAliasIsForgotten) {
  take(version("1"), "2001-02-01T10:00:00Z");
  config::ModelRegistry other = configured();
  other.alias = "challenger";
  RegistryState later(other, "production/flights");
  ASSERT_TRUE(later.restore(state_.serialize()));
  EXPECT_EQ(later.current, std::nullopt);
  EXPECT_THAT(later.take(version("7"), at("2001-02-02"), at("2001-02-02")), IsEmpty());
}

TEST_F(RegistryStateTest, ThatMakesNoSenseBeginsAnew) {
  for (const char* text : {"", "[]", "{}", R"({"format": 2})"}) {
    EXPECT_FALSE(state_.restore(text)) << text;
    EXPECT_EQ(state_.current, std::nullopt);
  }
}

std::optional<Finding> finding_of(const RegistryState& state, std::string_view measure,
                                  std::string_view now) {
  for (const auto& live : report_of(state, configured(), at(now)).findings) {
    if (live.finding.measure == measure) return live.finding;
  }
  return std::nullopt;
}

TEST_F(RegistryStateTest, IsReportedWithItsVersionAndForAnHourWithTheChange) {
  EXPECT_THAT(report_of(state_, configured(), at("2001-02-01")).findings, IsEmpty());
  take(version("1"), "2001-02-01T10:00:00Z");
  take(version("2"), "2001-02-01T10:01:00Z");
  const auto report = report_of(state_, configured(), at("2001-02-01T10:02:00Z"));
  EXPECT_EQ(report.version, "2");
  EXPECT_EQ(report.version_changed, at("2001-02-01T10:01:02Z"));
  const auto changed = finding_of(state_, "registry.version", "2001-02-01T10:02:00Z");
  EXPECT_EQ(changed->value, 1.0);
  EXPECT_THAT(changed->note, HasSubstr("names version 2, it was 1"));
  EXPECT_EQ(finding_of(state_, "registry.version", "2001-02-01T11:02:00Z")->value, 0.0);
}

TEST_F(RegistryStateTest, WarnsOfAServerThatIsAwayAndOfAnAliasThatNamesNothing) {
  take(version("1"), "2001-02-01T10:00:00Z");
  take(failure(ErrorCode::kUnavailable), "2001-02-01T10:01:00Z");
  EXPECT_EQ(finding_of(state_, "registry.up", "2001-02-01T10:01:02Z")->verdict, Verdict::kWarning);
  EXPECT_EQ(finding_of(state_, "registry.alias", "2001-02-01T10:01:02Z"), std::nullopt);
  take(failure(ErrorCode::kNotFound), "2001-02-01T10:02:00Z");
  EXPECT_EQ(finding_of(state_, "registry.up", "2001-02-01T10:02:02Z")->verdict, Verdict::kOk);
  EXPECT_EQ(finding_of(state_, "registry.alias", "2001-02-01T10:02:02Z")->value, 0.0);
  EXPECT_EQ(report_of(state_, configured(), at("2001-02-01T10:03:00Z")).version, "1");
}

}  // namespace
}  // namespace leeway::registry
