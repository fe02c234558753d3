#include "daemon/monitor/live_board.h"

#include <gtest/gtest.h>

#include "daemon/monitor/live_history.h"
#include "daemon/monitor/view.h"

namespace leeway::monitor {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr TimePoint kNow{hours(24 * 20'000)};

LiveReport up(double value, TimePoint observed_at) {
  LiveFinding live;
  live.finding.measure = "endpoint.up";
  live.finding.value = value;
  live.finding.verdict = value == 0.0 ? Verdict::kCritical : Verdict::kOk;
  live.observed_at = observed_at;
  live.good_until = observed_at + minutes(1);
  return {.findings = {live}, .series = {}, .details = {}};
}

TEST(LiveBoard, SaysUrgentWhenAVerdictChangedAndOnlyThen) {
  LiveBoard board;
  std::vector<bool> heard;
  board.on_change([&heard](bool urgent) { heard.push_back(urgent); });
  board.publish("endpoint", up(1.0, kNow));
  board.publish("endpoint", up(1.0, kNow + seconds(15)));
  board.publish("endpoint", up(0.0, kNow + seconds(30)));
  board.publish("compute", up(0.0, kNow + seconds(30)));
  EXPECT_EQ(heard, (std::vector{true, false, true, true}));
}

TEST(LiveBoard, AnObservationThatIsTooOldIsNoDataWithoutAValue) {
  LiveBoard board;
  board.publish("endpoint", up(0.0, kNow));
  const auto fresh = as_of(board.reports(), kNow + minutes(1));
  EXPECT_EQ(fresh.at("endpoint"), board.reports().at("endpoint"));
  const auto old = as_of(board.reports(), kNow + minutes(1) + seconds(1));
  const Finding& finding = old.at("endpoint")->findings.front().finding;
  EXPECT_EQ(finding.verdict, Verdict::kNoData);
  EXPECT_EQ(finding.value, std::nullopt);
}

TEST(LiveHistory, HasEachChangeOfAVerdictAndASampleAnHour) {
  LiveHistory history("production/m");
  std::vector<int> written;
  for (int minute = 0; minute < 180; ++minute) {
    LiveBoard board;
    const TimePoint now = kNow + minutes(minute);
    board.publish("endpoint", up(minute == 70 ? 0.0 : 1.0, now));
    const auto samples = history.due(board.reports(), now);
    history.wrote(samples);
    if (!samples.empty()) written.push_back(minute);
  }
  EXPECT_EQ(written, (std::vector{0, 60, 70, 71, 131}));
}

TEST(View, LiveFindingsAreFactsWithTheTimeOfTheirObservation) {
  View view;
  view.has_batches = false;
  LiveBoard board;
  LiveReport report = up(0.0, kNow);
  report.findings.front().part = "challenger";
  board.publish("endpoint", std::move(report));
  view.live = board.reports();
  EXPECT_EQ(status_of(view), Status::kCritical);
  const config::Model model;
  const rules::Facts facts = facts_of(view, nullptr, model, 0, kNow);
  ASSERT_EQ(facts.at("endpoint.up").size(), 1U);
  const rules::Fact& fact = facts.at("endpoint.up").front();
  EXPECT_EQ(fact.key(), "endpoint.up{part=\"challenger\"}");
  EXPECT_EQ(fact.observed_at, kNow);
  EXPECT_TRUE(facts.at("freshness.age").empty());
}

TEST(View, AFailingEndpointShowsWhileTheReferenceIsLearned) {
  View view;
  view.learning = true;
  LiveBoard board;
  board.publish("endpoint", up(1.0, kNow));
  view.live = board.reports();
  EXPECT_EQ(status_of(view), Status::kLearning);
  board.publish("endpoint", up(0.0, kNow));
  view.live = board.reports();
  EXPECT_EQ(status_of(view), Status::kCritical);
}

TEST(View, SeriesOfASourceCarryTheModel) {
  View view;
  view.has_batches = false;
  LiveBoard board;
  LiveReport report = up(1.0, kNow);
  report.series.push_back(
      {.family = exporter::Family::kRows, .labels = {{"outcome", "judged"}}, .value = 3.0});
  board.publish("endpoint", std::move(report));
  view.live = board.reports();
  config::Model model;
  model.name = "m";
  const auto metrics = metrics_of(view, model);
  const auto found =
      std::ranges::find(metrics.series, exporter::Family::kRows, &exporter::Series::family);
  ASSERT_NE(found, metrics.series.end());
  EXPECT_EQ(found->labels[1], (std::pair<std::string_view, std::string>{"model", "m"}));
  EXPECT_EQ(found->labels[2], (std::pair<std::string_view, std::string>{"outcome", "judged"}));
  const auto state = std::ranges::find(metrics.series, exporter::Family::kLiveFindingState,
                                       &exporter::Series::family);
  ASSERT_NE(state, metrics.series.end());
  EXPECT_EQ(state->labels.size(), 3U);  // without a part there is no such label
}

}  // namespace
}  // namespace leeway::monitor
