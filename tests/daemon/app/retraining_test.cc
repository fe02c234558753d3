#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/app/models.h"

namespace leeway::tests {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Retraining : public testing::Test {
 protected:
  void start_world(std::string_view time) {
    world_ = std::make_unique<World>(time);
    world_->write("january.csv", csv_of(january()));
    app_ = std::make_unique<RunningApp>(*world_, "leeway");
  }
  ~Retraining() override {
    app_.reset();
    world_.reset();
  }
  void start(const std::string& more) {
    app_->configure(january_model(*world_, "flights", more));
    const Result<> started = app_->start();
    ASSERT_TRUE(started) << started.error().message;
  }
  void live_through(const Flights& flights) {
    hand_over(*world_, flights);
    world_->pass(hours(24));
  }
  /// When requests were sent to the pipeline.
  std::vector<std::string> sent() {
    std::vector<std::string> times;
    for (const auto& body : world_->received("/pipeline")) times.push_back(text(body, "timestamp"));
    return times;
  }
  std::vector<std::string> states() {
    std::vector<std::string> all;
    const auto newest_first = app_->retrainings();
    for (auto each = newest_first.rbegin(); each != newest_first.rend(); ++each) {
      all.push_back(text(*each, "state"));
    }
    return all;
  }

  std::unique_ptr<World> world_;
  std::unique_ptr<RunningApp> app_;
};

constexpr const char* kNightly =
    "    retraining:\n"
    "      target: pipeline\n"
    "      approval: none\n"
    "      cooldown: 0s\n"
    "      at_most: 9 per week\n"
    "      schedule: { cron: \"30 2 * * *\", time_zone: Europe/Berlin }\n";

TEST_F(Retraining, ASchedulesHourThatDoesNotExistComesOnceWhenClocksGoForward) {
  start_world("2001-03-23T12:00:00Z");
  start(kNightly);
  world_->pass_to("2001-03-27T12:00:00Z");
  // 02:30 in Berlin is 01:30Z in winter; on the 25th there is no such time, so it fires when the
  // clock has jumped over it; then 00:30Z in summer.
  EXPECT_THAT(sent(), ElementsAre("2001-03-24T01:30:00Z", "2001-03-25T01:00:00Z",
                                  "2001-03-26T00:30:00Z", "2001-03-27T00:30:00Z"));
}

TEST_F(Retraining, ASchedulesHourThatComesTwiceFiresOnceWhenClocksGoBack) {
  start_world("2001-10-26T12:00:00Z");
  start(kNightly);
  world_->pass_to("2001-10-30T12:00:00Z");
  EXPECT_THAT(sent(), ElementsAre("2001-10-27T00:30:00Z", "2001-10-28T00:30:00Z",
                                  "2001-10-29T01:30:00Z", "2001-10-30T01:30:00Z"));
}

TEST_F(Retraining, AFiringThatWasMissedWhileStoppedIsMadeUpForOnce) {
  start_world("2001-03-20T12:00:00Z");
  start(kNightly);
  ASSERT_TRUE(app_->stop());
  world_->pass_to("2001-03-22T12:00:00Z");
  ASSERT_TRUE(app_->start());
  world_->pass(hours(1));
  EXPECT_THAT(sent(), SizeIs(1));
}

TEST_F(Retraining, RequirementsThatDoNotHoldHoldAScheduledRequestUntilTheyDo) {
  start_world("2001-02-02T06:00:00Z");
  start(std::string(kNightly) + "      requires: [quality_ok, source_fresh]\n");
  live_through({.day = february(1), .missing = 0.6});
  // The night of the 3rd: a column is broken.
  EXPECT_THAT(states(), ElementsAre("held"));
  const auto held = app_->retrainings().front();
  EXPECT_EQ(text(held, "hold"), "requirement");
  EXPECT_EQ(text(held, "cause"), "schedule");
  EXPECT_THAT(text(held, "reason"), HasSubstr("quality_ok"));
  EXPECT_THAT(sent(), IsEmpty());
  EXPECT_EQ(app_->metric("leeway_retraining_state{environment=\"production\",model=\"flights\","
                         "state=\"held\"}"),
            1.0);
  hand_over(*world_, {.day = february(2)});
  world_->pass(hours(6));
  EXPECT_THAT(states(), ElementsAre("accepted"));
  EXPECT_THAT(sent(), SizeIs(1));
}

TEST_F(Retraining, ARequestIsHeldAsLongAsNothingIsKnown) {
  start_world("2001-02-02T00:00:00Z");
  start(std::string(kNightly) + "      requires: [source_fresh]\n");
  world_->pass(hours(6));
  EXPECT_THAT(states(), ElementsAre("held"));
  hand_over(*world_, {.day = february(1)});
  world_->pass(hours(3));
  EXPECT_THAT(states(), ElementsAre("accepted"));
}

TEST_F(Retraining, FreshnessIsAskedAgainBetweenWindowsAndAfterARestart) {
  start_world("2001-02-02T00:00:00Z");
  start(std::string(kNightly) + "      requires: [source_fresh]\n");
  world_->pass(hours(6));
  ASSERT_TRUE(app_->stop());
  ASSERT_TRUE(app_->start());
  EXPECT_THAT(states(), ElementsAre("held"));
  hand_over(*world_, {.day = february(1)});
  world_->pass(hours(3));
  EXPECT_THAT(states(), ElementsAre("accepted"));
}

TEST_F(Retraining, AnApprovalDoesNotOverrideARequirement) {
  start_world("2001-02-02T00:00:00Z");
  start(
      "    retraining:\n      target: pipeline\n      schedule: \"30 2 * * *\"\n"
      "      requires: [source_fresh]\n");
  world_->pass(hours(6));
  const auto held = app_->retrainings().front();
  EXPECT_EQ(text(held, "hold"), "approval");
  app_->request("POST", "/api/v1/retrainings/" + text(held, "id") + "/approve");
  EXPECT_EQ(text(app_->retrainings().front(), "hold"), "requirement");
  hand_over(*world_, {.day = february(1)});
  world_->pass(hours(3));
  EXPECT_THAT(states(), ElementsAre("accepted"));
}

TEST_F(Retraining, ARuleAsksOnceAndCoolsDown) {
  start_world("2001-02-02T06:00:00Z");
  start(
      "    rules:\n"
      "      - { name: retrain, if: \"drift.share >= 0.4\", then: [retraining] }\n"
      "    retraining: { target: pipeline, approval: none, cooldown: 3d, at_most: 9 per week }\n");
  for (const int day : {1, 3, 5}) {
    live_through({.day = february(day), .late = 1.0});
    live_through({.day = february(day + 1)});
  }
  EXPECT_THAT(states(), ElementsAre("accepted", "refused", "accepted"));
  EXPECT_THAT(text(app_->retrainings().at(1), "reason"), HasSubstr("cooling down"));
  EXPECT_THAT(sent(), SizeIs(2));
  EXPECT_EQ(app_->metric("leeway_retrainings_total{environment=\"production\",model=\"flights\","
                         "outcome=\"accepted\"}"),
            2.0);
  ASSERT_TRUE(app_->stop());
  ASSERT_TRUE(app_->start());
  ASSERT_TRUE(world_->until([this] { return app_->app().idle(); }));
  EXPECT_EQ(app_->metric("leeway_retrainings_total{environment=\"production\",model=\"flights\","
                         "outcome=\"accepted\"}"),
            2.0);
}

TEST_F(Retraining, AskedForAtMostSoOften) {
  start_world("2001-02-02T06:00:00Z");
  start(
      "    rules:\n"
      "      - { name: retrain, if: \"drift.share >= 0.4\", then: [retraining] }\n"
      "    retraining: { target: pipeline, approval: none, cooldown: 0s, at_most: 2 per week }\n");
  for (const int day : {1, 3, 5}) {
    live_through({.day = february(day), .late = 1.0});
    live_through({.day = february(day + 1)});
  }
  EXPECT_THAT(states(), ElementsAre("accepted", "accepted", "refused"));
  EXPECT_THAT(sent(), SizeIs(2));
}

}  // namespace
}  // namespace leeway::tests
