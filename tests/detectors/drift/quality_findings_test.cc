#include "detectors/drift/quality_findings.h"

#include <gmock/gmock.h>

#include <cmath>

#include "detectors/base/random.h"
#include "tests/detectors/drift/samples.h"

namespace leeway::drift {
namespace {

using testing::HasSubstr;

const profile::Column kOrigin = categorical_column("origin", {"JFK", "LAX"});

struct Rows {
  std::uint64_t known = 0;
  std::uint64_t unseen = 0;
  std::uint64_t missing = 0;
  std::uint64_t type_errors = 0;
};

profile::ColumnProfile rows(const Rows& rows) {
  profile::ColumnFold fold(kOrigin);
  fold.add_text("JFK", rows.known);
  fold.add_text("ORD", rows.unseen);
  fold.add_missing(rows.missing);
  fold.add_type_errors(rows.type_errors);
  return fold.take();
}

Finding finding(const char* measure, const Rows& reference, const Rows& current,
                const profile::Column& column = kOrigin) {
  for (const Finding& one :
       quality_findings(column, {.column = rows(reference)}, rows(current), {}, 200)) {
    if (one.measure == measure) return one;
  }
  return {.measure = "none"};
}

TEST(Quality, JudgesMissingValuesByTheirIncrease) {
  const Rows reference{.known = 900, .missing = 100};
  const Finding ok = finding("missing", reference, {.known = 870, .missing = 130});
  EXPECT_EQ(ok.verdict, Verdict::kOk);
  EXPECT_EQ(ok.value, 0.13);
  EXPECT_NEAR(*ok.critical, 0.15, 1e-12);
  const Finding critical = finding("missing", reference, {.known = 840, .missing = 160});
  EXPECT_EQ(critical.verdict, Verdict::kCritical);
  EXPECT_EQ(critical.note, "16.0 %, 10.0 % in the reference");
  EXPECT_EQ(finding("missing", reference, {.known = 1000}).verdict, Verdict::kOk);
}

TEST(Quality, WarnsOfUnseenCategoriesAndNamesThem) {
  const Finding warning =
      finding("unseen", {.known = 1000}, {.known = 950, .unseen = 50, .missing = 1000});
  EXPECT_EQ(warning.verdict, Verdict::kWarning);
  EXPECT_EQ(warning.value, 0.05);  // of the values that are there
  EXPECT_THAT(warning.note, HasSubstr("most often 'ORD'"));

  profile::Column secret = kOrigin;
  secret.is_private = true;
  EXPECT_THAT(finding("unseen", {.known = 1000}, {.known = 950, .unseen = 50}, secret).note,
              testing::Not(HasSubstr("ORD")));
}

TEST(Quality, SpeaksOfTypeErrorsOnlyWhereThereAreSome) {
  EXPECT_EQ(finding("type_errors", {.known = 100}, {.known = 100}).measure, "none");
  EXPECT_EQ(finding("type_errors", {.known = 100}, {.known = 900, .type_errors = 100}).verdict,
            Verdict::kCritical);
  EXPECT_EQ(finding("type_errors", {.known = 90, .type_errors = 10}, {.known = 900}).verdict,
            Verdict::kOk);
}

TEST(Quality, DoesNotCallOneBadRowOfFiveTwentyPercent) {
  EXPECT_EQ(finding("missing", {.known = 1000}, {.known = 4, .missing = 1}).verdict,
            Verdict::kTooFew);
  EXPECT_EQ(finding("missing", {.known = 1000}, {.known = 1, .missing = 4}).verdict,
            Verdict::kCritical);
  EXPECT_EQ(finding("missing", {.known = 1000}, {}).verdict, Verdict::kNoData);
}

TEST(Quality, CountsNaNAsMissing) {
  const profile::Column column = numeric_column("x", {1, 2});
  const auto found = quality_findings(column, {.column = folded(column, std::vector<double>{1, 2})},
                                      folded(column, std::vector<double>(500, NAN)), {}, 200);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].value, 1.0);
  EXPECT_EQ(found[0].verdict, Verdict::kCritical);
  EXPECT_THAT(found[0].note, HasSubstr("mostly NaN"));
}

TEST(Quality, NamesTheKindOfMissingValueThatGrew) {
  profile::ColumnProfile current = rows({.known = 800, .missing = 200});
  current.empty_texts = 20;
  current.configured_missing = 150;
  const auto found = quality_findings(kOrigin, {.column = rows({.known = 1000})}, current, {}, 200);
  EXPECT_EQ(found[0].note, "20.0 %, 0.0 % in the reference; mostly values that stand for none");
}

