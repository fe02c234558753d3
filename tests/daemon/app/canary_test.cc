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
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr auto kCanary = "      canary: { rows: 40, every: 5m }\n";

/// The columns that a request has, and what its first row is.
std::string columns_of(const ReceivedRequest& request) {
  return json::serialize(json::parse(request.body).at("dataframe_split").at("columns"));
}

class Canary : public testing::Test {
 protected:
  Canary() { write_reference(world_); }

  void start(const std::string& endpoint = kCanary, const std::string& columns = "") {
    app_.configure(people_model(world_, server_, endpoint, columns));
    const Result<> started = app_.start();
    ASSERT_TRUE(started) << started.error().message;
  }
  void hand_over(const std::string& day, int rows = 200) {
    world_.write("incoming/" + day + ".csv", people_csv(day, rows, day));
  }
  json::object finding(std::string_view measure, std::string_view part = "") {
    return live_finding(app_.model(), "canary", measure, part);
  }
  std::string verdict(std::string_view measure, std::string_view part = "") {
    return text(finding(measure, part), "verdict");
  }
  std::optional<double> rows(const std::string& outcome) {
    return app_.metric(
        "leeway_canary_rows_total{environment=\"production\",model=\"people\","
        "outcome=\"" +
        outcome + "\"}");
  }

  World world_{"2001-01-12T06:00:00Z"};
  ScoringServer server_;
  RunningApp app_{world_, "leeway"};
};

TEST_F(Canary, SendsTheNewestRowsOnceAndFindsThemAnsweredAsRecorded) {
  hand_over("2001-01-11");
  start();
  world_.pass(hours(2));
  const auto asked = server_.asked();
  ASSERT_THAT(asked, SizeIs(1));
  EXPECT_EQ(columns_of(asked[0]), R"(["age","city"])");
  EXPECT_EQ(asked[0].header("x-leeway-purpose"), "canary");
  EXPECT_EQ(asked[0].header("x-leeway-probe"), "1");
  EXPECT_EQ(server_.rows_asked(), 40U);
  const json::object disagreement = finding("canary.disagreement");
  EXPECT_EQ(text(disagreement, "verdict"), "ok");
  EXPECT_EQ(disagreement.at("value"), 0.0);
  EXPECT_EQ(verdict("canary.answered"), "ok");
  EXPECT_EQ(verdict("canary.score_drift"), "ok");
  EXPECT_EQ(rows("agreed"), 40.0);
  EXPECT_EQ(rows("disagreed"), 0.0);
  const std::string labels = "{environment=\"production\",model=\"people\"}";
  EXPECT_EQ(app_.metric("leeway_canary_disagreement_ratio" + labels), 0.0);
  // Wilson, 0 of 40: z^2 / (40 + z^2).
  EXPECT_NEAR(app_.metric("leeway_canary_disagreement_ratio_upper" + labels).value_or(0.0),
              0.0876216, 1e-6);
  EXPECT_THAT(app_.incidents(), IsEmpty());
}

TEST_F(Canary, OfAnExchangedModelOpensAnIncidentThatSaysHowFar) {
  hand_over("2001-01-11");
  start();
  world_.pass(hours(1));
  server_.shift_by(0.05);
  hand_over("2001-01-12");
  world_.pass(hours(1));
  EXPECT_THAT(rules_of(app_.incidents(), "firing"), ElementsAre("canary_disagrees"));
  const json::object disagreement = finding("canary.disagreement");
  EXPECT_EQ(disagreement.at("value"), 0.5);
  EXPECT_EQ(text(disagreement, "verdict"), "critical");
  EXPECT_THAT(text(disagreement, "note"),
              HasSubstr("40 of 80 newest rows get another answer from the endpoint than was "
                        "recorded (50.0 %, 95 % interval 39.3 % to 60.7 %); they differ by 0.025 "
                        "on average and 0.05 at most"));
  ASSERT_EQ(world_.received().size(), 1U);
  EXPECT_THAT(json::serialize(world_.received()[0]), HasSubstr("40 of 80 newest rows"));
}

TEST_F(Canary, DisagreementOfFewRowsIsNotYetAnIncident) {
  server_.shift_by(0.05);
  server_.shift_in("Oslo");  // a third of the rows
  hand_over("2001-01-11", 3);
  start("      canary: { rows: 40, every: 5m, min_rows: 3 }\n");
  world_.pass(hours(1));
  const json::object disagreement = finding("canary.disagreement");
  EXPECT_NEAR(disagreement.at("value").as_double(), 1.0 / 3.0, 1e-12);
  // Wilson's lower end is 6.1 %: above the limit of 1 %, below that of 10 %.
  EXPECT_EQ(text(disagreement, "verdict"), "warning");
  EXPECT_THAT(app_.incidents(), IsEmpty());
}

TEST_F(Canary, OfFewerRowsThanItNeedsIsTooFew) {
  server_.shift_by(0.05);
  hand_over("2001-01-11", 12);
  start();
  world_.pass(hours(1));
  EXPECT_EQ(verdict("canary.disagreement"), "too_few");
  EXPECT_THAT(text(finding("canary.disagreement"), "note"), HasSubstr("12 of 30 rows"));
  EXPECT_THAT(app_.incidents(), IsEmpty());
}

