#include "daemon/rules/defaults.h"

#include <gmock/gmock.h>

#include "daemon/rules/collect.h"
#include "daemon/rules/engine.h"
#include "samples.h"

namespace leeway::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using tests::fact;
using tests::facts_of;

std::vector<Rule> merged(const std::vector<RuleChange>& changes) {
  auto rules = merge(default_rules(), changes);
  EXPECT_TRUE(rules) << rules.error().at(0).message;
  return rules.value_or(std::vector<Rule>{});
}

const Rule& named(const std::vector<Rule>& rules, std::string_view name) {
  return *std::ranges::find(rules, name, &Rule::name);
}

RuleError only_error(const std::vector<RuleChange>& changes) {
  const auto rules = merge(default_rules(), changes);
  EXPECT_FALSE(rules);
  if (rules) return {};
  EXPECT_EQ(rules.error().size(), 1U);
  return rules.error().at(0);
}

TEST(DefaultRules, AreTheOnesThatCanBeJudged) {
  std::vector<std::string> names;
  for (const Rule& rule : default_rules()) {
    names.push_back(rule.name);
    EXPECT_TRUE(rule.is_default) << rule.name;
    EXPECT_FALSE(rule.sentence.empty()) << rule.name;
    EXPECT_FALSE(rule.then) << rule.name << " must leave the targets to the routes";
  }
  EXPECT_THAT(
      names, ElementsAre("prediction_drifted", "column_broken", "column_drifted", "dataset_drifted",
                         "dependence_drifted", "volume_changed", "no_data", "stale",
                         "endpoint_down", "endpoint_slow", "endpoint_unavailable", "golden_failed",
                         "certificate_expires", "endpoint_changed", "canary_disagrees",
                         "canary_unanswered", "out_of_memory", "over_budget", "delivery_failed"));
}

/// The names of the rules that open within two windows of the same facts.
std::vector<std::string> opened_by(const std::vector<Fact>& list) {
  const Facts facts = facts_of(list);
  const RuleSet rules(default_rules());
  States states;
  step(rules, states, facts, {.now = TimePoint{}, .closed_windows = 1});
  step(rules, states, facts, {.now = TimePoint{}, .closed_windows = 2});
  std::vector<std::string> names;
  for (const auto& [name, state] : states) {
    if (state.is_open()) names.push_back(name);
  }
  return names;
}

Fact drifted(const char* column, const char* role, Verdict verdict = Verdict::kCritical) {
  return fact("drift.state", {{"column", column}, {"role", role}}, 2.0, verdict);
}

TEST(DefaultRules, ADriftedScoreIsNoDriftedColumn) {
  EXPECT_THAT(opened_by({drifted("p", "score")}), ElementsAre("prediction_drifted"));
  EXPECT_THAT(opened_by({drifted("p", "prediction")}), ElementsAre("prediction_drifted"));
}

TEST(DefaultRules, ADriftedFeatureOrLabelIsADriftedColumn) {
  EXPECT_THAT(opened_by({drifted("x", "feature")}), ElementsAre("column_drifted"));
  EXPECT_THAT(opened_by({drifted("y", "label")}), ElementsAre("column_drifted"));
}

TEST(DefaultRules, ADependenceThatDriftedIsNoDriftedColumn) {
  EXPECT_THAT(opened_by({fact("multivariate.state", {{"measure", "correlation"}}, 2.0,
                              Verdict::kCritical)}),
              ElementsAre("dependence_drifted"));
}

TEST(DefaultRules, ADatasetDriftsByShareAndNumber) {
  Facts facts;
  const auto opened = [](std::uint64_t drifted, std::uint64_t judged) {
    Facts made;
    add_drift_summary(made, drifted, judged,
                      static_cast<double>(drifted) / static_cast<double>(judged));
    std::vector<Fact> list;
    for (const auto& [path, of_path] : made.by_path())
      list.insert(list.end(), of_path.begin(), of_path.end());
    return opened_by(list);
  };
  EXPECT_THAT(opened(2, 5), ElementsAre("dataset_drifted"));
  EXPECT_THAT(opened(1, 2), IsEmpty());
  EXPECT_THAT(opened(2, 10), IsEmpty());
}

TEST(DefaultRules, WatchTheDataAndTheDeliveries) {
  EXPECT_THAT(opened_by({fact("quality.state", {{"column", "x"}}, 2.0, Verdict::kCritical)}),
              ElementsAre("column_broken"));
  EXPECT_THAT(opened_by({fact("quality.state", {{"column", "x"}}, 1.0, Verdict::kWarning)}),
              IsEmpty());
  EXPECT_THAT(opened_by({fact("window.no_data", {}, 1.0)}), ElementsAre("no_data"));
  EXPECT_THAT(opened_by({fact("window.no_data", {}, 0.0)}), IsEmpty());
  const Fact rows = fact("volume.state", {}, 2.0, Verdict::kCritical);
  EXPECT_THAT(opened_by({rows, fact("window.no_data", {}, 0.0)}), ElementsAre("volume_changed"));
  EXPECT_THAT(opened_by({rows, fact("window.no_data", {}, 1.0)}), ElementsAre("no_data"));
  EXPECT_THAT(opened_by({fact("endpoint.schema", {}, 1.0)}), ElementsAre("endpoint_changed"));
  EXPECT_THAT(opened_by({fact("endpoint.certificate", {}, 9.0, Verdict::kWarning, 10.0)}),
              ElementsAre("certificate_expires"));
  EXPECT_THAT(opened_by({fact("endpoint.certificate", {}, 11.0, Verdict::kOk, 10.0)}), IsEmpty());
  EXPECT_THAT(opened_by({fact("endpoint.version", {}, 1.0)}), IsEmpty());  // a deployment
  EXPECT_THAT(opened_by({fact("endpoint.up", {}, 0.0)}), IsEmpty());       // not for a minute yet
  Fact canary = fact("canary.disagreement", {}, 0.3);
  canary.threshold = 0.2;
  EXPECT_THAT(opened_by({canary}), ElementsAre("canary_disagrees"));
  canary.value = 0.2;
  EXPECT_THAT(opened_by({canary}), IsEmpty());
  EXPECT_THAT(opened_by({fact("canary.answered", {}, 0.0)}), IsEmpty());  // not for 15 minutes yet
  EXPECT_THAT(opened_by({fact("shadow.disagreement", {}, 1.0)}), IsEmpty());  // another model may
  EXPECT_THAT(opened_by({fact("freshness.age", {}, 9.0, Verdict::kCritical, 8.0)}),
              ElementsAre("stale"));
  EXPECT_THAT(opened_by({fact("freshness.age", {}, 9.0)}), IsEmpty());
  EXPECT_THAT(opened_by({fact("delivery.dead", {{"target", "hook"}}, 1.0)}),
              ElementsAre("delivery_failed"));
}

