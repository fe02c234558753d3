#include "daemon/endpoints/comparison.h"

#include <gtest/gtest.h>

namespace leeway::endpoint {
namespace {

constexpr Tolerance kTolerance{.absolute = 0.001, .relative = 0.0};

JudgedRow scored(Answer recorded, Answer answered, std::optional<std::string> label = {}) {
  return {.kept = {.kind = AnswerKind::kScore,
                   .recorded = std::move(recorded),
                   .answers = {std::move(answered)},
                   .asked = 1},
          .label = std::move(label)};
}

JudgedRow classed(const char* champion, const char* challenger,
                  std::optional<std::string> label = {}) {
  return {.kept = {.kind = AnswerKind::kClass,
                   .recorded = {},
                   .answers = {Answer(champion), Answer(challenger)},
                   .asked = 1},
          .label = std::move(label)};
}

TEST(Comparison, CountsWhatIsNotThereApart) {
  const std::vector<JudgedRow> rows{scored(Answer(0.5), Answer(0.5)),
                                    scored(Answer(0.5), Answer(0.7)), scored(Answer(), Answer(0.5)),
                                    scored(Answer(0.5), Answer())};
  const Comparison got = compare(rows, Pairing::kRecordedAndAnswered, kTolerance);
  EXPECT_EQ(got.rows, 3U);
  EXPECT_EQ(got.disagreed, 2U) << "no answer is another answer";
  EXPECT_EQ(got.incomplete, 1U);
  ASSERT_TRUE(got.differences);
  EXPECT_NEAR(got.differences->largest, 0.2, 1e-12);
  ASSERT_TRUE(got.ks);
  EXPECT_NEAR(*got.ks, 0.5, 1e-12);
}

TEST(Comparison, LeavesOutWhatOtherServersAnswered) {
  std::vector<JudgedRow> rows{scored(Answer(0.5), Answer(0.5)), scored(Answer(0.5), Answer(0.9))};
  rows[1].kept.asked = 2;
  EXPECT_EQ(compare(rows, Pairing::kRecordedAndAnswered, kTolerance).disagreed, 0U);
  rows[1].kept.asked = 1;
  rows[1].kept.kind = AnswerKind::kClass;
  EXPECT_EQ(compare(rows, Pairing::kRecordedAndAnswered, kTolerance).rows, 1U);
}

TEST(Comparison, OfNothingIsNothing) {
  EXPECT_EQ(compare({}, Pairing::kRecordedAndAnswered, kTolerance).rows, 0U);
  EXPECT_EQ(perform({}, Pairing::kRecordedAndAnswered, {}).rows, 0U);
  const std::vector<JudgedRow> canary{scored(Answer(0.5), Answer(0.5))};
  EXPECT_EQ(compare(canary, Pairing::kChampionAndChallenger, kTolerance).rows, 0U);
}

TEST(Performance, OfClassesIsWhoIsRightAndMcNemars) {
  std::vector<JudgedRow> rows;
  for (int i = 0; i < 12; ++i) rows.push_back(classed("a", "b", "a"));
  for (int i = 0; i < 3; ++i) rows.push_back(classed("a", "b", "b"));
  for (int i = 0; i < 85; ++i) rows.push_back(classed("a", "a", "a"));
  rows.push_back(classed("a", "b"));  // waits for its label
  const Performance got = perform(rows, Pairing::kChampionAndChallenger, {});
  EXPECT_EQ(got.rows, 100U);
  EXPECT_NEAR(got.first, 0.97, 1e-12);
  EXPECT_NEAR(got.second, 0.88, 1e-12);
  EXPECT_NEAR(got.gain, -0.09, 1e-12);
  EXPECT_NEAR(got.p_value, 0.03515625, 1e-14);  // statsmodels: mcnemar([[85, 12], [3, 0]])
}

TEST(Performance, OfScoresIsTheirSquaredErrorAgainstYesAndNo) {
  const std::vector<JudgedRow> rows{scored(Answer(0.8), Answer(0.9), "paid"),
                                    scored(Answer(0.3), Answer(0.1), "defaulted"),
                                    scored(Answer(0.3), Answer(0.2), "defaulted")};
  const Performance got = perform(rows, Pairing::kRecordedAndAnswered, "paid");
  EXPECT_EQ(got.rows, 3U);
  EXPECT_NEAR(got.first, (0.04 + 0.09 + 0.09) / 3, 1e-12);
  EXPECT_NEAR(got.second, (0.01 + 0.01 + 0.04) / 3, 1e-12);
  EXPECT_NEAR(got.gain, got.first - got.second, 1e-12);
  ASSERT_TRUE(got.gain_interval);
  EXPECT_LT(got.gain_interval->lower, got.gain);
  EXPECT_EQ(perform(rows, Pairing::kRecordedAndAnswered, {}).rows, 0U)
      << "nobody said which label means yes";
}

TEST(Performance, OfNumbersIsTheirAbsoluteError) {
  std::vector<JudgedRow> rows{scored(Answer(10.0), Answer(11.0), "12"),
                              scored(Answer(20.0), Answer(18.0), "18")};
  for (JudgedRow& row : rows) row.kept.kind = AnswerKind::kNumber;
  const Performance got = perform(rows, Pairing::kRecordedAndAnswered, {});
  EXPECT_NEAR(got.first, 2.0, 1e-12);
  EXPECT_NEAR(got.second, 0.5, 1e-12);
}

}  // namespace
}  // namespace leeway::endpoint
