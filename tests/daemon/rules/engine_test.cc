#include "daemon/rules/engine.h"

#include <gmock/gmock.h>

#include "daemon/rules/collect.h"
#include "daemon/rules/defaults.h"
#include "samples.h"

namespace leeway::rules {
namespace {

using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using tests::condition;
using tests::fact;
using tests::facts_of;
using tests::state;

const TimePoint kStart = std::chrono::sys_days{std::chrono::year{2001} / 2 / 1};

Rule rule(std::string name, std::string_view text, Span hold = Duration{0}) {
  return {.name = std::move(name), .condition = condition(text), .hold = hold};
}

/// A model whose windows are days: each close() is a look a day later.
class Daily {
 public:
  explicit Daily(RuleSet rules) : rules_(std::move(rules)) {}

  std::vector<Transition> close(const Facts& facts) {
    moment_.now += hours(24);
    ++moment_.closed_windows;
    return step(rules_, states_, facts, moment_);
  }

  /// The process ends and starts: what is left is what was saved.
  void restart() { states_ = parse_states(serialize(states_)).value(); }
  void reload(RuleSet rules) { rules_ = std::move(rules); }
  const States& states() const { return states_; }
  TimePoint now() const { return moment_.now; }

 private:
  RuleSet rules_;
  States states_;
  Moment moment_{.now = kStart, .closed_windows = 0};
};

std::vector<std::string> named(const std::vector<Transition>& transitions) {
  std::vector<std::string> names;
  for (const Transition& one : transitions) {
    names.push_back((one.kind == Transition::Kind::kOpened ? "+" : "-") + one.rule);
  }
  return names;
}

const Facts kDrifted = facts_of({state("delay", Verdict::kCritical), state("dist", Verdict::kOk)});
const Facts kCalm = facts_of({state("delay", Verdict::kOk), state("dist", Verdict::kOk)});
const Facts kUnknown =
    facts_of({state("delay", Verdict::kTooFew), state("dist", Verdict::kTooFew)});

RuleSet drifted_for_two_windows() {
  return RuleSet({rule("drifted", "drift.state == 2", Windows{2})});
}

TEST(Engine, OpensAndResolvesOnceEach) {
  Daily model(drifted_for_two_windows());
  EXPECT_THAT(named(model.close(kDrifted)), IsEmpty());
  EXPECT_THAT(named(model.close(kDrifted)), ElementsAre("+drifted"));
  EXPECT_THAT(named(model.close(kDrifted)), IsEmpty());
  EXPECT_THAT(named(model.close(kCalm)), ElementsAre("-drifted"));
  EXPECT_THAT(named(model.close(kCalm)), IsEmpty());
  EXPECT_TRUE(model.states().empty());
}

TEST(Engine, ARestartAnywhereChangesNothing) {
  Daily model(drifted_for_two_windows());
  const auto close = [&model](const Facts& facts) {
    model.restart();
    auto transitions = model.close(facts);
    model.restart();
    return named(transitions);
  };
  EXPECT_THAT(close(kDrifted), IsEmpty());
  EXPECT_THAT(close(kUnknown), IsEmpty());
  EXPECT_THAT(close(kDrifted), ElementsAre("+drifted"));
  EXPECT_THAT(close(kUnknown), IsEmpty());
  EXPECT_THAT(close(kCalm), ElementsAre("-drifted"));
}

TEST(Engine, AnOpeningAndItsEndNameTheSameIncident) {
  Daily model(drifted_for_two_windows());
  model.close(kDrifted);
  const auto opened = model.close(kDrifted);
  model.restart();
  model.close(kUnknown);
  const auto resolved = model.close(kCalm);
  ASSERT_EQ(opened.size(), 1U);
  ASSERT_EQ(resolved.size(), 1U);
  EXPECT_EQ(opened[0].opened, resolved[0].opened);
  EXPECT_EQ(opened[0].opened_window, resolved[0].opened_window);
  EXPECT_EQ(opened[0].since, kStart + hours(24));
  EXPECT_EQ(resolved[0].since, opened[0].since);
  EXPECT_EQ(resolved[0].at, model.now());
}

TEST(Engine, AColumnThatIsNeverJudgedDoesNotKeepAnIncidentOpen) {
  Daily model(RuleSet({rule("drifted", "drift.state == 2")}));
  const Fact never = state("never", Verdict::kTooFew);
  EXPECT_THAT(named(model.close(facts_of({state("a", Verdict::kCritical), never}))),
              ElementsAre("+drifted"));
  EXPECT_THAT(named(model.close(facts_of({state("a", Verdict::kOk), never}))),
              ElementsAre("-drifted"));
}

TEST(Engine, AColumnThatIsNeverJudgedDoesNotAddUpLoneWindows) {
  Daily model(drifted_for_two_windows());
  const Fact never = state("never", Verdict::kTooFew);
  for (int i = 0; i < 5; ++i) {
    EXPECT_THAT(named(model.close(facts_of({state("a", Verdict::kCritical), never}))), IsEmpty());
    EXPECT_THAT(named(model.close(facts_of({state("a", Verdict::kOk), never}))), IsEmpty());
  }
}

TEST(Engine, TheColumnThatOpenedItKeepsItOpenWhileUnknown) {
  Daily model(RuleSet({rule("drifted", "drift.state == 2")}));
  model.close(facts_of({state("a", Verdict::kCritical), state("b", Verdict::kOk)}));
  EXPECT_THAT(
      named(model.close(facts_of({state("a", Verdict::kTooFew), state("b", Verdict::kOk)}))),
      IsEmpty());
  EXPECT_THAT(named(model.close(kCalm)), ElementsAre("-drifted"));
}

TEST(Engine, TheUnknownStartsNothingWhereAllAreAsked) {
  Daily model(
      RuleSet({rule("all", "all(drift.state) == 2"), rule("none", "not drift.state == 2")}));
  const Facts facts = facts_of({state("a", Verdict::kCritical), state("b", Verdict::kTooFew)});
  EXPECT_THAT(named(model.close(facts)), IsEmpty());
  EXPECT_THAT(named(model.close(kUnknown)), IsEmpty());
}

TEST(Engine, NoFactsAtAllMoveNothing) {
  Daily model(RuleSet({rule("drifted", "drift.state == 2")}));
  EXPECT_THAT(named(model.close(Facts{})), IsEmpty());
  model.close(kDrifted);
  EXPECT_THAT(named(model.close(Facts{})), IsEmpty());
  EXPECT_EQ(model.states().size(), 1U);
}

TEST(Engine, AnIncidentOfARuleThatIsGoneResolves) {
  Daily model(RuleSet({rule("a", "drift.state == 2"), rule("b", "drift.state == 2"),
                       rule("c", "drift.state == 2", Windows{9})}));
  EXPECT_THAT(named(model.close(kDrifted)), ElementsAre("+a", "+b"));
  model.reload(RuleSet({rule("b", "drift.state == 2")}));
  const auto gone = model.close(kDrifted);
  ASSERT_THAT(named(gone), ElementsAre("-a"));
  EXPECT_EQ(gone[0].reason, Transition::Reason::kRuleRemoved);
  model.reload(RuleSet{});
  EXPECT_THAT(named(model.close(kDrifted)), ElementsAre("-b"));
  EXPECT_TRUE(model.states().empty());
}

TEST(Engine, AReloadOfTheSameRulesNeitherOpensNorRestartsAnything) {
  Daily model(drifted_for_two_windows());
  model.close(kDrifted);
  model.reload(drifted_for_two_windows());
  EXPECT_THAT(named(model.close(kDrifted)), ElementsAre("+drifted"));
  model.reload(drifted_for_two_windows());
  EXPECT_THAT(named(model.close(kDrifted)), IsEmpty());
}

TEST(Engine, AnEndKeepsTheSeverityOfTheOpening) {
  Rule critical = rule("drifted", "drift.state == 2");
  critical.severity = Severity::kCritical;
  Daily model(RuleSet({critical}));
  model.close(kDrifted);
  critical.severity = Severity::kWarning;
  model.reload(RuleSet({critical}));
  EXPECT_EQ(model.close(kCalm).at(0).severity, Severity::kCritical);
}

TEST(Engine, ExplainsAStateByTheMeasureBehindIt) {
  Fact delay = state("delay", Verdict::kCritical);
  delay.labels["measure"] = "psi";
  const Labels of_delay{{"column", "delay"}, {"role", "feature"}};
  const Facts facts = facts_of({delay, fact("drift.psi", of_delay, 0.4, Verdict::kCritical, 0.1),
                                fact("drift.ks", of_delay, 0.2, Verdict::kCritical, 0.1)});
  Daily model(RuleSet({rule("drifted", "drift.state == 2")}));
  const auto opened = model.close(facts);
  ASSERT_EQ(opened.size(), 1U);
  ASSERT_EQ(opened[0].evidence.size(), 1U);
  EXPECT_EQ(opened[0].evidence[0].path, "drift.psi");
  EXPECT_EQ(opened[0].evidence[0].value, 0.4);
}

TEST(Engine, TellsAtTheEndHowTheSameColumnStandsNow) {
  const auto facts = [](double psi, Verdict verdict) {
    Fact delay = state("delay", verdict);
    delay.labels["measure"] = "psi";
    return facts_of({delay, fact("drift.psi", {{"column", "delay"}}, psi, verdict, 0.1)});
  };
  Daily model(RuleSet({rule("drifted", "drift.state == 2")}));
  model.close(facts(0.4, Verdict::kCritical));
  model.restart();
  const auto resolved = model.close(facts(0.02, Verdict::kOk));
  ASSERT_EQ(resolved.size(), 1U);
  ASSERT_EQ(resolved[0].evidence.size(), 1U);
  EXPECT_EQ(resolved[0].evidence[0].value, 0.02);
}

TEST(Engine, NamesTheColumnsBehindAShareTheFurthestFirst) {
  Facts facts;
  add_drift_summary(facts, 2, 3, 2.0 / 3.0);
  for (const auto& [column, psi] : {std::pair("a", 0.2), std::pair("b", 0.9)}) {
    Fact one = state(column, Verdict::kCritical);
    one.labels["measure"] = "psi";
    facts.add(one);
    facts.add(fact("drift.psi", {{"column", column}}, psi, Verdict::kCritical, 0.1));
  }
  facts.add(state("c", Verdict::kOk));
  Daily model(RuleSet({rule("wide", "drift.share >= 0.3 and drift.drifted_columns >= 2")}));
  const auto opened = model.close(facts);
  ASSERT_EQ(opened.size(), 1U);
  std::vector<std::string> keys;
  for (const Fact& one : opened[0].evidence) keys.push_back(one.key());
  EXPECT_THAT(keys, ElementsAre("drift.share", "drift.drifted_columns", "drift.psi{column=\"b\"}",
                                "drift.psi{column=\"a\"}"));
}

TEST(Engine, ManyLooksBetweenTwoWindowsAreOneWindow) {
  const RuleSet rules = drifted_for_two_windows();
  States states;
  Moment moment{.now = kStart, .closed_windows = 3};
  for (int i = 0; i < 100; ++i) {
    moment.now += std::chrono::minutes(1);
    EXPECT_THAT(step(rules, states, kDrifted, moment), IsEmpty());
  }
  ++moment.closed_windows;
  EXPECT_THAT(named(step(rules, states, kDrifted, moment)), ElementsAre("+drifted"));
}

TEST(Engine, LooksThatBringNothingNewLeaveTheStatesAlone) {
  // The store writes what changed: a rule that waits must not cost a commit at every look.
  const RuleSet rules(
      {rule("waits", "drift.state == 2", Windows{9}), rule("fires", "drift.state == 2")});
  States states;
  Moment moment{.now = kStart, .closed_windows = 1};
  step(rules, states, kDrifted, moment);
  moment.now += hours(1);
  step(rules, states, kDrifted, moment);
  const States before = states;
  moment.now += hours(1);
  step(rules, states, kDrifted, moment);
  EXPECT_EQ(states, before);
}

}  // namespace
}  // namespace leeway::rules
