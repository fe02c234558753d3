#include "daemon/rules/routes.h"

#include <gmock/gmock.h>

#include "samples.h"

namespace leeway::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Subject kDelay{.model = "flight-delay", .environment = "production", .team = "arrivals"};

Rule rule_with(std::optional<std::vector<std::string>> then,
               Severity severity = Severity::kWarning) {
  return {.name = "r",
          .condition = tests::condition("drift.share > 0.5"),
          .severity = severity,
          .then = std::move(then)};
}

const std::vector<Route> kRoutes{
    {.severity = Severity::kCritical, .environment = "production", .to = {"oncall", "chat"}},
    {.model = "flight-*", .to = {"flights", "flights"}},
    {.team = "arrivals", .to = {"never-reached"}},
    {.to = {"chat"}},
};

TEST(Routes, TheFirstThatMatchesDecides) {
  EXPECT_THAT(route(kRoutes, kDelay, Severity::kCritical), ElementsAre("oncall", "chat"));
  EXPECT_THAT(route(kRoutes, kDelay, Severity::kWarning), ElementsAre("flights"));
  EXPECT_THAT(route(kRoutes, {.model = "credit"}, Severity::kCritical), ElementsAre("chat"));
}

TEST(Routes, EveryKeyGivenMustMatch) {
  const std::vector<Route> routes{{.severity = Severity::kCritical,
                                   .team = "arr*",
                                   .environment = "prod*",
                                   .model = "flight-delay",
                                   .to = {"x"}}};
  EXPECT_THAT(route(routes, kDelay, Severity::kCritical), ElementsAre("x"));
  EXPECT_THAT(route(routes, kDelay, Severity::kWarning), IsEmpty());
  for (auto change : {&Subject::model, &Subject::environment, &Subject::team}) {
    Subject other = kDelay;
    other.*change = "other";
    EXPECT_THAT(route(routes, other, Severity::kCritical), IsEmpty());
  }
}

TEST(Routes, NobodyIsToldWithoutRoutes) {
  EXPECT_THAT(route({}, kDelay, Severity::kCritical), IsEmpty());
}

TEST(Actions, ThenReplacesTheRoutes) {
  EXPECT_EQ(actions_of(rule_with({{"mine", "mine"}}), kRoutes, kDelay),
            (Actions{.alert = {"mine"}, .retrain = false}));
}

TEST(Actions, WithoutThenTheRoutesDecide) {
  EXPECT_EQ(actions_of(rule_with(std::nullopt, Severity::kCritical), kRoutes, kDelay),
            (Actions{.alert = {"oncall", "chat"}, .retrain = false}));
}

TEST(Actions, ARetrainingAloneIsStillToldToTheRoutes) {
  EXPECT_EQ(actions_of(rule_with({{"retraining"}}), kRoutes, kDelay),
            (Actions{.alert = {"flights"}, .retrain = true}));
}

TEST(Actions, AnEmptyThenTellsNobody) {
  EXPECT_EQ(actions_of(rule_with(std::vector<std::string>{}), kRoutes, kDelay), Actions{});
}

TEST(Targets, AreKnownOrRefusedWithHelp) {
  const TargetNames targets{.alert = {"oncall", "chat"}, .pipeline = {"pipeline"}};
  EXPECT_TRUE(check_alert_target("chat", targets));
  const auto unknown = check_alert_target("onkall", targets);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().message, "unknown target 'onkall'; did you mean 'oncall'?");
  const auto pipeline = check_alert_target("pipeline", targets);
  ASSERT_FALSE(pipeline);
  EXPECT_EQ(pipeline.error().code, ErrorCode::kInvalidConfig);
  EXPECT_THAT(pipeline.error().message, HasSubstr("write 'retraining'"));
  EXPECT_THAT(check_alert_target("retrainin", targets).error().message,
              HasSubstr("did you mean 'retraining'?"));
}

}  // namespace
}  // namespace leeway::rules
