#include "detectors/drift/compare.h"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/detectors/drift/samples.h"

namespace leeway::drift {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using threshold::Policy;
using threshold::Thresholds;

/// A month of steady windows of 2,000 rows.
profile::Reference month() {
  Random random(1);
  std::vector<std::vector<double>> windows(30);
  for (auto& window : windows) window = normals(2000, random, 100.0, 10.0);
  return reference_of(windows);
}

Thresholds learned(const profile::Reference& reference, Policy policy = {}) {
  return Thresholds::learn(reference, {"psi", "ks"}, {"psi"}, std::move(policy));
}

std::vector<Finding> compared(const profile::Reference& reference,
                              const std::vector<double>& current, const Policy& policy = {},
                              const CompareOptions& options = {}) {
  return compare(reference, {}, window_of(reference, current), {}, learned(reference, policy),
                 options);
}

const Finding& finding(const std::vector<Finding>& findings, std::string_view measure,
                       std::string_view column = "x") {
  for (const Finding& one : findings) {
    if (one.measure == measure && one.column == column) return one;
  }
  ADD_FAILURE() << "no finding " << measure << " of " << column;
  return findings.front();
}

TEST(Compare, IsQuietWhileNothingMoves) {
  const profile::Reference reference = month();
  Random random(2);
  const auto findings = compared(reference, normals(2000, random, 100.0, 10.0));
  for (const char* measure : {"psi", "ks", "missing"}) {
    EXPECT_EQ(finding(findings, measure).verdict, Verdict::kOk) << measure;
    EXPECT_THAT(finding(findings, measure).note, IsEmpty());
  }
  EXPECT_EQ(findings.size(), 3U);
  EXPECT_TRUE(finding(findings, "psi").deciding);
  EXPECT_FALSE(finding(findings, "ks").deciding);
}

TEST(Compare, SaysWhatMovedMost) {
  const profile::Reference reference = month();
  Random random(3);
  const auto findings = compared(reference, normals(2000, random, 108.0, 10.0));
  const Finding& psi = finding(findings, "psi");
  EXPECT_EQ(psi.verdict, Verdict::kCritical);
  EXPECT_THAT(psi.note, HasSubstr("values from 112"));
  EXPECT_THAT(psi.note, HasSubstr("on rose from 10.0 % to 3"));
  EXPECT_EQ(finding(findings, "ks").verdict, Verdict::kCritical);
  EXPECT_LT(*finding(findings, "ks").p_value, 1e-20);
  EXPECT_EQ(summarize(reference.schema, findings).share, 1.0);
}

TEST(Compare, NamesNoValueOfAPrivateColumn) {
  profile::Reference reference = month();
  reference.schema.columns[0].is_private = true;
  Random random(3);
  const auto findings = compared(reference, normals(2000, random, 108.0, 10.0));
  EXPECT_THAT(finding(findings, "psi").note, HasSubstr("bin 10 of 10 rose from"));
  EXPECT_THAT(finding(findings, "psi").note, Not(HasSubstr("112")));
  EXPECT_EQ(finding(findings, "ks").note, "its values moved up");
}

TEST(Compare, IsExactWhereTheRowsAreAtHandAndBoundedOtherwise) {
  Random random(4);
  const auto before = normals(5000, random);
  const auto after = normals(3000, random, 0.2);
  const profile::Reference reference = reference_of(before);
  const auto before_sorted = sorted(before);
  const auto after_sorted = sorted(after);
  const Thresholds thresholds = learned(reference);
  const auto current = window_of(reference, after);
  const auto exact =
      compare(reference, {{before_sorted}}, current, {{after_sorted}}, thresholds, {});
  const auto grid = compare(reference, {{before_sorted}}, current, {}, thresholds, {});
  EXPECT_EQ(finding(exact, "ks").error_bound, 0.0);
  EXPECT_GT(finding(grid, "ks").error_bound, 0.0);
  EXPECT_LE(*finding(grid, "ks").value, *finding(exact, "ks").value);
  EXPECT_GE(*finding(grid, "ks").value + finding(grid, "ks").error_bound,
            *finding(exact, "ks").value);
  EXPECT_EQ(*finding(exact, "psi").value, *finding(grid, "psi").value);
  // Rows that are not all of them say nothing exact.
  const auto part = compare(reference, {{before_sorted}}, current,
                            {{std::span(after_sorted).first(100)}}, thresholds, {});
  EXPECT_EQ(finding(part, "ks"), finding(grid, "ks"));
}

TEST(Compare, SaysTheSameWhetherMeasuresShareAWalkOrNot) {
  Random random(21);
  const auto before = normals(3000, random);
  for (const bool infinite : {false, true}) {
    auto after = normals(2000, random, 0.2);
    if (infinite) after.insert(after.end(), 10, INFINITY);
    const profile::Reference reference = reference_of(before);
    const auto before_sorted = sorted(before);
    const auto after_sorted = sorted(after);
    const auto judged = [&](const std::vector<std::string>& names) {
      CompareOptions options;
      options.numeric_measures = names;
      return compare(reference, {{before_sorted}}, window_of(reference, after), {{after_sorted}},
                     Thresholds::learn(reference, names, {}, {}), options);
    };
    const auto together = judged({"ks", "ks_up", "ks_down", "wasserstein", "wasserstein_plain"});
    for (const std::string name : {"ks", "ks_up", "ks_down", "wasserstein", "wasserstein_plain"}) {
      const Finding alone = finding(judged({name}), name);
      EXPECT_NEAR(*finding(together, name).value, *alone.value, 1e-12) << name;
      EXPECT_EQ(finding(together, name).note, alone.note) << name;
      EXPECT_EQ(finding(together, name).error_bound, 0.0) << name;
    }
  }
}

TEST(Compare, IsUncertainWhereTheIntervalStraddlesTheThreshold) {
  Random random(5);
  const auto before = normals(5000, random);
  const profile::Reference reference = reference_of(before);
  const auto after = normals(3000, random, 0.2);
  const auto found = compared(reference, after);
  const double value = *finding(found, "ks").value;
  const double upper = value + finding(found, "ks").error_bound;
  const auto verdict_at = [&](threshold::Fixed limits) {
    return finding(compared(reference, after, {.fixed = {{"ks", limits}}}), "ks").verdict;
  };
  const double inside = 0.5 * (value + upper);
  EXPECT_EQ(verdict_at({.warning = {}, .critical = inside}), Verdict::kUncertain);
  EXPECT_EQ(verdict_at({.warning = inside, .critical = 0.9}), Verdict::kUncertain);
  EXPECT_EQ(verdict_at({.warning = 0.06, .critical = inside}), Verdict::kUncertain);
  EXPECT_EQ(verdict_at({.warning = 0.06, .critical = value}), Verdict::kCritical);
  EXPECT_EQ(verdict_at({.warning = 0.06, .critical = upper + 1e-9}), Verdict::kWarning);
  EXPECT_EQ(verdict_at({.warning = upper + 1e-9, .critical = {}}), Verdict::kOk);
}

TEST(Compare, SaysWhyItCannotJudge) {
  const profile::Reference reference = month();
  Random random(6);
  const auto verdict_of = [&](std::size_t rows) {
    return finding(compared(reference, normals(rows, random, 100.0, 10.0)), "psi");
  };
  EXPECT_EQ(verdict_of(0).verdict, Verdict::kNoData);
  EXPECT_EQ(verdict_of(199).verdict, Verdict::kTooFew);
  EXPECT_THAT(verdict_of(199).note, HasSubstr("199 rows, 200 are needed"));
  EXPECT_EQ(verdict_of(2000).verdict, Verdict::kOk);

  const auto noisy = compared(reference, normals(300, random, 100.0, 10.0),
                              {.fixed = {{"psi", {.warning = 0.05, .critical = 0.1}}}});
  EXPECT_GT(*finding(noisy, "psi").noise_floor, 0.025);
  EXPECT_EQ(finding(noisy, "psi").verdict, Verdict::kTooFew);

  const auto missing = compared(reference, std::vector<double>(500, NAN));
  EXPECT_EQ(finding(missing, "ks").verdict, Verdict::kNoData);
  EXPECT_EQ(finding(missing, "psi").verdict, Verdict::kCritical);
  EXPECT_EQ(finding(missing, "missing").verdict, Verdict::kCritical);
}

TEST(Compare, MakesAnErrorOfTheColumnThatItConcernsOnly) {
  const profile::Reference reference = month();
  Random random(7);
  const auto current = normals(2000, random, 100.0, 10.0);
  CompareOptions options;
  options.numeric_measures = {"psi", "no_such_measure"};
  const auto findings = compared(reference, current, {}, options);
  EXPECT_EQ(finding(findings, "psi").verdict, Verdict::kOk);
  EXPECT_EQ(finding(findings, "no_such_measure").verdict, Verdict::kError);

  options = {.dialect = "leeway-0"};
  EXPECT_THAT(finding(compared(reference, current, {}, options), "psi").note,
              HasSubstr("no dialect 'leeway-0'"));

  options = {.dialect = "evidently-0.7", .numeric_measures = {"psi", "mean_shift"}};
  const auto rows_needed = compared(reference, current, {}, options);
  EXPECT_EQ(finding(rows_needed, "psi").verdict, Verdict::kError);
  EXPECT_THAT(finding(rows_needed, "psi").note, HasSubstr("exact only"));
  EXPECT_EQ(finding(rows_needed, "mean_shift").verdict, Verdict::kOk);

  profile::Profile foreign = window_of(reference, current);
  foreign.schema_id ^= 1U;
  const auto all = compare(reference, {}, foreign, {}, learned(reference), {});
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].verdict, Verdict::kError);
  EXPECT_TRUE(all[0].deciding);
}

