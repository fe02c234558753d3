#include "daemon/compute/report.h"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <map>
#include <set>

#include "daemon/rules/paths.h"

namespace leeway::compute {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

const TimePoint kStart = *parse_time("2026-03-02T00:00:00Z");

config::Compute settings() {
  config::Compute compute;
  compute.memory = {.warning = 0.9, .critical = 0.97};
  compute.throttling = {.warning = 0.25, .critical = {}};
  compute.every = minutes(1);
  compute.price = config::ComputePrice{};
  compute.price->currency = "EUR";
  compute.price->per_hour = 1.0;
  compute.budget_per_day = 12.0;
  return compute;
}

Reading cgroup(double cpu_seconds, double memory) {
  Reading reading;
  reading.add(Metric::kCpuSeconds, cpu_seconds);
  reading.add(Metric::kCpuLimitCores, 4.0);
  reading.add(Metric::kMemoryBytes, memory);
  reading.add(Metric::kMemoryLimitBytes, 100.0);
  reading.add(Metric::kOomKills, 0.0);
  reading.lacks(Metric::kCpuStalledSeconds, "no pressure stall information");
  return reading;
}

/// A model that was watched for some hours at one of four CPUs.
struct Watched {
  Account account;
  Week week;
  config::Compute with = settings();
  Known known{.now = {},
              .good_until = {},
              .step = {},
              .sources = {},
              .opencost_error = {},
              .endpoint_counts = false};

  explicit Watched(int hours_watched, double memory = 50.0) {
    for (int hour = 0; hour <= hours_watched; ++hour) {
      const Reading reading = cgroup(3600.0 * hour, memory);
      known.now = kStart + hours(hour);
      known.step = account.add(known.now, {{"cgroup", reading}}, {.per_hour = 1.0});
      week.need.add(known.now, known.step.usage, known.step.cost);
      week.observe(known.now, {known.step.usage.cores()});
      SourceState state{.kind = "cgroup", .error = {}, .absent = reading.absent, .present = {}};
      for (const Sample& sample : reading.samples) state.present.push_back(sample.metric);
      known.sources = {state};
    }
    known.good_until = known.now + minutes(3);
  }

