#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "tests/daemon/app/scored_model.h"

namespace leeway::tests {
namespace {

namespace json = boost::json;

using std::chrono::hours;
using std::chrono::minutes;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Shadow : public testing::Test {
 protected:
  Shadow() {
    write_reference(world_);
    world_.write("incoming/2001-01-11.csv", people_csv("2001-01-11", 120));
  }

  void start(const std::string& more = "") {
    const std::string shadow =
        "      shadow: { url: " + challenger_.url() + ", rows: 120, every: 5m }\n" + more;
    app_.configure(people_model(world_, champion_, shadow));
    const Result<> started = app_.start();
    ASSERT_TRUE(started) << started.error().message;
  }
  json::object finding(std::string_view measure, std::string_view part = "") {
    return live_finding(app_.model(), "shadow", measure, part);
  }

  World world_{"2001-01-12T06:00:00Z"};
  ScoringServer champion_;
  ScoringServer challenger_;
  RunningApp app_{world_, "leeway"};
};

TEST_F(Shadow, AsksBothForTheSameRowsAndSaysHowFarApartTheyAre) {
  challenger_.shift_by(0.05);
  challenger_.shift_in("Oslo");
  start();
  world_.pass(hours(1));
  ASSERT_THAT(champion_.asked(), SizeIs(1));
  ASSERT_THAT(challenger_.asked(), SizeIs(1));
  EXPECT_EQ(champion_.asked()[0].body, challenger_.asked()[0].body);
  EXPECT_EQ(challenger_.asked()[0].header("x-leeway-purpose"), "shadow");
  const json::object disagreement = finding("shadow.disagreement");
  EXPECT_NEAR(disagreement.at("value").as_double(), 1.0 / 3.0, 1e-12);
  EXPECT_EQ(text(disagreement, "verdict"), "ok") << "another model may answer otherwise";
  EXPECT_THAT(text(disagreement, "note"),
              HasSubstr("champion and challenger answer 40 of 120 rows differently (33.3 %, 95 % "
                        "interval 25.5 % to 42.2 %)"));
  // The mean of 40 differences of 0.05 and 80 of 0; Student's interval by SciPy 1.17.1:
  // t.interval(0.95, 119, mean, sem).
  const json::object difference = finding("shadow.difference");
  EXPECT_NEAR(difference.at("value").as_double(), 0.05 / 3.0, 1e-12);
  EXPECT_THAT(text(difference, "note"), HasSubstr("0.01667 above the champion's on average"));
  EXPECT_THAT(text(difference, "note"), HasSubstr("interval 0.01239 to 0.02095"));
  EXPECT_EQ(app_.metric("leeway_shadow_rows_total{environment=\"production\",model=\"people\","
                        "outcome=\"disagreed\"}"),
            40.0);
  EXPECT_THAT(app_.incidents(), IsEmpty());
}

TEST_F(Shadow, LimitsOfTheUserAreJudged) {
  challenger_.shift_by(0.05);
  const std::string shadow = "      shadow: { url: " + challenger_.url() +
                             ", rows: 120, every: 5m, disagreement: { critical: 0.2 } }\n";
  app_.configure(people_model(world_, champion_, shadow));
  ASSERT_TRUE(app_.start());
  world_.pass(hours(1));
  EXPECT_EQ(text(finding("shadow.disagreement"), "verdict"), "critical");
}

TEST_F(Shadow, OfWhichOneDoesNotAnswerKeepsNothingAndNamesIt) {
  challenger_.fail_with("out of memory");
  start();
  world_.pass(minutes(30));
  EXPECT_EQ(text(finding("shadow.answered", "champion"), "verdict"), "ok");
  const json::object challenger = finding("shadow.answered", "challenger");
  EXPECT_EQ(text(challenger, "verdict"), "warning");
  EXPECT_THAT(text(challenger, "note"), HasSubstr("challenger does not answer rows"));
  EXPECT_THAT(text(challenger, "note"), HasSubstr("out of memory"));
  challenger_.fail_with("");
  world_.pass(minutes(10));
  EXPECT_EQ(app_.metric("leeway_shadow_rows_total{environment=\"production\",model=\"people\","
                        "outcome=\"agreed\"}"),
            120.0);
}

TEST_F(Shadow, LabelsSayWhichOfTheTwoIsBetter) {
  challenger_.shift_by(0.2);  // towards what late people get, away from the others
  challenger_.shift_in("Oslo");
  start("      labels: { files: " + world_.path("labels").string() + "/*.csv, every: 1m }\n");
  world_.pass(minutes(30));
  EXPECT_EQ(text(finding("shadow.gain"), "verdict"), "immature");
  world_.write("labels/all.csv", labels_csv(120, 0.4));
  world_.pass(minutes(20));
  double champion = 0.0;
  double challenger = 0.0;
  for (int row = 0; row < 120; ++row) {
    const std::int64_t age = 20 + (row * 7) % 60;
    const bool oslo = row % 3 == 0;
    const double score = score_of(age, oslo ? "Oslo" : "Rome");
    const double late = score > 0.4 ? 1.0 : 0.0;
    const double other = score + (oslo ? 0.2 : 0.0);
    champion += (score - late) * (score - late) / 120.0;
    challenger += (other - late) * (other - late) / 120.0;
  }
  EXPECT_NEAR(finding("shadow.error", "champion").at("value").as_double(), champion, 1e-12);
  EXPECT_NEAR(finding("shadow.error", "challenger").at("value").as_double(), challenger, 1e-12);
  const json::object gain = finding("shadow.gain");
  EXPECT_EQ(text(gain, "verdict"), "ok");
  EXPECT_NEAR(gain.at("value").as_double(), champion - challenger, 1e-12);
  EXPECT_THAT(text(gain, "note"), HasSubstr("of 120 rows with labels the challenger has a mean "
                                            "squared error of"));
}

}  // namespace
}  // namespace leeway::tests