TEST(Compare, JudgesDriftByRoleAndQualityOfAllButIgnoredColumns) {
  Random random(8);
  const auto current = normals(500, random);
  const auto measures_of = [&](ColumnRole role, ColumnType type) {
    profile::Reference reference = reference_of(current);
    reference.schema.columns[0].role = role;
    reference.schema.columns[0].type = type;
    if (type != ColumnType::kNumeric) reference.schema.columns[0].grid = nullptr;
    std::vector<std::string> measures;
    for (const Finding& one : compare(reference, {}, profile::Profile::empty_for(reference.schema),
                                      {}, learned(reference), {})) {
      measures.push_back(one.measure);
    }
    return measures;
  };
  using testing::ElementsAre;
  EXPECT_THAT(measures_of(ColumnRole::kFeature, ColumnType::kNumeric),
              ElementsAre("psi", "ks", "missing"));
  EXPECT_THAT(measures_of(ColumnRole::kScore, ColumnType::kNumeric),
              ElementsAre("psi", "ks", "missing"));
  EXPECT_THAT(measures_of(ColumnRole::kCalendar, ColumnType::kNumeric), ElementsAre("missing"));
  EXPECT_THAT(measures_of(ColumnRole::kId, ColumnType::kText), ElementsAre("missing"));
  EXPECT_THAT(measures_of(ColumnRole::kFeature, ColumnType::kText), ElementsAre("missing"));
  EXPECT_THAT(measures_of(ColumnRole::kIgnored, ColumnType::kNumeric), IsEmpty());
}

