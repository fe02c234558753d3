#include "daemon/monitor/view.h"

#include <gtest/gtest.h>

#include <set>

#include "detectors/drift/quality_measures.h"

namespace leeway::monitor {
namespace {

constexpr TimePoint kNow{std::chrono::hours(24 * 20'000)};

config::Model model() {
  config::Model model;
  model.name = "m";
  model.quality.freshness = std::chrono::hours(6);
  return model;
}

Finding psi(std::string column, double value, Verdict verdict) {
  Finding finding;
  finding.column = std::move(column);
  finding.measure = "psi";
  finding.value = value;
  finding.warning = 0.1;
  finding.critical = 0.2;
  finding.verdict = verdict;
  finding.deciding = true;
  return finding;
}

View judged() {
  View view;
  view.window = store::Window{};
  view.window->rows = 1000;
  view.last_arrival = kNow;
  view.findings = {psi("a", 0.3, Verdict::kCritical), psi("b", 0.01, Verdict::kOk)};
  view.summary = {.judged = 2, .drifted = 1, .unknown = 0, .share = 0.5};
  return view;
}

TEST(View, TheWorstKnownVerdictIsTheStatus) {
  EXPECT_EQ(status_of(View{}), Status::kStarting);
  EXPECT_EQ(status_of(judged()), Status::kCritical);
  View unknown = judged();
  unknown.findings = {psi("a", 0.3, Verdict::kTooFew)};
  EXPECT_EQ(status_of(unknown), Status::kUnknown);
  View broken = judged();
  broken.trouble = "reference: no such file";
  EXPECT_EQ(status_of(broken), Status::kError);
}

TEST(View, FreshnessIsCriticalBeyondItsLimit) {
  View view = judged();
  EXPECT_EQ(judge_freshness(view, std::chrono::hours(6), kNow + std::chrono::hours(5)).verdict,
            Verdict::kOk);
  EXPECT_EQ(judge_freshness(view, std::chrono::hours(6), kNow + std::chrono::hours(7)).verdict,
            Verdict::kCritical);
  view.last_arrival.reset();
  EXPECT_EQ(judge_freshness(view, std::chrono::hours(6), kNow).verdict, Verdict::kNoData);
}

TEST(View, RulesSeeTheFindingsOfTheNewestWindow) {
  const rules::Facts facts = facts_of(judged(), nullptr, model(), 3, kNow);
  ASSERT_EQ(facts.at("drift.share").size(), 1U);
  EXPECT_EQ(facts.at("drift.share")[0].value, 0.5);
  EXPECT_EQ(facts.at("drift.psi").size(), 2U);
  EXPECT_EQ(facts.at("delivery.dead")[0].value, 3.0);
  EXPECT_EQ(facts.at("freshness.age")[0].value, 0.0);
}

TEST(View, RulesSeeNoDriftWhileLearning) {
  View view = judged();
  view.learning = true;
  EXPECT_TRUE(facts_of(view, nullptr, model(), 0, kNow).at("drift.psi").empty());
}

TEST(View, EverySeriesIsExportedOnce) {
  View view = judged();
  view.missing = {{"a", 0.0}, {"b", 0.1}};
  Finding missing;
  missing.column = "b";
  missing.measure = "missing";
  missing.value = 0.1;
  view.findings.push_back(missing);
  view.counters[{"leeway_rows_total", "judged"}] = 1000.0;
  view.firing["dataset_drifted"] = "warning";
  std::set<std::string> seen;
  for (const exporter::Series& series : metrics_of(view, model()).series) {
    std::string key(exporter::describe(series.family).name);
    for (const auto& [name, value] : series.labels) key += "," + std::string(name) + "=" + value;
    EXPECT_TRUE(seen.insert(key).second) << key;
  }
  EXPECT_TRUE(seen.contains("leeway_rows_total,environment=production,model=m,outcome=judged"));
  EXPECT_TRUE(seen.contains("leeway_finding_state,environment=production,model=m,column=a"));
}

TEST(View, EveryMeasureOfQualityHasASeriesThatIsKeptWhereItIsNotOk) {
  for (const drift::QualityMeasure& measure : drift::quality_measures()) {
    View view = judged();
    Finding finding;
    finding.column = measure.name == "duplicate_rows" ? "" : "c";
    finding.measure = measure.name;
    finding.value = 0.125;
    finding.verdict = Verdict::kCritical;
    view.findings.push_back(finding);
    int found = 0;
    for (const exporter::Series& series : metrics_of(view, model()).series) {
      if (series.value != 0.125) continue;
      ++found;
      EXPECT_LE(series.detail, exporter::Detail::kColumn) << measure.name;
    }
    EXPECT_EQ(found, 1) << measure.name;
  }
}

}  // namespace
}  // namespace leeway::monitor