  monitor::LiveReport report() const { return compute::report(known, account, week, with); }
};

const monitor::LiveFinding* find(const monitor::LiveReport& report, std::string_view path,
                                 std::string_view part = {}) {
  for (const monitor::LiveFinding& live : report.findings) {
    if (live.finding.measure == path && live.part == part) return &live;
  }
  return nullptr;
}

std::optional<double> value(const monitor::LiveReport& report, exporter::Family family,
                            std::string_view label = {}) {
  for (const exporter::Series& series : report.series) {
    if (series.family != family) continue;
    if (label.empty() || series.labels.back().second == label) return series.value;
  }
  return std::nullopt;
}

TEST(ComputeReport, EveryFindingIsAPathThatRulesKnow) {
  const auto report = Watched(80).report();
  EXPECT_GE(report.findings.size(), 8U);
  for (const monitor::LiveFinding& live : report.findings) {
    EXPECT_NE(rules::find_path(live.finding.measure), nullptr) << live.finding.measure;
    EXPECT_TRUE(live.good_until) << live.finding.measure;
  }
}

TEST(ComputeReport, UseIsJudgedByItsLimits) {
  const auto calm = Watched(2).report();
  EXPECT_DOUBLE_EQ(*find(calm, "compute.cpu")->finding.value, 0.25);
  EXPECT_EQ(find(calm, "compute.memory")->finding.verdict, Verdict::kOk);
  const auto full = Watched(2, 98.0).report();
  EXPECT_EQ(find(full, "compute.memory")->finding.verdict, Verdict::kCritical);
  EXPECT_EQ(find(full, "compute.memory")->finding.critical, 0.97);
}

TEST(ComputeReport, WhatASourceCannotGiveIsNoDataWithItsReasonAndWhatNoneWouldIsLeftOut) {
  const auto report = Watched(2).report();
  const auto* stalled = find(report, "compute.stalled", "cpu");
  ASSERT_NE(stalled, nullptr);
  EXPECT_EQ(stalled->finding.verdict, Verdict::kNoData);
  EXPECT_FALSE(stalled->finding.value);
  EXPECT_EQ(stalled->finding.note, "cgroup: no pressure stall information");
  EXPECT_EQ(find(report, "compute.gpu"), nullptr);
}

TEST(ComputeReport, ASourceThatFailsIsAWarningInItsOwnWords) {
  Watched watched(2);
  watched.known.sources[0].error = "no group 'x'";
  const auto report = watched.report();
  EXPECT_EQ(find(report, "compute.source", "cgroup")->finding.value, 0.0);
  EXPECT_EQ(find(report, "compute.source", "cgroup")->finding.note, "no group 'x'");
}

TEST(ComputeReport, TheBudgetOfTheDayIsReachedAtOne) {
  const auto before = Watched(6).report();
  EXPECT_DOUBLE_EQ(*find(before, "cost.budget")->finding.value, 0.5);
  EXPECT_EQ(find(before, "cost.budget")->finding.note, "6 EUR of 12 EUR a day");
  const auto after = Watched(12).report();
  EXPECT_EQ(find(after, "cost.budget")->finding.verdict, Verdict::kCritical);
}

TEST(ComputeReport, AMonthThatHeadsOverItsBudgetsIsAWarningWithItsInterval) {
  const auto report = Watched(24 * 5).report();
  const auto* forecast = find(report, "cost.forecast");
  ASSERT_NE(forecast, nullptr);
  // 24 a day on 30 of 31 days, where 12 would do on 31.
  EXPECT_NEAR(*forecast->finding.value, 24.0 * 30.0 / (12.0 * 31.0), 1e-9);
  EXPECT_EQ(forecast->finding.verdict, Verdict::kWarning);
  EXPECT_EQ(forecast->finding.note,
            "720 EUR by the month's end, the days may cost 372 EUR; between 720 EUR and 720 EUR in "
            "nine of ten cases");
}

TEST(ComputeReport, IdleCostAndSavingsArePointedOut) {
  const auto report = Watched(80).report();
  EXPECT_NEAR(*find(report, "cost.idle")->finding.value, 0.75, 1e-9);
  EXPECT_EQ(find(report, "cost.idle")->finding.note,
            "60 EUR of 80 EUR were for time in which nothing was done");
  const auto* saving = find(report, "cost.saving", "over_provisioned");
  // Half of the memory is in use, so no smaller machine would do with 30 % to spare.
  EXPECT_EQ(saving->finding.value, 0.0);
  const auto small = Watched(80, 10.0).report();
  saving = find(small, "cost.saving", "over_provisioned");
  EXPECT_NEAR(*saving->finding.value, 12.0, 1e-9);
  EXPECT_EQ(saving->finding.verdict, Verdict::kWarning);
  EXPECT_EQ(saving->finding.note,
            "at most 25 % of what is paid for was used at once in the last 80 hours: with 30 % to "
            "spare, 1/2 of it would do; that saves 12 EUR a day");
}

TEST(ComputeReport, DriftIsLearningForAWeekAndSaysHowLong) {
  const auto report = Watched(24).report();
  const auto* drift = find(report, "compute.drift", "cpu");
  ASSERT_NE(drift, nullptr);
  EXPECT_EQ(drift->finding.verdict, Verdict::kLearning);
  EXPECT_EQ(find(report, "compute.drift", "gpu"), nullptr) << "nobody gives it";
}

TEST(ComputeReport, CostAndWhatIsUsedAreCountersUnderTheModelsName) {
  const auto report = Watched(10).report();
  EXPECT_EQ(value(report, exporter::Family::kComputeCpuSeconds), 36'000.0);
  EXPECT_EQ(value(report, exporter::Family::kComputeMemoryBytes), 50.0);
  EXPECT_DOUBLE_EQ(*value(report, exporter::Family::kCost, "EUR"), 10.0);
  EXPECT_DOUBLE_EQ(*value(report, exporter::Family::kCostIdle, "EUR"), 7.5);
  EXPECT_EQ(value(report, exporter::Family::kCostBudgetPerDay), 12.0);
  EXPECT_FALSE(value(report, exporter::Family::kPredictions)) << "nobody counts them: no 0";
}

TEST(ComputeReport, SeriesOfOneFamilyDifferInTheirLabels) {
  const auto report = Watched(24 * 5).report();
  std::map<exporter::Family, std::set<std::string>> seen;
  for (const exporter::Series& series : report.series) {
    std::string labels;
    for (const auto& [name, text] : series.labels) labels += std::string(name) + "=" + text + ";";
    EXPECT_TRUE(seen[series.family].insert(labels).second) << labels;
  }
  EXPECT_EQ(seen[exporter::Family::kCostForecast].size(), 3U);
}

TEST(ComputeReport, TheApiShowsWhatEachSourceCanAndCannotGive) {
  const auto details = Watched(2).report().details;
  const auto& source = details.at("sources").as_array().at(0).as_object();
  EXPECT_EQ(source.at("source"), "cgroup");
  EXPECT_EQ(source.at("available").as_array().size(), 5U);
  EXPECT_EQ(source.at("unavailable").as_object().at("cpu_stalled_seconds"),
            "no pressure stall information");
  EXPECT_EQ(details.at("cost").as_object().at("currency"), "EUR");
}

}  // namespace
}  // namespace leeway::compute
