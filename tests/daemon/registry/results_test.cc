#include "daemon/registry/results.h"

#include <gmock/gmock.h>

#include <limits>
#include <map>

namespace leeway::registry {
namespace {

using testing::ElementsAre;
using testing::Pair;

store::Window window() {
  store::Window window;
  window.model = "production/flights";
  window.start = *parse_time("2001-02-02");
  window.end = *parse_time("2001-02-03");
  window.state = store::WindowState::kJudged;
  window.rows = 400;
  window.reference_id = "r1";
  return window;
}

Finding finding(std::string column, std::string measure, double value, Verdict verdict,
                bool deciding = false) {
  Finding finding;
  finding.column = std::move(column);
  finding.measure = std::move(measure);
  finding.value = value;
  finding.verdict = verdict;
  finding.deciding = deciding;
  finding.note = "a private value";
  finding.shifts = {{.what = "'a private value'", .reference = 0.1, .current = 0.9}};
  return finding;
}

profile::Schema schema() {
  profile::Schema schema;
  for (const char* name : {"delay", "carrier"}) {
    profile::Column column;
    column.name = name;
    schema.columns.push_back(std::move(column));
  }
  return schema;
}

std::map<std::string, double> by_key(const Results& results) {
  std::map<std::string, double> values;
  for (const Metric& metric : results.metrics) {
    EXPECT_TRUE(values.emplace(metric.key, metric.value).second) << metric.key << " is there twice";
    EXPECT_EQ(metric.time, window().end);
    EXPECT_EQ(metric.step, 981158400000);
  }
  return values;
}

TEST(Results, AreStatusDriftQualityAndWhatIsMeasuredOfTheModel) {
  const profile::Schema columns = schema();
  const Results results = results_of(
      window(),
      {finding("", "volume", 1.25, Verdict::kOk),
       finding("delay", "psi", 0.3, Verdict::kCritical, true),
       finding("delay", "ks", 0.2, Verdict::kOk), finding("delay", "missing", 0.01, Verdict::kOk),
       finding("carrier", "psi", 0.02, Verdict::kOk, true),
       finding("", "domain_classifier", 0.51, Verdict::kOk)},
      &columns);
  EXPECT_THAT(
      by_key(results),
      ElementsAre(Pair("leeway/domain_classifier", 0.51), Pair("leeway/drift.drifted_columns", 1.0),
                  Pair("leeway/drift.judged_columns", 2.0), Pair("leeway/drift.share", 0.5),
                  Pair("leeway/missing/delay", 0.01), Pair("leeway/psi/carrier", 0.02),
                  Pair("leeway/psi/delay", 0.3), Pair("leeway/rows", 400.0),
                  Pair("leeway/status", 2.0), Pair("leeway/volume", 1.25)));
  EXPECT_THAT(results.tags,
              ElementsAre(Pair("leeway.reference", "r1"), Pair("leeway.status", "critical"),
                          Pair("leeway.window_end", "2001-02-03T00:00:00Z")));
}

TEST(Results, LeaveOutWhatIsUnknownOrNoNumberAndSegments) {
  Finding of_segment = finding("delay", "psi", 0.4, Verdict::kCritical, true);
  of_segment.segment = "origin=JFK";
  const profile::Schema columns = schema();
  const Results results = results_of(
      window(),
      {finding("delay", "psi", 0.3, Verdict::kTooFew, true), of_segment,
       finding("carrier", "psi", std::numeric_limits<double>::infinity(), Verdict::kUncertain,
               true),
       finding("carrier", "unseen", std::numeric_limits<double>::infinity(), Verdict::kOk)},
      &columns);
  EXPECT_THAT(by_key(results), ElementsAre(Pair("leeway/drift.judged_columns", 0.0),
                                           Pair("leeway/rows", 400.0), Pair("leeway/status", 2.0)));
}

TEST(Results, OfAWindowThatIsLearnedFromHaveNoShareOfDrift) {
  const Results results = results_of(window(), {}, nullptr);
  EXPECT_THAT(by_key(results),
              ElementsAre(Pair("leeway/rows", 400.0), Pair("leeway/status", -1.0)));
  EXPECT_EQ(results.tags.at("leeway.status"), "unknown");
}

}  // namespace
}  // namespace leeway::registry
