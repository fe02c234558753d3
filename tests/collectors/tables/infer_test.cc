#include "collectors/tables/infer.h"

#include <gtest/gtest.h>

namespace leeway::tables {
namespace {

ColumnSurvey survey(std::string name, Kind kind, ColumnType read_as, double distinct) {
  ColumnSurvey made;
  made.name = std::move(name);
  made.kind = kind;
  made.read_as = read_as;
  made.rows = 10'000;
  made.present = 10'000;
  made.distinct = distinct;
  made.max = 1e6;
  return made;
}

ColumnSurvey texts(std::string name, std::size_t distinct) {
  ColumnSurvey made =
      survey(std::move(name), Kind::kText, ColumnType::kCategorical, static_cast<double>(distinct));
  for (std::size_t i = 0; i < distinct; ++i) {
    made.names.emplace_back("name" + std::to_string(i), made.present / distinct);
  }
  return made;
}

ColumnSurvey few_integers(std::string name) {
  ColumnSurvey made = survey(std::move(name), Kind::kInteger, ColumnType::kNumeric, 2.0);
  made.few = {0.0, 1.0};
  return made;
}

std::string said(const ColumnSurvey& survey, const ColumnRules& rules = {},
                 const std::string& timestamp = "") {
  const Inferred inferred = infer(survey, rules, timestamp);
  return std::string(to_string(inferred.type)) + " " + std::string(to_string(inferred.role)) +
         (inferred.is_private ? " private: " : ": ") + inferred.reason;
}

TEST(Inference, TakesTextsThatAreAlmostAllDifferentForAnId) {
  EXPECT_EQ(said(texts("key", 9'500)), "text id private: texts, almost all different");
}

TEST(Inference, TakesLongTextsThatAreAlmostAllDifferentForText) {
  ColumnSurvey comments = texts("comment", 9'500);
  comments.mean_length = 200.0;
  EXPECT_EQ(said(comments), "text feature private: long texts, almost all different");
}

TEST(Inference, TakesTextsWithFewValuesForCategories) {
  EXPECT_EQ(said(texts("city", 50)), "categorical feature: texts with 50 different values");
}

TEST(Inference, KeepsManyCategoriesPrivate) {
  EXPECT_EQ(said(texts("street", 2'000)),
            "categorical feature private: texts with 2000 different values");
}

TEST(Inference, TakesIntegersWithAtMostTwentyValuesForCategories) {
  EXPECT_EQ(said(few_integers("floor")), "categorical feature: integers with 2 different values");
}

TEST(Inference, TakesOtherNumbersForNumbers) {
  EXPECT_EQ(said(survey("delay", Kind::kInteger, ColumnType::kNumeric, 500.0)),
            "numeric feature: integers");
  ColumnSurvey halves = survey("x", Kind::kReal, ColumnType::kNumeric, 2.0);
  halves.few = {0.0, 0.5};
  EXPECT_EQ(said(halves), "numeric feature: numbers");
}

TEST(Inference, TakesIntegersThatCountTheRowsForAnId) {
  ColumnSurvey index = survey("index", Kind::kInteger, ColumnType::kNumeric, 9'900.0);
  index.max = 9'999.0;
  EXPECT_EQ(said(index), "text id private: integers that count the rows");
}

TEST(Inference, KeepsAScoreNumericHoweverFewItsValues) {
  ColumnRules rules;
  rules.score = "p";
  EXPECT_EQ(said(few_integers("p"), rules), "numeric score: numeric; named as the score");
}

TEST(Inference, FollowsTheRules) {
  ColumnRules rules;
  rules.label = "late";
  rules.id = "key";
  rules.types = {{"zip", ColumnType::kCategorical}};
  rules.except = {"row_*"};
  rules.private_columns = {"c*"};
  EXPECT_EQ(said(few_integers("late"), rules),
            "categorical label: integers with 2 different values; named as the label");
  EXPECT_EQ(said(texts("key", 50), rules), "text id private: text; named as the id");
  EXPECT_EQ(said(texts("zip", 50), rules), "categorical feature: type given by the configuration");
  EXPECT_EQ(said(texts("row_kind", 50), rules),
            "categorical ignored: texts with 50 different values; not among the features");
  EXPECT_EQ(said(texts("city", 50), rules),
            "categorical feature private: texts with 50 different values");
}

TEST(Inference, LetsASegmentBeAFeatureToo) {
  ColumnRules rules;
  rules.segments = {"city"};
  EXPECT_EQ(said(texts("city", 50), rules), "categorical feature: categorical");
  rules.only = {"delay"};
  EXPECT_EQ(said(texts("city", 50), rules),
            "categorical segment: categorical; cuts the rows into segments and is no feature");
}

TEST(Inference, IgnoresWhatItCannotJudge) {
  ColumnSurvey empty = texts("empty", 50);
  empty.present = 0;
  EXPECT_EQ(said(empty), "text ignored: no values in the reference");
  EXPECT_EQ(said(survey("v", Kind::kList, ColumnType::kNumeric, 0.0)),
            "text ignored: lists of values");
}

TEST(SurveyType, LooksAtCodesAsAtNames) {
  const ColumnRules rules;
  for (const char* name : {"customer_id", "Region_Code", "zip", "ZipCode", "id"}) {
    EXPECT_EQ(survey_type(name, Kind::kInteger, rules), ColumnType::kCategorical) << name;
  }
  EXPECT_EQ(survey_type("delay", Kind::kInteger, rules), ColumnType::kNumeric);
  EXPECT_EQ(survey_type("price_id", Kind::kReal, rules), ColumnType::kNumeric);
}

TEST(Timestamp, IsTheOnlyColumnOfTimes) {
  const std::vector<ColumnInfo> one = {{"x", "DOUBLE", Kind::kReal}, {"at", "DATE", Kind::kDate}};
  EXPECT_EQ(timestamp_of(one, {}), "at");
  std::vector<ColumnInfo> two = one;
  two.push_back({"then", "TIMESTAMP", Kind::kTimestamp});
  EXPECT_EQ(timestamp_of(two, {}), "");
  ColumnRules rules;
  rules.timestamp = "then";
  EXPECT_EQ(timestamp_of(two, rules), "then");
  EXPECT_EQ(timestamp_of(one, rules), "");
}

}  // namespace
}  // namespace leeway::tables
