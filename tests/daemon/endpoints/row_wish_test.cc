#include "daemon/endpoints/row_wish.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace leeway::endpoint {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

profile::Column column(std::string name, ColumnType type, ColumnRole role) {
  return {.name = std::move(name), .type = type, .role = role};
}

class Wish : public testing::Test {
 protected:
  Wish() {
    reference_.reference.schema.columns = {
        column("at", ColumnType::kDatetime, ColumnRole::kTimestamp),
        column("age", ColumnType::kNumeric, ColumnRole::kFeature),
        column("month", ColumnType::kCategorical, ColumnRole::kCalendar),
        column("city", ColumnType::kCategorical, ColumnRole::kFeature),
        column("risk", ColumnType::kCategorical, ColumnRole::kPrediction),
        column("p", ColumnType::kNumeric, ColumnRole::kScore),
        column("note", ColumnType::kText, ColumnRole::kIgnored)};
    reference_.origin.columns = {{.name = "age", .file_type = "BIGINT"},
                                 {.name = "city", .file_type = "VARCHAR"}};
    model_.window.time_zone = "UTC";
    model_.columns.prediction = "risk";
    model_.columns.score = "p";
    scoring_.rows = 5;
  }
  Result<RowWish> wish() const { return wish_of(reference_, model_, scoring_, "id", TimePoint{}); }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    const auto made = wish();
    EXPECT_TRUE(made) << (made ? "" : made.error().message);
    for (const auto& each : made->plan.columns) names.push_back(each.name);
    return names;
  }
  profile::Column& at(std::string_view name) {
    for (profile::Column& each : reference_.reference.schema.columns) {
      if (each.name == name) return each;
    }
    return reference_.reference.schema.columns.front();
  }

  monitor::ActiveReference reference_;
  config::Model model_;
  config::Scoring scoring_;
};

TEST_F(Wish, IsForFeaturesThenWhatWasRecordedThenTheId) {
  EXPECT_THAT(names(), ElementsAre("age", "month", "city", "risk", "id"));
  const auto made = wish();
  EXPECT_EQ(made->inputs, 3U);
  EXPECT_EQ(made->kind, AnswerKind::kClass);
  EXPECT_TRUE(made->plan.columns[2].written_as_text);
  EXPECT_FALSE(made->plan.columns[0].written_as_text);
}

TEST_F(Wish, FollowsTheConfiguration) {
  scoring_.inputs = {"city", "age"};
  scoring_.compare = config::Compared::kScore;
  EXPECT_THAT(names(), ElementsAre("city", "age", "p", "id"));
  EXPECT_EQ(wish()->kind, AnswerKind::kScore);
  model_.columns.prediction.reset();
  scoring_.compare = config::Compared::kAuto;
  EXPECT_EQ(wish()->column, "p");
  at("p").name = "other";  // the reference lacks it: what it is is known all the same
  EXPECT_EQ(wish()->kind, AnswerKind::kScore);
}

TEST_F(Wish, SendsNoPrivateColumnUnlessAskedTo) {
  at("city").is_private = true;
  const auto refused = wish();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidConfig);
  EXPECT_THAT(refused.error().message, HasSubstr("column 'city' is private; 'send_private: true'"));
  scoring_.inputs = {"age"};
  ASSERT_TRUE(wish());
  EXPECT_FALSE(wish()->sends_private);
  scoring_.inputs.clear();
  scoring_.send_private = true;
  ASSERT_TRUE(wish());
  EXPECT_TRUE(wish()->sends_private);
}

TEST_F(Wish, NamesWhatCannotBeSent) {
  scoring_.inputs = {"income"};
  EXPECT_THAT(wish().error().message, HasSubstr("the reference has no column 'income'"));
  scoring_.inputs = {"age"};
  at("age").type = ColumnType::kEmbedding;
  EXPECT_THAT(wish().error().message, HasSubstr("column 'age' is an embedding"));
  scoring_.inputs.clear();
  reference_.reference.schema.columns.resize(1);
  EXPECT_THAT(wish().error().message, HasSubstr("no column of the reference is a feature"));
}

tables::RowsAnswer answer(tables::Cell age, std::string risk) {
  return {.rows = {{.time = {},
                    .cells = {std::move(age), tables::Cell("7"), tables::Cell("Oslo"),
                              tables::Cell(std::move(risk)), tables::Cell(std::int64_t{12})}}},
          .absent = {}};
}

TEST_F(Wish, RowsHaveOneKeyInEveryFormatAndAnotherForEachServer) {
  const auto made = wish();
  ASSERT_TRUE(made);
  const auto key = [&](tables::RowsAnswer rows, std::uint64_t asked) {
    return rows_of(*made, std::move(rows), asked).at(0).key;
  };
  const std::uint64_t first = key(answer(std::int64_t{31}, "high"), 1);
  EXPECT_EQ(key(answer(31.0, "high"), 1), first);
  EXPECT_NE(key(answer(32.0, "high"), 1), first);
  EXPECT_NE(key(answer(tables::Cell(), "high"), 1), first);
  EXPECT_NE(key(answer(31.0, "low"), 1), first) << "a corrected prediction is another row";
  EXPECT_NE(key(answer(31.0, "high"), 2), first);
}

TEST_F(Wish, TakesARowApart) {
  const auto made = wish();
  ASSERT_TRUE(made);
  const auto rows = rows_of(*made, answer(std::int64_t{31}, "high"), 1);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].id, "12");
  EXPECT_EQ(rows[0].recorded, endpoints::Value("high"));
  const endpoints::Rows request = request_of(*made, rows);
  EXPECT_THAT(request.names, ElementsAre("age", "month", "city"));
  EXPECT_EQ(inputs_text(*made, rows[0]), R"({"age":31,"month":"7","city":"Oslo"})");
}

}  // namespace
}  // namespace leeway::endpoint