TEST_F(Canary, KeepsItsAnswersOverARestartAndAsksForNoneTwice) {
  hand_over("2001-01-11");
  start();
  world_.pass(hours(1));
  ASSERT_EQ(server_.rows_asked(), 40U);
  ASSERT_TRUE(app_.stop());
  server_.shift_by(0.05);  // whoever asked again would see it
  ASSERT_TRUE(app_.start());
  world_.pass(hours(1));
  EXPECT_EQ(server_.rows_asked(), 40U);
  EXPECT_EQ(rows("agreed"), 40.0);
  EXPECT_EQ(finding("canary.disagreement").at("value"), 0.0);
  // A batch that grows brings only what is new in it. Of its 15 rows of today 6 are not in the
  // future at eight.
  const std::string before = people_csv("2001-01-11", 200, "2001-01-11");
  const std::string more = people_csv("2001-01-12", 15, "new");
  world_.write("incoming/2001-01-11.csv", before + more.substr(more.find('\n') + 1));
  world_.pass(hours(1));
  EXPECT_EQ(server_.rows_asked(), 46U);
}

TEST_F(Canary, ThatIsNotAnsweredSaysSoAndTriesTheSameRowsAgain) {
  server_.fail_with("the model is loading");
  hand_over("2001-01-11");
  start();
  world_.pass(minutes(40));
  EXPECT_EQ(verdict("canary.answered"), "warning");
  EXPECT_THAT(text(finding("canary.answered"), "note"), HasSubstr("the model is loading"));
  EXPECT_THAT(rules_of(app_.incidents(), "firing"), ElementsAre("canary_unanswered"));
  EXPECT_EQ(rows("agreed"), 0.0);
  EXPECT_GE(app_.metric("leeway_canary_failures_total{environment=\"production\",model="
                        "\"people\"}")
                .value_or(0.0),
            3.0);
  server_.fail_with("");
  world_.pass(minutes(10));
  EXPECT_EQ(rows("agreed"), 40.0);
  EXPECT_THAT(rules_of(app_.incidents(), "resolved"), ElementsAre("canary_unanswered"));
}

TEST_F(Canary, SendsNoPrivateColumnUnlessItIsAskedTo) {
  hand_over("2001-01-11");
  start(kCanary, ", private: [city]");
  world_.pass(hours(1));
  EXPECT_THAT(server_.asked(), IsEmpty());
  EXPECT_EQ(verdict("canary.answered"), "error");
  EXPECT_THAT(text(finding("canary.answered"), "note"),
              HasSubstr("column 'city' is private; 'send_private: true' lets it be sent"));
}

TEST_F(Canary, TellsNothingThatAServerSaysOfPrivateValues) {
  server_.fail_with("cannot convert 'Oslo' to a number");
  hand_over("2001-01-11");
  start("      canary: { rows: 40, every: 5m, send_private: true }\n", ", private: [city]");
  world_.pass(hours(1));
  EXPECT_THAT(server_.asked(), Not(IsEmpty()));
  const std::string note = text(finding("canary.answered"), "note");
  EXPECT_THAT(note, HasSubstr("status 500"));
  EXPECT_THAT(json::serialize(app_.model()), Not(HasSubstr("Oslo")));
  ASSERT_FALSE(world_.received().empty());
  for (const json::object& message : world_.received()) {
    EXPECT_THAT(json::serialize(message), Not(HasSubstr("Oslo")));
  }
}

TEST_F(Canary, LabelsJudgeTheAnswersBesideWhatWasRecorded) {
  server_.shift_by(-0.05);
  hand_over("2001-01-11", 40);
  start(std::string(kCanary) + "      labels: { files: " + world_.path("labels").string() +
        "/*.csv, every: 1m }\n");
  world_.pass(hours(1));
  EXPECT_EQ(verdict("canary.error", "recorded"), "immature");
  // Before the rows, for some; after them, for the others; one that nobody asked about.
  world_.write("labels/first.csv", labels_csv(20, 0.4, "2001-01-11") + "stranger,yes\n");
  world_.pass(minutes(15));
  EXPECT_EQ(verdict("canary.error", "recorded"), "too_few");
  world_.write("labels/second.csv", labels_csv(40, 0.4, "2001-01-11"));
  world_.pass(minutes(15));
  double recorded = 0.0;
  double answered = 0.0;
  for (int row = 0; row < 40; ++row) {  // as the files have them
    const std::int64_t age = 20 + (row * 7) % 60;
    const double score = score_of(age, row % 3 == 0 ? "Oslo" : "Rome");
    const double late = score > 0.4 ? 1.0 : 0.0;
    recorded += (score - late) * (score - late) / 40.0;
    answered += (score - 0.05 - late) * (score - 0.05 - late) / 40.0;
  }
  EXPECT_EQ(verdict("canary.error", "recorded"), "ok");
  EXPECT_NEAR(finding("canary.error", "recorded").at("value").as_double(), recorded, 1e-12);
  EXPECT_NEAR(finding("canary.error", "answered").at("value").as_double(), answered, 1e-12);
  EXPECT_NEAR(finding("canary.gain").at("value").as_double(), recorded - answered, 1e-12);
  const std::string labels = "{environment=\"production\",model=\"people\",part=\"answered\"}";
  EXPECT_NEAR(app_.metric("leeway_canary_error" + labels).value_or(0.0), answered, 1e-9);
  EXPECT_EQ(app_.model().at("live").at("labels").at("details").at("waiting"), 0);
}

}  // namespace
}  // namespace leeway::tests
