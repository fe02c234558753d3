#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/app/models.h"

namespace leeway::tests {
namespace {

using std::chrono::hours;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// The registry is read at most once a second.
constexpr Duration kRead = std::chrono::seconds(2);

constexpr const char* kReloadOk = "leeway_config_last_reload_successful";

class Lifecycle : public testing::Test {
 protected:
  Lifecycle() { world_.write("january.csv", csv_of(january())); }

  World world_{"2001-02-02T06:00:00Z"};
};

TEST_F(Lifecycle, ListensOnAPortOfTheSystemsChoice) {
  RunningApp app(world_, "leeway");
  app.configure("models: []\n");
  ASSERT_TRUE(app.start());
  EXPECT_NE(app.app().port(), 0);
  EXPECT_EQ(app.request("GET", "/-/healthy"), "healthy\n");
  EXPECT_EQ(app.request("GET", "/-/ready"), "ready\n");
}

TEST_F(Lifecycle, TwoAppsLiveInOneProcess) {
  RunningApp one(world_, "one");
  RunningApp two(world_, "two");
  one.configure(january_model(world_, "flights"));
  two.configure(january_model(world_, "again"));
  ASSERT_TRUE(one.start());
  ASSERT_TRUE(two.start());
  hand_over(world_, {.day = february(1), .without_delay = true});
  world_.pass(hours(24));
  EXPECT_EQ(text(one.model(), "model"), "flights");
  EXPECT_EQ(text(two.model(), "model"), "again");
  EXPECT_THAT(rules_of(one.incidents(), "firing"), ElementsAre("column_broken"));
  EXPECT_THAT(rules_of(two.incidents(), "firing"), ElementsAre("column_broken"));
  EXPECT_THAT(world_.received(), SizeIs(2));
}

TEST_F(Lifecycle, ASecondAppOnOneStateDirectoryIsRefused) {
  RunningApp app(world_, "leeway");
  app.configure("models: []\n");
  ASSERT_TRUE(app.start());
  RunningApp thief(world_, "thief");
  world_.write("thief.yaml", "server: { listen: \"127.0.0.1:0\" }\nstate: " +
                                 world_.path("leeway.state").string() + "\nmodels: []\n");
  const Result<> refused = thief.start();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
}

TEST_F(Lifecycle, StopsTwiceAndAfterHalfAStart) {
  RunningApp app(world_, "leeway");
  app.configure(january_model(world_));
  ASSERT_TRUE(app.start());
  EXPECT_TRUE(world_.await(app.app().stop(std::chrono::seconds(4))));
  EXPECT_TRUE(world_.await(app.app().stop(std::chrono::seconds(4))));

  RunningApp first(world_, "first");
  first.configure("models: []\n");
  ASSERT_TRUE(first.start());
  RunningApp second(world_, "second");
  world_.write("second.yaml",
               "server: { listen: \"127.0.0.1:" + std::to_string(first.app().port()) +
                   "\" }\nstate: " + world_.path("second.state").string() + "\nmodels: []\n");
  const Result<> started = second.start();  // the port is taken
  ASSERT_FALSE(started);
  EXPECT_TRUE(second.stop());
}

TEST_F(Lifecycle, StopsInTheMiddleOfItsWorkAndLosesNothing) {
  RunningApp app(world_, "leeway");
  app.configure(january_model(world_));
  world_.pass(hours(48));
  for (int day = 1; day <= 3; ++day) hand_over(world_, {.day = february(day)});
  // The reference is being learned when it is told to stop.
  ASSERT_TRUE(app.start());
  ASSERT_TRUE(app.stop());
  ASSERT_TRUE(app.start());
  world_.pass(hours(24));
  EXPECT_THAT(app.windows(), SizeIs(3));
}

TEST_F(Lifecycle, AReloadIsAppliedWholeOrNotAtAll) {
  RunningApp app(world_, "leeway");
  app.configure(january_model(world_));
  ASSERT_TRUE(app.start());
  hand_over(world_, {.day = february(1)});
  world_.pass(hours(12));

  app.configure(january_model(world_) +
                "  - name: other\n    batches: /nowhere/*.csv\n    windw: { size: 1h }\n");
  const Result<> refused = app.reload();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("unknown key 'windw'"));
  world_.pass(kRead);
  EXPECT_EQ(app.metric(kReloadOk), 0.0);
  EXPECT_THAT(app.get("status").at("models").as_array(), SizeIs(1));

  // A secret that cannot be read is found only when the targets are made: still nothing changes.
  app.configure(january_model(world_) + "  - name: other\n    batches: /nowhere/*.csv\n");
  std::string config = read_text(world_.path("leeway.yaml"));
  const std::size_t hook = config.find("timeout: 2m");
  config.replace(hook, 11, "secret: \"${file:/nowhere/secret}\"");
  world_.write("leeway.yaml", config);
  EXPECT_FALSE(app.reload());
  EXPECT_THAT(app.get("status").at("models").as_array(), SizeIs(1));

