#include "daemon/endpoints/scoring_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace leeway::endpoint {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr TimePoint kNow{hours(24 * 20'000)};

config::Scoring scoring() {
  config::Scoring scoring;
  scoring.every = minutes(5);
  scoring.over = hours(24);
  scoring.min_rows = 30;
  scoring.warning = 0.01;
  scoring.critical = 0.1;
  return scoring;
}

ScoringState answered(std::uint64_t rows, std::uint64_t disagreed) {
  ScoringState state;
  state.round = ScoringRound{.at = kNow, .asked = true};
  state.asked = state.round;
  state.answered = kNow;
  state.comparison.rows = rows;
  state.comparison.disagreed = disagreed;
  state.comparison.disagreement = performance::wilson_interval(disagreed, rows);
  return state;
}

std::optional<Finding> found(const monitor::LiveReport& report, std::string_view measure,
                             std::string_view part = "") {
  for (const auto& live : report.findings) {
    if (live.finding.measure == measure && live.part == part) return live.finding;
  }
  return std::nullopt;
}

struct VerdictRow {
  const char* name;
  std::uint64_t rows;
  std::uint64_t disagreed;
  Verdict want;
};

class CanaryVerdict : public testing::TestWithParam<VerdictRow> {};

// The lower ends of Wilson's intervals, by statsmodels: 1 of 32 0.6 %, 2 of 32 1.7 %, 6 of 32
// 8.9 %, 7 of 32 11.0 %.
TEST_P(CanaryVerdict, HoldsTheLimitsAgainstTheLowerEndOfTheInterval) {
  const VerdictRow& row = GetParam();
  const auto report = report_of(answered(row.rows, row.disagreed), canary_kind(), scoring());
  const auto finding = found(report, "canary.disagreement");
  ASSERT_TRUE(finding);
  EXPECT_EQ(finding->verdict, row.want);
  // What a rule sees is the same: the value is above the threshold, or it is not.
  EXPECT_EQ(*finding->value > *finding->critical, row.want == Verdict::kCritical);
}

INSTANTIATE_TEST_SUITE_P(Table, CanaryVerdict,
                         testing::Values(VerdictRow{"None", 32, 0, Verdict::kOk},
                                         VerdictRow{"OneByChance", 32, 1, Verdict::kOk},
                                         VerdictRow{"Some", 32, 2, Verdict::kWarning},
                                         VerdictRow{"Many", 32, 6, Verdict::kWarning},
                                         VerdictRow{"TooMany", 32, 7, Verdict::kCritical},
                                         VerdictRow{"TooFew", 29, 1, Verdict::kTooFew}),
                         [](const auto& info) { return info.param.name; });

TEST(CanaryReport, SaysNothingBeforeTheFirstRound) {
  const auto report = report_of(ScoringState{}, canary_kind(), scoring());
  EXPECT_THAT(report.findings, IsEmpty());
}

TEST(CanaryReport, SaysWhyThereIsNothingToCompare) {
  ScoringState state;
  state.round = ScoringRound{.at = kNow, .trouble = "no batch has been taken yet", .unknown = true};
  const auto waiting = report_of(state, canary_kind(), scoring());
  EXPECT_FALSE(found(waiting, "canary.answered"));
  EXPECT_EQ(found(waiting, "canary.disagreement")->verdict, Verdict::kNoData);
  EXPECT_EQ(found(waiting, "canary.disagreement")->note, "no batch has been taken yet");
  state.round->unknown = false;
  state.round->trouble = "column 'city' is private";
  const auto refused = report_of(state, canary_kind(), scoring());
  EXPECT_EQ(found(refused, "canary.answered")->verdict, Verdict::kError);
  ScoringState empty = answered(1, 0);
  empty.comparison = {};
  empty.comparison.incomplete = 40;
  EXPECT_THAT(found(report_of(empty, canary_kind(), scoring()), "canary.disagreement")->note,
              HasSubstr("none of 40 rows has an answer to compare with"));
}

TEST(CanaryReport, HoldsUntilTheRowsJudgedTogetherHavePassed) {
  const auto report = report_of(answered(40, 0), canary_kind(), scoring());
  ASSERT_FALSE(report.findings.empty());
  for (const auto& live : report.findings) {
    EXPECT_EQ(live.good_until, kNow + hours(24) + minutes(15)) << live.finding.measure;
  }
}

TEST(ShadowReport, HasAPartForEachOfTheTwo) {
  ScoringState state = answered(100, 50);
  state.asked->failed[1] = "connection refused";
  state.has_labels = true;
  config::Scoring without_limits = scoring();
  without_limits.warning.reset();
  without_limits.critical.reset();
  const auto report = report_of(state, shadow_kind(), without_limits);
  EXPECT_EQ(found(report, "shadow.answered", "champion")->value, 1.0);
  EXPECT_EQ(found(report, "shadow.answered", "challenger")->value, 0.0);
  EXPECT_EQ(found(report, "shadow.disagreement")->verdict, Verdict::kOk);
  EXPECT_EQ(found(report, "shadow.accuracy", "champion")->verdict, Verdict::kImmature);
  EXPECT_EQ(found(report, "shadow.accuracy", "challenger")->verdict, Verdict::kImmature);
}

TEST(ScoringTotals, AreReadAsTheyWereWritten) {
  const ScoringTotals totals{
      .agreed = 1, .disagreed = 2, .incomplete = 3, .failures = {4, 0xFFFF'FFFF'FFFF'FFFFU}};
  const auto read = ScoringTotals::parse(totals.serialize());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, totals);
  for (const char* wrong : {"", "[]", R"({"version":2})", R"({"version":1,"agreed":-1})"}) {
    EXPECT_FALSE(ScoringTotals::parse(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace leeway::endpoint
