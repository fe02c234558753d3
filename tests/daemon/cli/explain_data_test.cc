#include "daemon/cli/explain_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/temp_folder.h"

namespace leeway::cli {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;

class ExplainData : public ::testing::Test {
 protected:
  ExplainData() {
    model_.window.size = model_.window.slide = std::chrono::hours(24);
    model_.window.time_zone = "UTC";
  }

  /// 300 rows over three days: a time, a number, a category, and an id that nobody may read.
  std::string batch(const std::string& name) {
    const auto path = folder_ / name;
    std::ofstream out(path);
    out << "at,amount,colour,account\n";
    for (int i = 0; i < 300; ++i) {
      out << "2026-01-0" << 1 + i / 100 << "T00:00:00Z," << 0.5 * i << ','
          << (i % 2 ? "red" : "blue") << ",secret-" << i << '\n';
    }
    return path;
  }

  tests::TempFolder folder_;
  config::Model model_;
};

TEST_F(ExplainData, SaysTypeRoleAndReasonOfEachColumnOfTheReference) {
  model_.reference.files = {batch("reference.csv")};
  const config::Topics topics = explain_data(model_);
  EXPECT_THAT(topics, Contains(Pair("rows", "300 rows, 3 windows")));
  EXPECT_THAT(topics, Contains(Pair("column at", HasSubstr("datetime timestamp: "))));
  EXPECT_THAT(topics, Contains(Pair("column amount", HasSubstr("numeric feature: "))));
  EXPECT_THAT(topics, Contains(Pair("column colour", HasSubstr("categorical feature: "))));
  EXPECT_THAT(topics, Contains(Pair("column account", HasSubstr("private"))));
  for (const auto& [topic, text] : topics) EXPECT_THAT(text, Not(HasSubstr("secret-1")));
}

TEST_F(ExplainData, SaysWhichRulesForValuesDoOtherThanTheySeemTo) {
  model_.reference.files = {batch("reference.csv")};
  model_.quality.columns = {{"colour", {.one_of = {"red", "blue"}}},
                            {"color", {.one_of = {"red", "blue"}}},
                            {"amount", {.pattern = "^[0-9]+$"}},
                            {"at", {.min = 0.0}}};
  std::string notes;
  for (const auto& [topic, text] : explain_data(model_)) {
    if (topic == "note") notes += text + "\n";
  }
  EXPECT_THAT(notes, HasSubstr("quality.columns.color names no column of these files"));
  EXPECT_THAT(notes, HasSubstr("quality.columns.amount.pattern is held against numbers"));
  EXPECT_THAT(notes, HasSubstr("quality.columns.at does nothing"));
  EXPECT_THAT(notes, Not(HasSubstr("quality.columns.colour")));
}

TEST_F(ExplainData, SaysHowManyFalseAlarmsThresholdsAreExpectedToGive) {
  model_.reference.files = {batch("reference.csv")};
  model_.drift = {.dialect = "leeway-1",
                  .numeric = {"psi"},
                  .categorical = {"psi"},
                  .thresholds = {{"psi", {.warning = {}, .critical = 0.001}}},
                  .false_alarms = {.count = 1.0, .per = std::chrono::hours(24 * 7)}};
  const config::Topics topics = explain_data(model_);
  EXPECT_THAT(topics, Contains(Pair("false alarms", HasSubstr("too few windows"))));
  // Two columns of 100 rows a day are above a psi of 0.001 nearly every day of seven.
  EXPECT_THAT(topics, Contains(Pair("false alarms", HasSubstr("without drift 1"))));
  EXPECT_THAT(topics, Contains(Pair("false alarms", HasSubstr(" per week, beside the budget"))));
}

TEST_F(ExplainData, LooksAtTheFirstBatchWhereTheReferenceIsLearned) {
  model_.batches.files = {batch("batch.csv")};
  EXPECT_THAT(explain_data(model_), Contains(Key("column amount")));
}

TEST_F(ExplainData, SaysThatNothingIsThereYet) {
  model_.batches.files = {folder_ / "*.parquet"};
  EXPECT_THAT(explain_data(model_),
              Contains(Pair("columns", HasSubstr("not known yet: no file matches"))));
}

TEST_F(ExplainData, SaysWhyAFileCannotBeRead) {
  const auto path = folder_ / "bad.parquet";
  std::ofstream(path) << "no parquet at all, and long enough to tell";
  model_.reference.files = {path};
  EXPECT_THAT(explain_data(model_), Contains(Pair("columns", HasSubstr("is not a Parquet file"))));
}

}  // namespace
}  // namespace leeway::cli