  app.configure(january_model(world_) + "  - name: other\n    batches: /nowhere/*.csv\n");
  ASSERT_TRUE(app.reload());
  world_.pass(kRead);
  EXPECT_EQ(app.metric(kReloadOk), 1.0);
  EXPECT_THAT(app.get("status").at("models").as_array(), SizeIs(2));
}

TEST_F(Lifecycle, TheHttpReloadAnswersWithTheErrors) {
  RunningApp app(world_, "leeway");
  app.configure("models: []\n");
  ASSERT_TRUE(app.start());
  app.configure("models: [{ name: x }]\n");
  EXPECT_THAT(app.request("POST", "/-/reload", 500), HasSubstr("batches"));
  app.configure("models: []\nlog: { level: warn }\n");
  EXPECT_EQ(app.request("POST", "/-/reload"), "reloaded\n");
}

TEST_F(Lifecycle, IncidentsAndWhatWasToldSurviveAReloadOfTheirModel) {
  RunningApp app(world_, "leeway");
  app.configure(january_model(world_));
  ASSERT_TRUE(app.start());
  for (int day = 1; day <= 3; ++day) {
    hand_over(world_, {.day = february(day), .late = 1.0});
    world_.pass(hours(24));
  }
  const auto before = app.incidents();
  ASSERT_THAT(rules_of(before, "firing"), Contains("column_drifted"));
  const std::size_t told = world_.received().size();

  app.configure(january_model(world_, "flights", "    owner: somebody-else\n"));
  ASSERT_TRUE(app.reload());
  hand_over(world_, {.day = february(4), .late = 1.0});
  world_.pass(hours(24));
  EXPECT_EQ(app.incidents(), before);
  EXPECT_EQ(world_.received().size(), told);
  EXPECT_THAT(app.windows(), SizeIs(4));
}

TEST_F(Lifecycle, TheTimeOfAForSurvivesAReload) {
  RunningApp app(world_, "leeway");
  const std::string rule = "    rules: [{ name: old, if: \"freshness.age > 1h\", for: 5h }]\n";
  app.configure(january_model(world_, "flights", rule));
  ASSERT_TRUE(app.start());
  hand_over(world_, {.day = february(1)});
  world_.pass(hours(6));
  EXPECT_THAT(app.incidents(), IsEmpty());
  app.configure(january_model(world_, "flights", rule + "    owner: somebody-else\n"));
  ASSERT_TRUE(app.reload());
  world_.pass(hours(3));
  EXPECT_THAT(rules_of(app.incidents(), "firing"), ElementsAre("old"));
}

TEST_F(Lifecycle, AReloadDoesNotDisturbTheOtherModels) {
  RunningApp app(world_, "leeway");
  app.configure(january_model(world_));
  ASSERT_TRUE(app.start());
  hand_over(world_, {.day = february(1)});
  world_.pass(hours(12));
  const auto before = app.model();
  std::filesystem::remove(world_.path("january.csv"));  // nobody reads it again
  app.configure(january_model(world_) + "  - name: other\n    batches: /nowhere/*.csv\n");
  ASSERT_TRUE(app.reload());
  EXPECT_EQ(app.model(), before);
}

TEST_F(Lifecycle, TheIncidentsAndSeriesOfARemovedModelEnd) {
  RunningApp app(world_, "leeway");
  app.configure(january_model(world_));
  ASSERT_TRUE(app.start());
  hand_over(world_, {.day = february(1), .without_delay = true});
  world_.pass(hours(6));
  ASSERT_THAT(rules_of(app.incidents(), "firing"), ElementsAre("column_broken"));
  app.configure("models: []\n");
  ASSERT_TRUE(app.reload());
  world_.pass(hours(1));
  EXPECT_THAT(rules_of(app.incidents(), "firing"), IsEmpty());
  EXPECT_EQ(text(world_.received().back(), "type"), "leeway.incident.resolved");
  EXPECT_THAT(app.request("GET", "/metrics"), testing::Not(HasSubstr("flights")));
}

TEST_F(Lifecycle, TheIncidentsOfAModelThatWasRemovedWhileStoppedEnd) {
  RunningApp app(world_, "leeway");
  app.configure(january_model(world_));
  ASSERT_TRUE(app.start());
  hand_over(world_, {.day = february(1), .without_delay = true});
  world_.pass(hours(6));
  ASSERT_TRUE(app.stop());
  app.configure("models: []\n");
  ASSERT_TRUE(app.start());
  world_.pass(hours(1));
  EXPECT_THAT(rules_of(app.incidents(), "firing"), IsEmpty());
  EXPECT_EQ(text(world_.received().back(), "type"), "leeway.incident.resolved");
}

TEST_F(Lifecycle, TheHeartbeatIsHeardAsLongAsItIsConfigured) {
  const auto beats = [this] { return world_.receiver_hits("/alive"); };
  world_.write("address", world_.receiver.url("/alive"));
  const std::string heartbeat =
      "heartbeat: { url: \"${file:" + world_.path("address").string() + "}\", every: 1m }\n";
  RunningApp app(world_, "leeway");
  app.configure(heartbeat + "models: []\n");
  ASSERT_TRUE(app.start());
  ASSERT_TRUE(world_.until([&] { return beats() == 1; }));
  for (std::size_t minute = 1; minute <= 3; ++minute) {
    world_.pass(std::chrono::minutes(1));
    ASSERT_TRUE(world_.until([&] { return beats() == 1 + minute; }));
  }
  app.configure("models: []\n");
  ASSERT_TRUE(app.reload());
  world_.pass(std::chrono::minutes(5));
  EXPECT_EQ(beats(), 4U);
}

TEST_F(Lifecycle, WritesAreOnlyTakenWithAHeaderThatNoForeignPageCanSend) {
  RunningApp app(world_, "leeway");
  app.configure("models: []\n");
  ASSERT_TRUE(app.start());
  app.request("POST", "/api/v1/retrainings/none/approve", 404);
  app.request("POST", "/api/v1/deliveries/none/retry", 404);
  app.request("DELETE", "/api/v1/deliveries/none/retry", 405);
}

}  // namespace
}  // namespace leeway::tests
