#include "daemon/endpoints/answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace leeway::endpoint {
namespace {

using endpoints::Output;
using endpoints::Value;
using testing::ElementsAre;
using testing::HasSubstr;

Output output(std::string name, std::size_t width, std::vector<Value> values) {
  return {.name = std::move(name), .width = width, .values = std::move(values)};
}

Picking picking(std::optional<AnswerKind> kind, std::string output = "",
                std::optional<std::size_t> position = {}, std::string column = "") {
  return {
      .output = std::move(output), .position = position, .column = std::move(column), .kind = kind};
}

TEST(Answer, IsOneClassWhoeverWroteIt) {
  const Answer yes = answer_of(Value(true), AnswerKind::kClass);
  for (const Value& same :
       {Value(std::int64_t{1}), Value(1.0), Value(std::string("1")), Value(std::string("True"))}) {
    EXPECT_EQ(answer_of(same, AnswerKind::kClass), yes);
  }
  EXPECT_EQ(answer_of(Value(std::string("cat")), AnswerKind::kClass), Answer("cat"));
  EXPECT_EQ(answer_of(Value(), AnswerKind::kClass), Answer());
}

TEST(Answer, IsNoneIfItIsNoFiniteNumber) {
  EXPECT_EQ(answer_of(Value(std::string("0.5")), AnswerKind::kScore), Answer(0.5));
  EXPECT_EQ(answer_of(Value(std::string("half")), AnswerKind::kScore), Answer());
  EXPECT_EQ(answer_of(Value(std::numeric_limits<double>::quiet_NaN()), AnswerKind::kNumber),
            Answer());
  EXPECT_EQ(answer_of(Value(std::numeric_limits<double>::infinity()), AnswerKind::kNumber),
            Answer());
}

struct AgreementRow {
  const char* name;
  Answer first;
  Answer second;
  bool want;
};

class Agreement : public testing::TestWithParam<AgreementRow> {};

TEST_P(Agreement, IsWithinTheTolerance) {
  const AgreementRow& row = GetParam();
  EXPECT_EQ(agree(row.first, row.second, 0.001, 0.01), row.want);
}

INSTANTIATE_TEST_SUITE_P(Table, Agreement,
                         testing::Values(AgreementRow{"Same", Answer(0.5), Answer(0.5), true},
                                         AgreementRow{"Near", Answer(100.0), Answer(101.0), true},
                                         AgreementRow{"Far", Answer(100.0), Answer(101.1), false},
                                         AgreementRow{"NearZero", Answer(0.0), Answer(0.001), true},
                                         AgreementRow{"Class", Answer("a"), Answer("a"), true},
                                         AgreementRow{"OtherClass", Answer("a"), Answer("b"),
                                                      false},
                                         AgreementRow{"NoAnswer", Answer(0.5), Answer(), false},
                                         AgreementRow{"None", Answer(), Answer(), false}),
                         [](const auto& info) { return info.param.name; });

TEST(Pick, TakesTheOnlyValue) {
  const auto picked =
      pick({output("predictions", 1, {Value(0.25), Value(0.5)})}, picking(AnswerKind::kScore));
  ASSERT_TRUE(picked) << picked.error().message;
  EXPECT_THAT(picked->answers, ElementsAre(Answer(0.25), Answer(0.5)));
}

TEST(Pick, TakesTheOutputOfTheColumnAndTheSecondOfTwoScores) {
  const std::vector<Output> outputs{output("label", 1, {Value(std::int64_t{1})}),
                                    output("p", 2, {Value(0.2), Value(0.8)})};
  const auto picked = pick(outputs, picking(AnswerKind::kScore, "", {}, "p"));
  ASSERT_TRUE(picked) << picked.error().message;
  EXPECT_THAT(picked->answers, ElementsAre(Answer(0.8)));
  const auto first = pick(outputs, picking(AnswerKind::kScore, "p", 0));
  ASSERT_TRUE(first);
  EXPECT_THAT(first->answers, ElementsAre(Answer(0.2)));
}

TEST(Pick, SaysWhatToWriteIfTheAnswerLeavesItOpen) {
  const std::vector<Output> two{output("a", 1, {Value(1.0)}), output("b", 1, {Value(1.0)})};
  EXPECT_THAT(pick(two, picking({})).error().message,
              HasSubstr("the answer has the outputs 'a', 'b'; say which with 'output'"));
  EXPECT_THAT(pick(two, picking({}, "c")).error().message, HasSubstr("no output 'c', it has 'a'"));
  const std::vector<Output> wide{output("p", 3, {Value(0.1), Value(0.2), Value(0.7)})};
  EXPECT_THAT(pick(wide, picking(AnswerKind::kScore)).error().message,
              HasSubstr("output 'p' has 3 values a row; say which with 'position'"));
  EXPECT_THAT(pick(wide, picking({}, "", 3)).error().message, HasSubstr("none at 'position' 3"));
  EXPECT_FALSE(pick({}, picking({})));
}

TEST(Pick, TellsNumbersFromClassesByTheirFractions) {
  EXPECT_EQ(kind_of({Value(1.0), Value(std::int64_t{2})}), AnswerKind::kClass);
  EXPECT_EQ(kind_of({Value(1.0), Value(2.5)}), AnswerKind::kNumber);
  EXPECT_EQ(kind_of({Value(), Value(std::string("2.5"))}), AnswerKind::kNumber);
  EXPECT_EQ(kind_of({Value(std::string("a")), Value(2.5)}), AnswerKind::kClass);
}

TEST(KeptAnswers, AreReadAsTheyWereWritten) {
  const KeptAnswers kept{.kind = AnswerKind::kScore,
                         .recorded = Answer(),
                         .answers = {Answer(0.1), Answer("x\"y")},
                         .asked = 0xFFFF'FFFF'FFFF'FFFFU};
  const auto read = KeptAnswers::parse(kept.serialize());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, kept);
  for (const char* wrong :
       {"", "[]", "{}", R"({"kind":"colour","recorded":null,"answers":[],"asked":1})",
        R"({"kind":"class","recorded":[],"answers":[],"asked":1})"}) {
    EXPECT_FALSE(KeptAnswers::parse(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace leeway::endpoint
