#include "daemon/endpoints/endpoint_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/endpoints/probes.h"

namespace leeway::endpoint {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;
using tests::endpoint_config;
using tests::good_probe;
using tests::kProbed;
using tests::late_probe;
using tests::refused_probe;
using tests::served;

config::ModelEndpoint with_objectives() {
  auto config = endpoint_config();
  config.latency = {.quantile = 0.99, .limit = milliseconds(250), .over = hours(1)};
  config.availability = {.objective = 0.99, .over = hours(1)};
  return config;
}

std::optional<Finding> found(const monitor::LiveReport& report, std::string_view measure) {
  for (const auto& live : report.findings) {
    if (live.finding.measure == measure) return live.finding;
  }
  return std::nullopt;
}

/// @param slow  how many of the probes take longer than the limit
/// @param late  how many of them have no answer at all
EndpointState probed(int probes, int slow, int late = 0) {
  EndpointState state(with_objectives(), "production/m");
  for (int i = 0; i < probes; ++i) {
    const TimePoint at = kProbed + seconds(12) * i;
    if (i < late) {
      state.take(late_probe(at));
    } else {
      state.take(good_probe(at, i < slow ? milliseconds(400) : milliseconds(20)));
    }
  }
  return state;
}

monitor::LiveReport reported(const EndpointState& state) {
  return report_of(state, with_objectives(), "http://m", state.last->at);
}

TEST(EndpointReport, WarnsTwoWeeksBeforeACertificateExpires) {
  EndpointState state(endpoint_config(), "production/m");
  auto probe = good_probe(kProbed, milliseconds(20));
  EXPECT_TRUE(probe.up);
  state.take(probe);
  EXPECT_FALSE(found(reported(state), "endpoint.certificate"));  // no TLS

  const auto left = [&](Duration until, Duration life) {
    probe.certificate = {.from = kProbed + until - life, .until = kProbed + until};
    state.take(probe);
    return *found(reported(state), "endpoint.certificate");
  };
  const auto days = [](int count) { return Duration(std::chrono::days(count)); };
  EXPECT_EQ(left(days(15), days(90)).verdict, Verdict::kOk);
  const Finding soon = left(days(13), days(90));
  EXPECT_EQ(soon.verdict, Verdict::kWarning);
  EXPECT_EQ(soon.value, to_seconds(days(13)));
  EXPECT_EQ(soon.warning, to_seconds(days(14)));
  EXPECT_EQ(soon.note, "a certificate of its chain expires at " + to_rfc3339(kProbed + days(13)) +
                           "; clients refuse it from then on");
  // A short one is renewed late in its life.
  EXPECT_EQ(left(hours(7), days(1)).verdict, Verdict::kOk);
  EXPECT_EQ(left(hours(5), days(1)).verdict, Verdict::kWarning);
}

TEST(ProbesNeeded, ForThe99thHundredthAre300) {
  EXPECT_EQ(probes_needed(0.99), 300U);
  EXPECT_EQ(probes_needed(0.95), 60U);
  EXPECT_EQ(probes_needed(0.5), 30U);
}

TEST(EndpointReport, LatencyIsTooFewBelow300ProbesAndJudgedFromThereOn) {
  const auto few = found(reported(probed(290, 290)), "endpoint.latency");
  ASSERT_TRUE(few);
  EXPECT_EQ(few->verdict, Verdict::kTooFew);
  EXPECT_EQ(few->note, "290 of 300 probes");
  EXPECT_EQ(found(reported(probed(300, 3)), "endpoint.latency")->verdict, Verdict::kOk);
  const auto slow = found(reported(probed(300, 4)), "endpoint.latency");
  EXPECT_EQ(slow->verdict, Verdict::kWarning);
  EXPECT_GT(*slow->value, *slow->warning);
}

TEST(EndpointReport, AProbeWithoutAnAnswerIsSlowerThanAnyLimit) {
  const auto finding = found(reported(probed(300, 0, 4)), "endpoint.latency");
  EXPECT_EQ(finding->verdict, Verdict::kWarning);
  EXPECT_EQ(finding->value, 2.0);
  EXPECT_EQ(finding->note, "4 of 300 probes had no answer within 2s");
}

TEST(EndpointReport, AWindowThatCanNeverHaveEnoughSaysSo) {
  auto config = with_objectives();
  config.every = seconds(15);
  EndpointState state(config, "production/m");
  state.take(good_probe(kProbed, milliseconds(5)));
  const auto finding = found(report_of(state, config, "http://m", kProbed), "endpoint.latency");
  EXPECT_EQ(finding->note,
            "1 of 300 probes; 1h at one every 15s never has more: probe more often or look over a "
            "longer time");
}

TEST(EndpointReport, AvailabilityMissesItsObjectiveOnlyWithProbesEnough) {
  EndpointState few(with_objectives(), "production/m");
  for (int i = 0; i < 50; ++i) {
    const TimePoint at = kProbed + seconds(12) * i;
    few.take(i == 0 ? refused_probe(at) : good_probe(at, milliseconds(5)));
  }
  EXPECT_EQ(found(reported(few), "endpoint.availability")->verdict, Verdict::kTooFew);
  const auto missed = found(reported(probed(200, 0, 3)), "endpoint.availability");
  EXPECT_EQ(missed->verdict, Verdict::kWarning);
  EXPECT_EQ(missed->note, "3 of 200 probes failed");
  EXPECT_EQ(found(reported(probed(200, 0, 2)), "endpoint.availability")->verdict, Verdict::kOk);
}

TEST(EndpointReport, AChangeHoldsForAnHour) {
  EndpointState state(endpoint_config(), "production/m");
  auto first = good_probe(kProbed, milliseconds(5));
  first.metadata = served("3");
  auto second = good_probe(kProbed + minutes(1), milliseconds(5));
  second.metadata = served("4");
  state.take(first);
  state.take(second);
  const auto at = [&state](Duration after) {
    return *found(report_of(state, endpoint_config(), "http://m", kProbed + after),
                  "endpoint.version");
  };
  EXPECT_EQ(at(minutes(1)).value, 1.0);
  EXPECT_THAT(at(minutes(1)).note, HasSubstr("version 4"));
  EXPECT_EQ(at(minutes(60)).value, 1.0);
  EXPECT_EQ(at(minutes(61)).value, 0.0);
}

TEST(EndpointReport, GoldenRowsThatDifferAreCriticalWithTheirSentence) {
  auto config = endpoint_config();
  config.golden =
      config::GoldenRows{.file = "g.json", .every = minutes(5), .absolute = {}, .relative = {}};
  EndpointState state(config, "production/m");
  auto probe = good_probe(kProbed, milliseconds(5));
  probe.golden = {{.name = "basic", .matched = true},
                  {.name = "edge", .matched = false, .sentence = "golden 'edge': output differs"}};
  state.take(probe);
  state.take(good_probe(kProbed + seconds(12), milliseconds(5)));  // did not ask for them
  const auto finding =
      found(report_of(state, config, "http://m", kProbed + seconds(12)), "endpoint.golden");
  ASSERT_TRUE(finding);
  EXPECT_EQ(finding->value, 0.5);
  EXPECT_EQ(finding->verdict, Verdict::kCritical);
  EXPECT_EQ(finding->note, "golden 'edge': output differs");
}

TEST(EndpointReport, BucketsOfAHistogramAscendToItsCount) {
  const auto report = reported(probed(100, 30));
  const auto total = std::ranges::find_if(report.series, [](const exporter::Series& series) {
    return series.distribution && series.labels[0].second == "total";
  });
  ASSERT_NE(total, report.series.end());
  EXPECT_TRUE(std::ranges::is_sorted(total->distribution->counts));
  EXPECT_EQ(total->distribution->counts.back(), 100U);
  EXPECT_EQ(total->distribution->count, 100U);
  EXPECT_NEAR(total->distribution->sum, 70 * 0.02 + 30 * 0.4, 1e-9);
}

TEST(EndpointReport, WhatCannotBeAskedIsUnknownAndSaysWhy) {
  const auto report =
      report_of_trouble(endpoint_config(), "http://m", "credential 'model' is missing", kProbed);
  const auto finding = found(report, "endpoint.up");
  EXPECT_EQ(finding->verdict, Verdict::kError);
  EXPECT_EQ(finding->value, std::nullopt);
}

}  // namespace
}  // namespace leeway::endpoint
