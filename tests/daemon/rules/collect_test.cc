#include "daemon/rules/collect.h"

#include <gmock/gmock.h>

#include "daemon/rules/evaluate.h"
#include "detectors/drift/quality_measures.h"
#include "samples.h"

namespace leeway::rules {
namespace {

std::optional<ColumnRole> role_of(std::string_view column) {
  if (column == "new") return std::nullopt;
  return column == "p" ? ColumnRole::kScore : ColumnRole::kFeature;
}

Finding finding(std::string column, std::string measure, double value, Verdict verdict,
                bool deciding = false) {
  Finding made;
  made.column = std::move(column);
  made.measure = std::move(measure);
  made.value = value;
  made.warning = 0.1;
  made.critical = 0.2;
  made.verdict = verdict;
  made.deciding = deciding;
  return made;
}

const Fact& only(const Facts& facts, std::string_view path) {
  EXPECT_EQ(facts.at(path).size(), 1U) << path;
  return facts.at(path).front();
}

TEST(Collect, TheDecidingMeasureMakesTheState) {
  Facts facts;
  add_findings(facts,
               std::vector{finding("p", "psi", 0.3, Verdict::kCritical, true),
                           finding("p", "ks", 0.15, Verdict::kWarning)},
               role_of);
  const Fact& state = only(facts, "drift.state");
  EXPECT_EQ(state.value, 2.0);
  EXPECT_EQ(state.labels, (Labels{{"column", "p"}, {"role", "score"}, {"measure", "psi"}}));
  EXPECT_EQ(only(facts, "drift.psi").value, 0.3);
  EXPECT_EQ(only(facts, "drift.psi").threshold, 0.2);
  EXPECT_EQ(only(facts, "drift.ks").verdict, Verdict::kWarning);
}

TEST(Collect, AnUnknownVerdictHasNoState) {
  Facts facts;
  add_findings(facts, std::vector{finding("x", "psi", 0.3, Verdict::kTooFew, true)}, role_of);
  EXPECT_FALSE(only(facts, "drift.state").is_known());
  EXPECT_FALSE(only(facts, "drift.psi").is_known());
}

TEST(Collect, TheWarningThresholdStandsInForACriticalOneThatIsMissing) {
  Finding unseen = finding("x", "unseen", 0.15, Verdict::kWarning);
  unseen.critical.reset();
  Facts facts;
  add_findings(facts, std::vector{unseen}, role_of);
  EXPECT_EQ(only(facts, "quality.unseen").threshold, 0.1);
}

TEST(Collect, TheWorstQualityFindingMakesTheState) {
  Finding schema = finding("x", "schema", 1.0, Verdict::kCritical);
  schema.note = "numbers in the reference, text now";
  Facts facts;
  add_findings(facts,
               std::vector{finding("x", "missing", 0.1, Verdict::kOk),
                           finding("x", "unseen", 0.1, Verdict::kWarning), schema,
                           finding("x", "type_errors", 0.1, Verdict::kOk)},
               role_of);
  const Fact& state = only(facts, "quality.state");
  EXPECT_EQ(state.value, 2.0);
  EXPECT_EQ(state.label("measure"), "schema");
  EXPECT_EQ(state.note, "numbers in the reference, text now");
  EXPECT_EQ(facts.at("quality.missing").size(), 1U);
}

TEST(Collect, AnUnknownQualityFindingIsWorseThanAnOkOne) {
  Facts facts;
  add_findings(facts,
               std::vector{finding("x", "missing", 0.1, Verdict::kOk),
                           finding("x", "unseen", 0.1, Verdict::kTooFew)},
               role_of);
  EXPECT_FALSE(only(facts, "quality.state").is_known());
}

TEST(Collect, SegmentsAndNewColumnsAreTheirOwn) {
  Finding of_segment = finding("x", "psi", 0.3, Verdict::kCritical, true);
  of_segment.segment = "JFK";
  Facts facts;
  add_findings(facts,
               std::vector{of_segment, finding("x", "psi", 0.01, Verdict::kOk, true),
                           finding("new", "schema", 1.0, Verdict::kWarning)},
               role_of);
  EXPECT_EQ(facts.at("drift.state").size(), 2U);
  EXPECT_EQ(only(facts, "quality.state").labels,
            (Labels{{"column", "new"}, {"measure", "schema"}}));
}

TEST(Collect, LeavesFindingsOfTheModelToTheCaller) {
  Facts facts;
  add_findings(facts, std::vector{finding("", "volume", 1.0, Verdict::kOk)}, role_of);
  EXPECT_TRUE(facts.by_path().empty());
}

TEST(Collect, RowsThatRepeatAreQualityWithoutAColumn) {
  Facts facts;
  add_findings(facts,
               std::vector{finding("", "duplicate_rows", 0.5, Verdict::kCritical),
                           finding("x", "missing", 0.0, Verdict::kOk)},
               role_of);
  EXPECT_EQ(only(facts, "quality.duplicate_rows").value, 0.5);
  const auto& states = facts.at("quality.state");
  ASSERT_EQ(states.size(), 2U);
  EXPECT_EQ(states[0].labels, (Labels{{"measure", "duplicate_rows"}}));
  EXPECT_EQ(states[0].value, 2.0);
}

TEST(Collect, EachMeasureOfQualityHasItsPath) {
  for (const drift::QualityMeasure& measure : drift::quality_measures()) {
    Facts facts;
    const std::string column = measure.name == "duplicate_rows" ? "" : "x";
    add_findings(facts,
                 std::vector{finding(column, std::string(measure.name), 0.3, Verdict::kCritical)},
                 role_of);
    EXPECT_EQ(only(facts, "quality." + std::string(measure.name)).value, 0.3);
    EXPECT_EQ(only(facts, "quality.state").value, 2.0);
  }
}

TEST(Collect, FewDriftedColumnsAreNoCalmWhileMostAreUnknown) {
  Facts facts;
  add_drift_summary(facts, 0, 1, std::nullopt);
  EXPECT_EQ(evaluate(tests::condition("drift.drifted_columns >= 1"), facts).truth, Truth::kUnknown);
  EXPECT_EQ(evaluate(tests::condition("drift.share > 0.3"), facts).truth, Truth::kUnknown);
  EXPECT_EQ(evaluate(tests::condition("drift.judged_columns == 1"), facts).truth, Truth::kTrue);
}

TEST(Collect, EachMeasureOfAllColumnsHasAStateOfItsOwn) {
  Facts facts;
  add_findings(
      facts,
      std::vector{finding("", "correlation", 0.3, Verdict::kCritical),
                  finding("", "mmd", 0.01, Verdict::kOk), finding("", "volume", 1.0, Verdict::kOk)},
      role_of);
  ASSERT_EQ(facts.at("multivariate.state").size(), 2U);
  EXPECT_EQ(facts.at("multivariate.state")[0].value, 2.0);
  EXPECT_NE(facts.at("multivariate.state")[0].key(), facts.at("multivariate.state")[1].key());
  EXPECT_EQ(only(facts, "multivariate.correlation").threshold, 0.2);
  EXPECT_EQ(only(facts, "multivariate.mmd").value, 0.01);
  EXPECT_TRUE(facts.at("drift.state").empty());
}

TEST(Collect, AnEmbeddingIsAColumnWithMeasuresOfItsOwn) {
  Facts facts;
  add_findings(facts,
               std::vector{finding("v", "mmd", 0.3, Verdict::kCritical, true),
                           finding("v", "norm", 0.4, Verdict::kCritical)},
               role_of);
  EXPECT_EQ(only(facts, "drift.state").label("column"), "v");
  EXPECT_EQ(only(facts, "embedding.mmd").value, 0.3);
  EXPECT_EQ(only(facts, "embedding.norm").value, 0.4);
  EXPECT_TRUE(facts.at("quality.state").empty());
  EXPECT_TRUE(facts.at("multivariate.state").empty());
}

}  // namespace
}  // namespace leeway::rules
