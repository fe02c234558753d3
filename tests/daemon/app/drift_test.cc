#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "daemon/cli/profile_files.h"
#include "tests/daemon/app/models.h"

namespace leeway::tests {
namespace {

using std::chrono::hours;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class Drift : public testing::Test {
 protected:
  Drift() { world_.write("january.csv", csv_of(january())); }

  void start(const std::string& more = "") {
    app_.configure(january_model(world_, "flights", more));
    const Result<> started = app_.start();
    ASSERT_TRUE(started) << started.error().message;
  }

  /// A day's file arrives at six in the morning after it; then a day passes.
  void live_through(const Flights& flights) {
    hand_over(world_, flights);
    world_.pass(hours(24));
  }
  /// Days of February from the first on.
  void live_through_days(int first, int last, double late = 0.0) {
    for (int day = first; day <= last; ++day) {
      live_through({.day = february(day), .late = late});
    }
  }

  /// What the receiver was told of a rule, in order.
  std::vector<std::string> told(const std::string& rule) {
    std::vector<std::string> types;
    for (const auto& body : world_.received()) {
      if (text(body.at("data").as_object(), "rule") == rule) types.push_back(text(body, "type"));
    }
    return types;
  }

  World world_{"2001-02-02T06:00:00Z"};
  RunningApp app_{world_, "leeway"};
};

TEST_F(Drift, OpensAnIncidentAndTellsAWebhookOnceAndResolvesIt) {
  start();
  live_through_days(1, 1);
  EXPECT_THAT(app_.incidents(), IsEmpty());
  live_through_days(2, 4, 1.0);
  EXPECT_THAT(rules_of(app_.incidents(), "firing"), UnorderedElementsAre("column_drifted"));
  EXPECT_EQ(app_.metric("leeway_finding_state{environment=\"production\",model=\"flights\","
                        "column=\"delay\"}"),
            2.0);
  live_through_days(5, 7);
  EXPECT_THAT(rules_of(app_.incidents(), "firing"), IsEmpty());
  EXPECT_THAT(told("column_drifted"),
              ElementsAre("leeway.incident.opened", "leeway.incident.resolved"));
}

TEST_F(Drift, SurvivesARestartWithoutTellingAgain) {
  start();
  live_through_days(1, 3, 1.0);
  EXPECT_THAT(told("column_drifted"), ElementsAre("leeway.incident.opened"));
  const auto before = app_.incidents();
  const auto metric = app_.metric(
      "leeway_batches_total{environment=\"production\",model=\"flights\",outcome=\"folded\"}");
  ASSERT_TRUE(app_.stop());
  world_.pass(hours(1));
  ASSERT_TRUE(app_.start());
  ASSERT_TRUE(world_.until([this] { return app_.app().idle(); }));
  EXPECT_EQ(app_.incidents(), before);
  EXPECT_EQ(app_.metric("leeway_batches_total{environment=\"production\",model=\"flights\","
                        "outcome=\"folded\"}"),
            metric);
  EXPECT_EQ(app_.metric("leeway_incident_firing{environment=\"production\",model=\"flights\","
                        "rule=\"column_drifted\",severity=\"warning\"}"),
            1.0);
  live_through_days(4, 4, 1.0);
  EXPECT_THAT(told("column_drifted"), ElementsAre("leeway.incident.opened"));
  live_through_days(5, 6);
  EXPECT_THAT(told("column_drifted"),
              ElementsAre("leeway.incident.opened", "leeway.incident.resolved"));
}

TEST_F(Drift, LateRowsCorrectTheHistoryAndWakeNobody) {
  start();
  live_through_days(1, 3);
  const auto before = app_.windows().front();
  world_.write("incoming/late.csv",
               csv_of({{.day = "2001-02-01", .rows = 4000, .late = 3.0, .seed = 1}}));
  world_.pass(hours(3));
  const auto after = app_.windows().front();
  EXPECT_EQ(text(before, "rows"), "400");
  EXPECT_EQ(text(after, "rows"), "4400");
  EXPECT_EQ(text(after, "corrections"), "1");
  EXPECT_EQ(text(after, "judged_at"), text(before, "judged_at"));
  EXPECT_THAT(app_.incidents(), IsEmpty());
  // The gauges show the newest window still.
  EXPECT_EQ(app_.metric("leeway_window_rows{environment=\"production\",model=\"flights\"}"), 400.0);
  EXPECT_EQ(
      app_.metric("leeway_window_corrections_total{environment=\"production\",model=\"flights\"}"),
      1.0);
}

TEST_F(Drift, DropsAndCountsRowsBeyondLate) {
  start("    window: { late: 2d }\n");
  live_through_days(1, 6);
  world_.write("incoming/late.csv", csv_of({{.day = "2001-02-01", .rows = 50}}));
  world_.pass(hours(3));
  EXPECT_EQ(text(app_.windows().front(), "rows"), "400");
  EXPECT_EQ(app_.metric("leeway_rows_total{environment=\"production\",model=\"flights\","
                        "outcome=\"late\"}"),
            50.0);
}

TEST_F(Drift, KeepsTheNumbersOfCompactedWindowsAndTakesWhatAFileAddsToThem) {
  start("    window: { late: 2d }\n");
  std::vector<Flights> growing;
  for (int day = 1; day <= 7; ++day) {
    growing.push_back({.day = february(day)});
    world_.write("incoming/all.csv", csv_of(growing));
    world_.pass(hours(24));
  }
  const auto windows = app_.list("windows", "?columns=1");
  ASSERT_THAT(windows, SizeIs(7));
  for (const auto& window : windows) {
    EXPECT_EQ(text(window, "rows"), "400");
    EXPECT_EQ(text(window.at("data").as_object(), "rows"), "400");
  }
  EXPECT_EQ(app_.metric("leeway_rows_total{environment=\"production\",model=\"flights\","
                        "outcome=\"late\"}")
                .value_or(0.0),
            0.0);
  std::size_t extracts = 0;
  for (const auto& file :
       std::filesystem::directory_iterator(world_.path("leeway.state/scratch"))) {
    if (file.is_regular_file()) ++extracts;
  }
  EXPECT_LE(extracts, 4U) << "the sorted rows of settled windows are deleted";
  EXPECT_THAT(app_.incidents(), IsEmpty());
}

TEST_F(Drift, SaysThatAWindowHasNoDataWhenTheFileDoesNotCome) {
  start();
  live_through_days(1, 2);
  world_.pass(hours(24));
  EXPECT_THAT(app_.incidents(), IsEmpty()) << "a file may be late";
  world_.pass(hours(24));
  EXPECT_THAT(rules_of(app_.incidents(), "firing"), UnorderedElementsAre("no_data", "stale"));
  for (int day = 3; day <= 5; ++day) hand_over(world_, {.day = february(day)});
  world_.pass(hours(24));
  EXPECT_THAT(rules_of(app_.incidents(), "firing"), IsEmpty());
}

TEST_F(Drift, WarnsOfFarFewerRowsThanTheReferenceHas) {
  start("    rules: [{ name: few, if: \"volume.state >= 1\" }]\n");
  live_through({.day = february(1)});
  live_through({.day = february(2), .rows = 60});
  EXPECT_THAT(rules_of(app_.incidents(), "firing"), ElementsAre("few"));
}

TEST_F(Drift, LearnsFromTheFirstWindowsAndThenJudges) {
  app_.configure(
      "models:\n  - name: flights\n    batches: { files: " + world_.path("incoming").string() +
      "/*.csv, every: 1h }\n    columns: { timestamp: at }\n"
      "    reference: { from_batches: { windows: 6 } }\n");
  ASSERT_TRUE(app_.start());
  live_through_days(1, 5);
  EXPECT_EQ(text(app_.model(), "status"), "learning");
  EXPECT_EQ(app_.metric("leeway_learning_windows_remaining{environment=\"production\","
                        "model=\"flights\"}"),
            1.0);
  ASSERT_TRUE(app_.stop());
  ASSERT_TRUE(app_.start());
  live_through_days(6, 7);
  EXPECT_EQ(text(app_.model(), "status"), "ok");
  EXPECT_THAT(app_.incidents(), IsEmpty());
  live_through_days(8, 10, 1.5);
  EXPECT_THAT(rules_of(app_.incidents(), "firing"), Contains("column_drifted"));
}

TEST_F(Drift, AProfileStandsInForTheRowsItWasMadeOf) {
  const std::string profile = world_.path("january.profile").string();
  const std::string columns = "\n    columns: { timestamp: at }\n";
  const std::string batches =
      "models:\n  - name: flights\n    batches: { files: " + world_.path("incoming").string() +
      "/*.csv, every: 1h }";
  app_.configure(batches + "\n    reference: { profile: " + profile + " }" + columns);
  ASSERT_TRUE(app_.start());
  world_.pass(hours(1));
  EXPECT_THAT(boost::json::serialize(app_.model()), HasSubstr("january.profile"));
  ASSERT_TRUE(app_.stop());

  config::Model model;
  model.window.size = model.window.slide = hours(24);
  model.window.time_zone = "UTC";
  model.columns.timestamp = "at";
  const auto made = cli::profile_files(model, {world_.path("january.csv").string()}, profile);
  ASSERT_TRUE(made) << made.error().message;
  ASSERT_TRUE(app_.start());
  live_through_days(1, 2);
  EXPECT_EQ(text(app_.model(), "status"), "ok");
  EXPECT_THAT(app_.incidents(), IsEmpty());
  ASSERT_TRUE(app_.stop());
  ASSERT_TRUE(app_.start());
  live_through_days(3, 5, 1.0);
  EXPECT_THAT(rules_of(app_.incidents(), "firing"), ElementsAre("column_drifted"));
}

TEST_F(Drift, ARollingReferenceFollowsAndTheAnchorStays) {
  app_.configure(
      "models:\n  - name: flights\n    batches: { files: " + world_.path("incoming").string() +
      "/*.csv, every: 1h }\n    columns: { timestamp: at }\n"
      "    reference: { rolling: { windows: 6, gap: 2 } }\n"
      "    rules:\n      - { name: far, if: 'drift.anchor{column=delay} > threshold', severity: "
      "warning }\n");
  const auto psi = [this](const std::string& against) {
    return app_.metric(
        "leeway_drift_value{environment=\"production\",model=\"flights\",column=\"delay\","
        "measure=\"psi\",against=\"" +
        against + "\"}");
  };
  ASSERT_TRUE(app_.start());
  live_through_days(1, 5);
  EXPECT_EQ(text(app_.model(), "status"), "learning");
  live_through_days(6, 8);
  EXPECT_FALSE(psi("anchor")) << "it is the reference: no six windows lie behind the gap";
  live_through_days(9, 9);
  EXPECT_THAT(app_.incidents(), IsEmpty());
  EXPECT_TRUE(psi("anchor"));
  live_through_days(10, 12, 1.0);
  EXPECT_THAT(rules_of(app_.incidents(), "firing"), Contains("column_drifted"));
  ASSERT_TRUE(app_.stop());
  ASSERT_TRUE(app_.start());
  live_through_days(13, 19, 1.0);
  // The six windows from the tenth to the fifteenth are the reference of the eighteenth.
  EXPECT_THAT(rules_of(app_.incidents(), "firing"), ElementsAre("far"));
  EXPECT_LT(psi("reference"), 0.05);
  EXPECT_GT(psi("anchor"), 0.2);
  EXPECT_THAT(app_.request("GET", "/api/v1/windows"), HasSubstr("anchor.psi"));
}

TEST_F(Drift, LearnsNoMixtureOfWhatWasBeforeAChangeAndWhatCameBehindIt) {
  app_.configure(
      "models:\n  - name: flights\n    batches: { files: " + world_.path("incoming").string() +
      "/*.csv, every: 1h }\n    columns: { timestamp: at }\n");
  const std::string remaining =
      "leeway_learning_windows_remaining{environment=\"production\",model=\"flights\"}";
  ASSERT_TRUE(app_.start());
  live_through_days(1, 7);
  live_through_days(8, 14, 1.0);
  EXPECT_EQ(text(app_.model(), "status"), "learning");
  EXPECT_EQ(app_.metric(remaining), 7.0) << "of fourteen, from the eighth day on";
  ASSERT_TRUE(app_.stop());
  ASSERT_TRUE(app_.start());
  live_through_days(15, 16, 1.0);
  EXPECT_EQ(app_.metric(remaining), 5.0);
  EXPECT_THAT(app_.request("GET", "/api/v1/windows"),
              HasSubstr("learned anew from 2001-02-08T00:00:00Z on, since the windows before "
                        "differ: "));
  live_through_days(17, 22, 1.0);
  EXPECT_NE(text(app_.model(), "status"), "learning");
  EXPECT_THAT(app_.incidents(), IsEmpty());
  live_through_days(23, 25);
  EXPECT_THAT(rules_of(app_.incidents(), "firing"), Contains("column_drifted"));
}

TEST_F(Drift, DoesNotLearnFromWindowsWithoutRows) {
  app_.configure(
      "models:\n  - name: flights\n    batches: { files: " + world_.path("incoming").string() +
      "/*.csv, every: 1h }\n    columns: { timestamp: at }\n"
      "    reference: { from_batches: { windows: 4 } }\n");
  ASSERT_TRUE(app_.start());
  live_through_days(1, 2);
  world_.pass(hours(24 * 5));
  EXPECT_EQ(text(app_.model(), "status"), "learning");
  EXPECT_EQ(app_.metric("leeway_learning_windows_remaining{environment=\"production\","
                        "model=\"flights\"}"),
            2.0);
}

TEST_F(Drift, QuarantinesAFileThatIsNoTableAndGoesOn) {
  start();
  world_.write("incoming/a-broken.parquet.csv", std::string("\0\1\2PAR1\0", 8));
  live_through_days(1, 1);
  const auto model = app_.model();
  EXPECT_EQ(text(model, "quarantined"), "1");
  EXPECT_THAT(text(model, "last_quarantine"), HasSubstr("a-broken.parquet.csv"));
  EXPECT_THAT(app_.windows(), SizeIs(1));
  EXPECT_EQ(app_.metric("leeway_quarantined_sources{environment=\"production\",model=\"flights\"}"),
            1.0);
  EXPECT_EQ(app_.metric("leeway_batches_total{environment=\"production\",model=\"flights\","
                        "outcome=\"quarantined\"}"),
            1.0);
  // Put right by its owner, it is a file like any other.
  world_.write("incoming/a-broken.parquet.csv", csv_of({{.day = february(2)}}));
  world_.pass(hours(24));
  EXPECT_EQ(text(app_.model(), "quarantined"), "0");
  EXPECT_THAT(app_.windows(), SizeIs(2));
}

}  // namespace
}  // namespace leeway::tests