TEST(Compare, UsesTheThresholdsOfADialectUnlessTheUserSetsSome) {
  Random random(9);
  const auto before = normals(5000, random);
  const auto before_sorted = sorted(before);
  const profile::Reference reference = reference_of(before);
  const CompareOptions options{.dialect = "scorecard-1"};
  const auto psi = [&](const Policy& policy) {
    return finding(compare(reference, {{before_sorted}}, window_of(reference, before),
                           {{before_sorted}}, learned(reference, policy), options),
                   "psi");
  };
  EXPECT_EQ(psi({}).critical, 0.25);
  EXPECT_EQ(psi({}).basis, ThresholdBasis::kFixed);
  EXPECT_EQ(psi({.fixed = {{"psi", {.warning = {}, .critical = 0.4}}}}).critical, 0.4);
}

TEST(Compare, JudgesByThePValueWhereTheDialectDoes) {
  Random random(10);
  const auto before = normals(900, random);
  const auto before_sorted = sorted(before);
  const profile::Reference reference = reference_of(before);
  const auto ks = [&](double mean, const Policy& policy = {},
                      std::optional<Limits> of_column = {}) {
    Random draw(11);
    const auto after = normals(600, draw, mean);
    const auto after_sorted = sorted(after);
    CompareOptions options{.dialect = "evidently-0.7"};
    if (of_column) options.column_limits["x"].emplace("ks", *of_column);
    Policy evidently = policy;
    evidently.dialect = "evidently-0.7";
    return finding(compare(reference, {{before_sorted}}, window_of(reference, after),
                           {{after_sorted}}, learned(reference, evidently), options),
                   "ks");
  };
  const Finding drifted = ks(0.5);
  EXPECT_EQ(drifted.verdict, Verdict::kCritical);
  EXPECT_EQ(drifted.alpha, 0.05);
  EXPECT_LE(*drifted.p_value, 0.05);
  // No threshold that a value could be held against.
  EXPECT_FALSE(drifted.warning || drifted.critical);
  EXPECT_TRUE(drifted.deciding);
  EXPECT_THAT(drifted.note, HasSubstr("fell from"));
  ASSERT_FALSE(drifted.shifts.empty());
  EXPECT_GT(drifted.shifts.front().reference, drifted.shifts.front().current);

  const Finding calm = ks(0.0);
  EXPECT_EQ(calm.verdict, Verdict::kOk);
  EXPECT_EQ(calm.alpha, 0.05);
  EXPECT_TRUE(calm.note.empty() && calm.shifts.empty());

  // The user's limits are levels; those of the column come first.
  const Finding strict = ks(0.5, {.fixed = {{"ks", {.warning = {}, .critical = 1e-300}}}});
  EXPECT_EQ(strict.verdict, Verdict::kOk);
  EXPECT_EQ(strict.alpha, 1e-300);
  const Finding warned = ks(0.5, {.fixed = {{"ks", {.warning = {}, .critical = 1e-300}}}},
                            Limits{.warning = 0.1, .critical = 1e-300});
  EXPECT_EQ(warned.verdict, Verdict::kWarning);
  EXPECT_EQ(warned.alpha, 0.1);
}