TEST(Quality, CountsInfinitiesApart) {
  const profile::Column column = numeric_column("x", {1, 2});
  std::vector<double> values(980, 1.5);
  values.resize(1000, INFINITY);
  const auto found = quality_findings(column, {.column = folded(column, std::vector<double>{1, 2})},
                                      folded(column, values), {}, 200);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[1].measure, "non_finite");
  EXPECT_EQ(found[1].value, 0.02);
  EXPECT_EQ(found[1].verdict, Verdict::kWarning);
}

const Finding* find(const std::vector<Finding>& findings, std::string_view measure) {
  for (const Finding& finding : findings) {
    if (finding.measure == measure) return &finding;
  }
  return nullptr;
}

TEST(Quality, SaysHowManyValuesBreakARuleOfTheUser) {
  profile::ColumnProfile current = rows({.known = 20'000});
  current.checks.pattern = {.checked = 20'000, .violations = 620};
  current.checks.set = {.checked = 20'000, .violations = 20};
  current.checks.range = {.checked = 20'000, .violations = 400};
  QualityLimits limits;
  limits.rules["origin"] = {.range = "between 0 and 9", .pattern = "^[0-9]{5}$"};
  const auto found =
      quality_findings(kOrigin, {.column = rows({.known = 1000})}, current, limits, 200);
  ASSERT_NE(find(found, "pattern"), nullptr);
  EXPECT_EQ(find(found, "pattern")->verdict, Verdict::kCritical);
  EXPECT_EQ(find(found, "pattern")->note, "3.1 % of 20,000 values do not match ^[0-9]{5}$");
  EXPECT_EQ(find(found, "range")->note, "2.0 % of 20,000 values are not between 0 and 9");
  EXPECT_EQ(find(found, "set")->verdict, Verdict::kOk);
  EXPECT_EQ(find(found, "set")->value, 0.001);
}

profile::ColumnProfile beyond(std::uint64_t checked, std::uint64_t violations) {
  profile::ColumnProfile current = rows({.known = checked});
  current.checks.shown = {.checked = checked, .violations = violations};
  return current;
}

TEST(Quality, FindsValuesBeyondTheReferencesRangeByTheirShare) {
  const Rows reference{.known = 10'000};
  const auto finding_of = [&](std::uint64_t violations) {
    const auto found =
        quality_findings(kOrigin, {.column = rows(reference)}, beyond(5000, violations), {}, 200);
    const Finding* const one = find(found, "range");
    return one == nullptr ? Finding{.measure = "none"} : *one;
  };
  EXPECT_EQ(finding_of(0).measure, "none");
  EXPECT_EQ(finding_of(1).verdict, Verdict::kOk);  // the largest of a heavy tail
  EXPECT_NEAR(*finding_of(1).warning, 0.011, 1e-5);
  EXPECT_EQ(finding_of(60).verdict, Verdict::kWarning);
  EXPECT_EQ(finding_of(60).note, "1.2 % of 5,000 values lie beyond the reference's range");
}

// Whatever the tails, new rows lie beyond the range of old ones as rarely: the threshold is right
// for Cauchy's distribution, which has no mean, and it holds without any limit on top.
TEST(Quality, IsQuietAboutHeavyTails) {
  Random random(5);
  const auto cauchy = [&random] { return std::tan(3.14159265358979 * (random.uniform() - 0.5)); };
  QualityLimits limits;
  limits.range = {.warning = 0.0, .critical = {}};
  int warnings = 0;
  for (int run = 0; run < 1000; ++run) {
    double least = INFINITY;
    double most = -INFINITY;
    for (int i = 0; i < 500; ++i) {
      const double value = cauchy();
      least = std::min(least, value);
      most = std::max(most, value);
    }
    std::uint64_t violations = 0;
    for (int i = 0; i < 2000; ++i) {
      const double value = cauchy();
      violations += value < least || value > most ? 1 : 0;
    }
    const auto found = quality_findings(kOrigin, {.column = rows({.known = 500})},
                                        beyond(2000, violations), limits, 200);
    const Finding* const one = find(found, "range");
    warnings += one != nullptr && one->verdict == Verdict::kWarning ? 1 : 0;
  }
  // Beta(2, 499) is over 10/501 with a probability of 0.0005, a sample of 2,000 adds a little.
  EXPECT_LE(warnings, 5);
}

profile::Column id_column() {
  return {.name = "id", .type = ColumnType::kText, .role = ColumnRole::kId, .is_private = true};
}

profile::ColumnProfile ids(std::uint64_t keys, std::uint64_t repeated) {
  const profile::Column column = id_column();
  profile::ColumnFold fold(column);
  for (std::uint64_t i = 0; i < keys; ++i) {
    fold.add_text("row " + std::to_string(i), i < repeated ? 2 : 1);
  }
  return fold.take();
}

TEST(Quality, FindsIdsThatRepeatMoreThanTheReferencesDo) {
  const profile::ColumnProfile plain = ids(50'000, 0);
  const auto verdict = [&](std::uint64_t repeated, const QualityReference& reference) {
    const auto found = quality_findings(id_column(), reference, ids(50'000, repeated), {}, 200);
    return find(found, "duplicates")->verdict;
  };
  EXPECT_EQ(verdict(0, {.column = plain}), Verdict::kOk);
  EXPECT_EQ(verdict(250, {.column = plain}), Verdict::kOk);
  EXPECT_EQ(verdict(1'000, {.column = plain}), Verdict::kWarning);  // 2 % within 0.6 points
  EXPECT_EQ(verdict(50'000, {.column = plain}), Verdict::kCritical);
  const profile::ColumnProfile usual = ids(10'000, 1'000);
  EXPECT_EQ(verdict(5'000, {.column = plain, .windows = {&plain, &usual}}), Verdict::kOk);

  const auto found = quality_findings(id_column(), {.column = plain}, ids(50'000, 50'000), {}, 200);
  EXPECT_THAT(find(found, "duplicates")->note,
              HasSubstr("50.0 % of 100,000 rows repeat an id, 0.0 % in the reference"));
  const auto old = quality_findings(id_column(), {.column = profile::ColumnProfile{}},
                                    ids(50'000, 50'000), {}, 200);
  EXPECT_EQ(find(old, "duplicates")->verdict, Verdict::kOk);
  EXPECT_THAT(find(old, "duplicates")->note, HasSubstr("learn it again"));
}

TEST(Quality, FindsRowsThatRepeatWhereSomebodyAsks) {
  profile::Profile current{.schema_id = 0, .rows = 1000, .columns = {}};
  for (std::uint64_t i = 0; i < 500; ++i) current.row_keys.add_hash(hash64(std::to_string(i)), 2);
  EXPECT_FALSE(duplicate_rows(current, {}, 200));
  QualityLimits limits;
  limits.duplicate_rows = {.warning = {}, .critical = 0.2};
  const auto found = duplicate_rows(current, limits, 200);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->verdict, Verdict::kCritical);
  EXPECT_EQ(found->note, "50.0 % of 1,000 rows repeat another row");
  EXPECT_TRUE(found->column.empty());
}

TEST(Quality, FindsAColumnConstantThatWasNot) {
  const profile::Column column = numeric_column("x", {0, 1, 2, 3});
  const auto before = folded(column, std::vector<double>{0, 1, 2, 3});
  const auto constant = folded(column, std::vector<double>(300, 2.0));
  const auto found = quality_findings(column, {.column = before}, constant, {}, 200);
  ASSERT_NE(find(found, "constant"), nullptr);
  EXPECT_EQ(find(found, "constant")->verdict, Verdict::kCritical);
  EXPECT_EQ(find(found, "constant")->note, "100.0 % of 300 values are one and the same");

  const auto few = folded(column, std::vector<double>(150, 2.0));
  EXPECT_EQ(find(quality_findings(column, {.column = before}, few, {}, 200), "constant")->verdict,
            Verdict::kTooFew);

  QualityLimits ignored;
  ignored.constant = Verdict::kOk;
  EXPECT_EQ(find(quality_findings(column, {.column = before}, constant, ignored, 200), "constant"),
            nullptr);
  const auto with_window = QualityReference{.column = before, .windows = {&constant}};
  EXPECT_EQ(find(quality_findings(column, with_window, constant, {}, 200), "constant"), nullptr);
}

TEST(Quality, LetsARareFlagBeConstant) {
  const Rows mostly_one{.known = 9'990, .unseen = 10};
  const auto found = [&](std::uint64_t known) {
    return find(quality_findings(kOrigin, {.column = rows(mostly_one)}, rows({.known = known}), {},
                                 200),
                "constant") != nullptr;
  };
  EXPECT_FALSE(found(1'000)) << "0.999^1000 = 0.37";
  EXPECT_TRUE(found(20'000)) << "0.999^20000 = 2e-9";
}

}  // namespace
}  // namespace leeway::drift
