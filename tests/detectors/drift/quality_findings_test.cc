#include "detectors/drift/quality_findings.h"

#include <gmock/gmock.h>

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
  for (const Finding& one : quality_findings(column, rows(reference), rows(current), {}, 200)) {
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
  const auto found = quality_findings(column, folded(column, std::vector<double>{1, 2}),
                                      folded(column, std::vector<double>(500, NAN)), {}, 200);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].value, 1.0);
  EXPECT_EQ(found[0].verdict, Verdict::kCritical);
}

}  // namespace
}  // namespace leeway::drift
