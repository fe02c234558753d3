#include "daemon/rules/compose.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <limits>

#include "samples.h"

namespace leeway::rules {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using tests::fact;

const TimePoint kStart = std::chrono::sys_days{std::chrono::year{2001} / 2 / 3};
const Subject kDelay{.model = "flight-delay", .environment = "production", .team = "arrivals"};

Fact psi(const std::string& column, double value) {
  return fact("drift.psi", {{"column", column}, {"role", "feature"}}, value, Verdict::kCritical,
              0.1234);
}

Transition opened(std::vector<Fact> evidence) {
  return {.rule = "column_drifted",
          .severity = Severity::kWarning,
          .at = kStart + hours(50),
          .opened = kStart + hours(50),
          .opened_window = 9,
          .since = kStart + hours(26),
          .first_window = EventSpan{kStart, kStart + hours(24)},
          .evidence = std::move(evidence)};
}

std::string summary(const Transition& transition, const Actions& actions = {}) {
  return compose(transition, nullptr, kDelay, actions).summary;
}

TEST(Summary, SaysWhatMovedHowFarAndSinceWhen) {
  EXPECT_EQ(summary(opened({psi("delay", 0.4217)})),
            "flight-delay (production), column_drifted: psi of delay is 0.422 (threshold 0.123); "
            "since the window of 2001-02-03T00:00:00Z");
}

TEST(Summary, TellsWhatIsKnownOfTheFirst) {
  Fact first = psi("a", 2);
  first.note = "the share of [30, 45) rose from 9 % to 21 %";
  Fact second = psi("b", 1);
  second.note = "only in the details";
  EXPECT_EQ(summary(opened({first, second})),
            "flight-delay (production), column_drifted: psi of a is 2 (threshold 0.123): the share "
            "of [30, 45) rose from 9 % to 21 %; psi of b is 1 (threshold 0.123); since the window "
            "of 2001-02-03T00:00:00Z");
}

TEST(Summary, GivesThePValueAndItsLevelWhereTheseDecide) {
  Fact ks = fact("drift.ks", {{"column", "delay"}}, 0.21, Verdict::kCritical);
  ks.p_value = 3.1e-7;
  ks.alpha = 0.05;
  EXPECT_THAT(summary(opened({ks})),
              ::testing::HasSubstr("ks of delay is 0.21 (p 3.1e-07, level 0.05)"));
}

TEST(Summary, SaysThatARetrainingWasAskedFor) {
  EXPECT_THAT(summary(opened({psi("delay", 0.4)}), {.alert = {}, .retrain = true}),
              ::testing::EndsWith("; a retraining was asked for"));
}

TEST(Summary, NamesThreeAndCountsTheRest) {
  EXPECT_EQ(summary(opened({psi("a", 5), psi("b", 4), psi("c", 3), psi("d", 2), psi("e", 1)})),
            "flight-delay (production), column_drifted: psi of a is 5 (threshold 0.123); psi of b "
            "is 4 (threshold 0.123); psi of c is 3 (threshold 0.123); 2 more; since the window "
            "of 2001-02-03T00:00:00Z");
}

struct Worded {
  Fact fact;
  const char* want;
};

Fact vanished() {
  Fact broken = fact("quality.state", {{"column", "x"}}, 2.0, Verdict::kCritical);
  broken.note = "the column has vanished";
  return broken;
}

TEST(Summary, WordsFitTheUnit) {
  const std::vector<Worded> table{
      {fact("drift.share", {}, 0.4, Verdict::kOk), "share of drifted columns is 40 %"},
      {fact("drift.drifted_columns", {}, 3.0), "number of drifted columns is 3"},
      {fact("quality.missing", {{"column", "x"}}, 0.0512, Verdict::kCritical, 0.05),
       "missing share of x is 5.12 % (threshold 5 %)"},
      {vanished(), "quality of x is critical: the column has vanished"},
      {fact("freshness.age", {}, 94'012.5, Verdict::kCritical, 21'600.0),
       "age of the data is 1d2h (threshold 6h)"},
      {fact("window.no_data", {}, 1.0), "window without rows"},
      {fact("window.no_data", {}, 0.0), "window without rows is 0"},
      {fact("delivery.dead", {{"target", "hook"}}, 2.0), "number of dead letters for hook is 2"},
      {fact("drift.ks", {{"column", "x"}, {"segment", "JFK"}}, 0.3), "ks of x in JFK is 0.3"},
      {fact("drift.psi", {{"column", "x"}}, {}, Verdict::kTooFew),
       "psi of x is unknown (too_few)"}};
  for (const Worded& row : table) {
    SCOPED_TRACE(row.want);
    Transition transition = opened({row.fact});
    transition.first_window.reset();
    EXPECT_EQ(summary(transition), "flight-delay (production), column_drifted: " +
                                       std::string(row.want) + "; since 2001-02-04T02:00:00Z");
  }
}

TEST(Summary, OfAnEndSaysHowLongAndHowItStandsNow) {
  Transition resolved = opened({fact("drift.psi", {{"column", "delay"}}, 0.03, Verdict::kOk, 0.1)});
  resolved.kind = Transition::Kind::kResolved;
  resolved.at = resolved.opened + hours(49) + minutes(12);
  EXPECT_EQ(summary(resolved),
            "flight-delay (production), column_drifted resolved after 2d1h: psi of delay is 0.03 "
            "(threshold 0.1)");
  resolved.reason = Transition::Reason::kRuleRemoved;
  EXPECT_EQ(summary(resolved),
            "flight-delay (production), column_drifted resolved after 2d1h: the rule is no longer "
            "configured");
}

TEST(Details, AreWhatProgramsNeed) {
  const Rule rule{.name = "column_drifted",
                  .condition = tests::condition("drift.psi > threshold"),
                  .hold = Windows{2},
                  .sentence = "A column has drifted."};
  const Transition transition = opened({psi("delay", 0.5)});
  const Message message = compose(transition, &rule, kDelay, {.alert = {"hook"}, .retrain = true});
  const boost::json::value want = boost::json::parse(R"({
    "incident": ")" + incident_id(kDelay, transition) +
                                                     R"(",
    "state": "firing", "model": "flight-delay", "environment": "production", "team": "arrivals",
    "rule": "column_drifted", "severity": "warning",
    "since": "2001-02-04T02:00:00Z", "opened": "2001-02-05T02:00:00Z",
    "window": {"begin": "2001-02-03T00:00:00Z", "end": "2001-02-04T00:00:00Z"},
    "findings": [{"path": "drift.psi", "labels": {"column": "delay", "role": "feature"},
                  "value": 0.5, "threshold": 0.1234, "benchmark": null, "verdict": "critical"}],
    "findings_total": 1,
    "condition": "drift.psi > threshold", "for": "2 windows", "meaning": "A column has drifted.",
    "actions": {"alert": ["hook"], "retraining": true}})");
  EXPECT_EQ(boost::json::value(message.details), want) << boost::json::serialize(message.details);
}