TEST(DefaultRules, WatchMemoryAndTheBudgetOfWhatAModelUses) {
  EXPECT_THAT(opened_by({fact("compute.oom_kills", {}, 1.0, Verdict::kWarning)}),
              ElementsAre("out_of_memory"));
  EXPECT_THAT(opened_by({fact("compute.oom_kills", {}, 0.0)}), IsEmpty());
  EXPECT_THAT(opened_by({fact("cost.budget", {}, 1.25, Verdict::kCritical, 1.0)}),
              ElementsAre("over_budget"));
  EXPECT_THAT(opened_by({fact("cost.budget", {}, 0.9, Verdict::kOk, 1.0)}), IsEmpty());
  EXPECT_THAT(opened_by({fact("cost.budget", {}, {}, Verdict::kNoData, 1.0)}), IsEmpty());
}

TEST(MergedRules, AreTheDefaultsWithoutChanges) { EXPECT_EQ(merged({}), default_rules()); }

TEST(MergedRules, ADefaultIsSwitchedOffByName) {
  const auto rules = merged({{.name = "column_drifted", .enabled = false}});
  EXPECT_EQ(rules.size(), default_rules().size() - 1);
  EXPECT_EQ(std::ranges::find(rules, "column_drifted", &Rule::name), rules.end());
}

TEST(MergedRules, AChangeNamesOnlyWhatDiffers) {
  const auto rules = merged({{.name = "dataset_drifted", .severity = Severity::kCritical}});
  const Rule& rule = named(rules, "dataset_drifted");
  const Rule& original = named(default_rules(), "dataset_drifted");
  EXPECT_EQ(rule.severity, Severity::kCritical);
  EXPECT_EQ(rule.condition, original.condition);
  EXPECT_EQ(rule.hold, original.hold);
  EXPECT_TRUE(rule.is_default);
}

TEST(MergedRules, AnotherConditionLosesTheSentence) {
  const auto rules =
      merged({{.name = "dataset_drifted", .condition = "drift.drifted_columns >= 9"}});
  const Rule& rule = named(rules, "dataset_drifted");
  EXPECT_EQ(to_string(rule.condition), "drift.drifted_columns >= 9");
  EXPECT_EQ(rule.hold, Span(Windows{2}));
  EXPECT_FALSE(rule.is_default);
  EXPECT_EQ(rule.sentence, "");
}

TEST(MergedRules, TheUsersOwnComeLast) {
  const auto rules = merged({{.name = "mine",
                              .condition = "drift.psi{column=delay} > 0.3",
                              .hold = Windows{3},
                              .keep_firing = std::chrono::hours(6),
                              .severity = Severity::kCritical,
                              .then = {{"oncall", "retraining"}}}});
  ASSERT_EQ(rules.size(), default_rules().size() + 1);
  const Rule& rule = rules.back();
  EXPECT_EQ(rule.name, "mine");
  EXPECT_EQ(to_string(rule.hold), "3 windows");
  EXPECT_EQ(to_string(rule.keep_firing), "6h");
  EXPECT_EQ(rule.severity, Severity::kCritical);
  EXPECT_EQ(rule.then->size(), 2U);
  EXPECT_FALSE(rule.is_default);
}

TEST(MergedRules, AMistakeInAConditionHasItsColumn) {
  const RuleError error =
      only_error({{.name = "mine", .condition = "drift.share > 0.3 or x.y > 1"}});
  EXPECT_EQ(error.key, "if");
  EXPECT_EQ(error.column, 22U);
  EXPECT_EQ(error.message, "unknown path 'x.y'");
}

TEST(MergedRules, AnUnknownNameWithoutConditionIsProbablyATypo) {
  const RuleError error = only_error({{.name = "colum_drifted", .enabled = false}});
  EXPECT_EQ(error.key, "if");
  EXPECT_EQ(error.message, "rule 'colum_drifted' has no condition");
  EXPECT_EQ(error.help, "did you mean the default rule 'column_drifted'?");
}

TEST(MergedRules, AllMistakesAreReportedAtOnce) {
  const auto rules = merge(default_rules(),
                           std::vector<RuleChange>{{.name = "with space", .condition = "x"},
                                                   {.name = "twice", .condition = "drift.psi > 1"},
                                                   {.name = "twice", .condition = "drift.psi > 1"},
                                                   {.name = "bad", .condition = "drift.psi"}});
  ASSERT_FALSE(rules);
  std::vector<std::size_t> at;
  for (const RuleError& error : rules.error()) at.push_back(error.rule);
  EXPECT_THAT(at, ElementsAre(0U, 2U, 3U));
}

}  // namespace
}  // namespace leeway::rules
