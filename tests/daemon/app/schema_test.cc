#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/app/models.h"

namespace leeway::tests {
namespace {

using std::chrono::hours;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class Schema : public testing::Test {
 protected:
  Schema() { world_.write("january.csv", csv_of(january())); }

  void start(const std::string& more = "") {
    app_.configure(january_model(world_, "flights", more));
    ASSERT_TRUE(app_.start());
  }
  void live_through(const Flights& flights) {
    hand_over(world_, flights);
    world_.pass(hours(24));
  }
  /// "column: verdict" of the schema findings of the newest window.
  std::vector<std::string> newest() {
    std::vector<std::string> found;
    const auto windows = app_.windows();
    for (const auto& each : windows.back().at("findings").as_array()) {
      const auto& finding = each.as_object();
      if (text(finding, "measure") != "schema") continue;
      found.push_back(text(finding, "column") + ": " + text(finding, "verdict"));
    }
    return found;
  }
  std::optional<double> exported(const std::string& column) {
    return app_.metric(
        "leeway_column_schema_state{environment=\"production\",model=\"flights\","
        "column=\"" +
        column + "\"}");
  }

  World world_{"2001-02-02T06:00:00Z"};
  RunningApp app_{world_, "leeway"};
};

TEST_F(Schema, AVanishedColumnIsCriticalFromTheFirstFileOn) {
  start();
  hand_over(world_, {.day = february(1), .without_delay = true});
  world_.pass(hours(3));
  EXPECT_THAT(rules_of(app_.incidents(), "firing"), ElementsAre("column_broken"));
  EXPECT_EQ(exported("delay"), 2.0);
  EXPECT_THAT(app_.model().at("schema").as_array(), SizeIs(1));
  world_.pass(hours(21));
  EXPECT_THAT(newest(), ElementsAre("delay: critical"));
  live_through({.day = february(2)});
  live_through({.day = february(3)});
  EXPECT_THAT(rules_of(app_.incidents(), "firing"), IsEmpty());
  EXPECT_EQ(exported("delay"), std::nullopt);
  EXPECT_THAT(newest(), IsEmpty());
}

TEST_F(Schema, SurvivesARestartBeforeItsWindowCloses) {
  start();
  hand_over(world_, {.day = february(1), .without_delay = true});
  world_.pass(hours(3));
  ASSERT_TRUE(app_.stop());
  ASSERT_TRUE(app_.start());
  world_.pass(hours(1));
  EXPECT_EQ(exported("delay"), 2.0);
  EXPECT_THAT(world_.received(), SizeIs(1));
}

TEST_F(Schema, ANewColumnIsAWarningThatWakesNobody) {
  start();
  live_through({.day = february(1), .extra = "gate"});
  EXPECT_THAT(newest(), ElementsAre("gate: warning"));
  EXPECT_EQ(exported("gate"), 1.0);
  EXPECT_THAT(app_.incidents(), IsEmpty());
}

TEST_F(Schema, ARuleCanAskForIt) {
  start("    rules: [{ name: news, if: \"quality.schema{column=gate} >= 1\" }]\n");
  live_through({.day = february(1), .extra = "gate"});
  EXPECT_THAT(rules_of(app_.incidents(), "firing"), ElementsAre("news"));
  live_through({.day = february(2)});
  live_through({.day = february(3)});
  EXPECT_THAT(rules_of(app_.incidents(), "firing"), IsEmpty());
}

TEST_F(Schema, SaysNothingOfNewColumnsThatAreNoFeatures) {
  start("    rules: []\n    version: v1\n");
  ASSERT_TRUE(app_.stop());
  std::string config = january_model(world_);
  const std::string plain = "columns: { timestamp: at }";
  config.replace(config.find(plain), plain.size(),
                 "columns: { timestamp: at, score: p, features: { except: [row_*] } }");
  app_.configure(config);
  ASSERT_TRUE(app_.start());
  live_through({.day = february(1), .extra = "p"});
  EXPECT_THAT(newest(), IsEmpty());
  live_through({.day = february(2), .extra = "row_number"});
  EXPECT_THAT(newest(), IsEmpty());
}

TEST_F(Schema, ARetypedColumnIsCritical) {
  start();
  live_through({.day = february(1), .delay_is_text = true});
  EXPECT_THAT(newest(), ElementsAre("delay: critical"));
  EXPECT_THAT(rules_of(app_.incidents(), "firing"), ElementsAre("column_broken"));
}

TEST_F(Schema, LabelsThatAreNotInYetAreNoFault) {
  std::vector<Flights> labelled = january();
  for (Flights& day : labelled) day.extra = "cancelled";
  world_.write("january.csv", csv_of(labelled));
  std::string config = january_model(
      world_, "flights", "    rules: [{ name: broken, if: \"not all(quality.state) < 2\" }]\n");
  const std::string plain = "columns: { timestamp: at }";
  config.replace(config.find(plain), plain.size(), "columns: { timestamp: at, label: cancelled }");
  app_.configure(config);
  ASSERT_TRUE(app_.start());
  live_through({.day = february(1)});
  EXPECT_THAT(newest(), ElementsAre("cancelled: immature"));
  EXPECT_THAT(app_.incidents(), IsEmpty());
  EXPECT_EQ(text(app_.model(), "status"), "ok");
}

}  // namespace
}  // namespace leeway::tests
