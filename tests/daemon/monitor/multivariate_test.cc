#include "daemon/monitor/multivariate.h"

#include <gmock/gmock.h>

namespace leeway::monitor {
namespace {

using multivariate::Measured;
using multivariate::Null;
using multivariate::Shown;

tables::MeasuredDrift drift(std::string column, std::string measure, double value) {
  return {.column = std::move(column),
          .measure = std::move(measure),
          .measured = Measured{.value = value,
                               .null = Null::normal(0.5, 0.02),
                               .p_value = 0.01,
                               .moved = "x and y parted"}};
}

/// Thirty windows like independent rows.
MultivariateBaseline calm(const std::string& column, const std::string& measure) {
  MultivariateBaseline baseline;
  for (int i = 0; i < 30; ++i) {
    const Null null = Null::normal(0.5, 0.02);
    baseline.shown[{column, measure}].push_back({null.quantile((i + 0.5) / 30.0), null});
  }
  return baseline;
}

TEST(MultivariateFindings, AreCriticalBeyondWhatTheReferencesWindowsShow) {
  const auto baseline = calm("", "domain_classifier");
  const auto far = multivariate_findings(baseline, {}, {drift("", "domain_classifier", 0.8)});
  ASSERT_EQ(far.size(), 1U);
  EXPECT_EQ(far[0].column, "");
  EXPECT_EQ(far[0].verdict, Verdict::kCritical);
  EXPECT_FALSE(far[0].deciding);
  EXPECT_EQ(far[0].note, "x and y parted");
  const auto near = multivariate_findings(baseline, {}, {drift("", "domain_classifier", 0.52)});
  EXPECT_EQ(near[0].verdict, Verdict::kOk);
}

TEST(MultivariateFindings, HaveLimitsThatRiseWithTheNumberOfTests) {
  const auto critical = [](std::size_t tests) {
    const auto findings =
        multivariate_findings(calm("", "domain_classifier"), {.multivariate_tests = tests},
                              {drift("", "domain_classifier", 0.52)});
    return findings.at(0).critical.value_or(0.0);
  };
  EXPECT_GT(critical(1), 0.5);
  EXPECT_GT(critical(8), critical(1));
}

TEST(MultivariateFindings, WithoutWindowsAreAtMostWarnings) {
  const auto findings = multivariate_findings({}, {}, {drift("", "domain_classifier", 0.9)});
  EXPECT_EQ(findings.at(0).verdict, Verdict::kWarning);
  EXPECT_EQ(findings.at(0).basis, ThresholdBasis::kIid);
}

TEST(MultivariateFindings, KeepToTheLimitsOfTheUser) {
  const threshold::Policy policy{
      .fixed = {{"domain_classifier", {.warning = 0.6, .critical = 0.7}}}};
  const auto findings = multivariate_findings({}, policy, {drift("", "domain_classifier", 0.9)});
  EXPECT_EQ(findings.at(0).verdict, Verdict::kCritical);
  EXPECT_EQ(findings.at(0).basis, ThresholdBasis::kFixed);
}

TEST(MultivariateFindings, OfAnEmbeddingAreItsColumnsAndTheFirstDecides) {
  const auto findings = multivariate_findings(
      calm("v", "mmd"), {}, {drift("v", "mmd", 0.9), drift("v", "cosine", 0.001)});
  EXPECT_EQ(findings.at(0).column, "v");
  EXPECT_TRUE(findings.at(0).deciding);
  EXPECT_EQ(findings.at(0).verdict, Verdict::kCritical);
  EXPECT_FALSE(findings.at(1).deciding);
}

TEST(MultivariateFindings, SayWhatCouldNotBeMeasured) {
  tables::MeasuredDrift few{.column = "", .measure = "mmd", .measured = {}};
  few.trouble = "12 rows are too few";
  few.too_few = true;
  tables::MeasuredDrift broken{.column = "", .measure = "correlation", .measured = {}};
  broken.trouble = "no eigenvalues";
  const auto findings = multivariate_findings({}, {}, {few, broken});
  EXPECT_EQ(findings.at(0).verdict, Verdict::kTooFew);
  EXPECT_EQ(findings.at(0).note, "12 rows are too few");
  EXPECT_EQ(findings.at(1).verdict, Verdict::kError);
}

TEST(MultivariateBaseline, LeavesOutColumnsThatTellTheWindowsApart) {
  tables::MeasurePlan plan;
  plan.columns = {{.index = 0, .name = "x"}, {.index = 1, .name = "row_number"}};
  tables::MeasureAnswer answer;
  answer.clocks = {"row_number"};
  answer.windows = {{drift("", "mmd", 0.5)}, {drift("", "mmd", 0.6)}};
  const MultivariateBaseline baseline = baseline_of(plan, answer);
  ASSERT_EQ(baseline.columns.size(), 1U);
  EXPECT_EQ(baseline.columns[0].name, "x");
  EXPECT_EQ((baseline.shown.at({"", "mmd"}).size()), 2U);
}

}  // namespace
}  // namespace leeway::monitor