TEST(Details, OfAnEndSayWhy) {
  Transition resolved = opened({});
  resolved.kind = Transition::Kind::kResolved;
  resolved.reason = Transition::Reason::kRuleRemoved;
  const Message message = compose(resolved, nullptr, kDelay, {});
  EXPECT_EQ(message.details.at("state"), "resolved");
  EXPECT_EQ(message.details.at("reason"), "rule_removed");
  EXPECT_EQ(message.details.at("resolved"), "2001-02-05T02:00:00Z");
}

TEST(Details, StaySmallHoweverManyColumnsMoved) {
  std::vector<Fact> many;
  for (int i = 0; i < 5000; ++i) {
    many.push_back(psi(std::to_string(i) + std::string(500, 'x'), 1.0));
    many.back().note = std::string(5000, 'y');
  }
  const Message message = compose(opened(many), nullptr, kDelay, {});
  EXPECT_LT(boost::json::serialize(message.details).size(), 16'000U);
  EXPECT_LT(message.summary.size(), 600U);
  EXPECT_EQ(message.details.at("findings_total"), 5000);
}

TEST(Details, ClipLongNamesBetweenLetters) {
  const Message message =
      compose(opened({psi(std::string(63, 'x') + "äöü", 1.0)}), nullptr, kDelay, {});
  EXPECT_EQ(message.details.at("findings").at(0).at("labels").at("column"),
            boost::json::string(std::string(63, 'x') + "…"));
}

TEST(Details, NumbersThatJsonCannotSayAreNull) {
  const Message message =
      compose(opened({psi("x", std::numeric_limits<double>::infinity())}), nullptr, kDelay, {});
  EXPECT_TRUE(message.details.at("findings").at(0).at("value").is_null());
}

TEST(IncidentId, IsTheSameForOpeningAndEndAndForNothingElse) {
  const Transition opening = opened({});
  Transition end = opening;
  end.kind = Transition::Kind::kResolved;
  end.at += hours(1);
  const std::string id = incident_id(kDelay, opening);
  EXPECT_EQ(incident_id(kDelay, end), id);
  EXPECT_EQ(id.size(), 20U);

  Transition next_window = opening;
  ++next_window.opened_window;
  Transition later = opening;
  later.opened += Duration{1};
  Transition other_rule = opening;
  other_rule.rule = "stale";
  for (const Transition& other : {next_window, later, other_rule}) {
    EXPECT_NE(incident_id(kDelay, other), id);
  }
  EXPECT_NE(incident_id({.model = "flight-delay", .environment = "staging"}, opening), id);
}

}  // namespace
}  // namespace leeway::rules