TEST(Compare, GivesTheThreePartsThatMovedMost) {
  const profile::Reference reference = month();
  Random random(3);
  const auto findings = compared(reference, normals(2000, random, 108.0, 10.0));
  const Finding& psi = finding(findings, "psi");
  ASSERT_EQ(psi.shifts.size(), 3U);
  EXPECT_THAT(psi.note, HasSubstr(psi.shifts.front().what));
  for (const Shift& shift : psi.shifts) EXPECT_NE(shift.reference, shift.current);
  EXPECT_GT(psi.shifts[0].current, 0.3);
}

TEST(Summary, CountsDecidingFindingsOfFeaturesWithoutSegments) {
  profile::Schema schema;
  for (const char* name : {"a", "b", "c", "d"}) schema.columns.push_back({.name = name});
  schema.columns.push_back({.name = "score", .role = ColumnRole::kScore});
  const auto one = [](const char* column, Verdict verdict, const char* segment = "",
                      bool deciding = true) {
    return Finding{.segment = segment,
                   .column = column,
                   .measure = "psi",
                   .verdict = verdict,
                   .deciding = deciding};
  };
  std::vector<Finding> findings = {
      one("a", Verdict::kCritical),
      one("a", Verdict::kCritical, "JFK"),
      one("a", Verdict::kCritical, "", false),
      one("b", Verdict::kWarning),
      one("score", Verdict::kCritical),
      one("c", Verdict::kTooFew),
  };
  const DriftSummary summary = summarize(schema, findings);
  EXPECT_EQ(summary.judged, 2U);
  EXPECT_EQ(summary.drifted, 1U);
  EXPECT_EQ(summary.unknown, 1U);
  EXPECT_EQ(summary.share, 0.5);
  // Fewer than half judged: unknown.
  findings.erase(findings.begin() + 3);
  findings.push_back(one("d", Verdict::kUncertain));
  EXPECT_EQ(summarize(schema, findings).share, std::nullopt);
  EXPECT_EQ(summarize(schema, {}).share, std::nullopt);
}

}  // namespace
}  // namespace leeway::drift
