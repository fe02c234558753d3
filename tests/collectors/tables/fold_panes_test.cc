#include <gmock/gmock.h>

#include "collectors/tables/fold.h"
#include "collectors/tables/learn.h"
#include "tests/collectors/tables/table_files.h"

namespace leeway::tables {
namespace {

using testing::ElementsAre;

/// Times of one column, folded into panes; the schema has a column of numbers beside it.
class FoldPanes : public testing::Test {
 protected:
  FoldPanes() {
    const auto path = files_.write("reference.parquet",
                                   "SELECT TIMESTAMP '2000-01-01' + INTERVAL (i) HOUR AS at, i * "
                                   "0.5 AS x FROM range(100) t(i)");
    const auto learned = learn(files_.learn_plan({path}));
    EXPECT_TRUE(learned) << learned.error().message;
    plan_ = files_.fold_plan(*learned, {});
  }

  FoldAnswer folded(const std::string& select, const std::string& name = "rows.parquet") {
    plan_.files = {files_.write(name, select)};
    auto answer = fold(plan_);
    EXPECT_TRUE(answer) << answer.error().message;
    return answer ? std::move(*answer) : FoldAnswer{};
  }
  /// "2001-01-01T00:00:00Z 3", one for each pane.
  static std::vector<std::string> panes(const FoldAnswer& answer) {
    std::vector<std::string> found;
    for (const FoldedPane& pane : answer.panes) {
      found.push_back(to_rfc3339(pane.start) + " " + std::to_string(pane.rows));
    }
    return found;
  }

  tests::TableFiles files_;
  FoldPlan plan_;
};

TEST_F(FoldPanes, CountsRowsWithoutATime) {
  const FoldAnswer answer = folded(
      "SELECT CASE WHEN i < 3 THEN TIMESTAMP '2001-01-01' END AS at, 1.0 AS x "
      "FROM range(10) t(i)");
  EXPECT_THAT(panes(answer), ElementsAre("2001-01-01T00:00:00Z 3"));
  EXPECT_EQ(answer.timeless_rows, 7U);
  EXPECT_EQ(answer.rows, 10U);
}

TEST_F(FoldPanes, CountsTimesBeyondThePossibleYearsAsNone) {
  const FoldAnswer answer = folded(
      "SELECT unnest(['infinity'::TIMESTAMP, '-infinity'::TIMESTAMP, '20001-01-01'::TIMESTAMP, "
      "'2001-01-01'::TIMESTAMP]) AS at, 1.0 AS x");
  EXPECT_THAT(panes(answer), ElementsAre("2001-01-01T00:00:00Z 1"));
  EXPECT_EQ(answer.timeless_rows, 3U);
}

TEST_F(FoldPanes, CountsAllRowsOfAFileWithoutTheColumnAsTimeless) {
  const FoldAnswer answer = folded("SELECT 1.0 AS x FROM range(5)");
  EXPECT_TRUE(answer.panes.empty());
  EXPECT_EQ(answer.timeless_rows, 5U);
  EXPECT_THAT(answer.vanished_columns, ElementsAre("at"));
}

TEST_F(FoldPanes, CountsRowsOfTheFutureAndLeavesThemOut) {
  plan_.not_after = tests::time_of("2001-01-02");
  const FoldAnswer answer = folded(
      "SELECT TIMESTAMP '2001-01-01' + INTERVAL (i) HOUR AS at, 1.0 AS x FROM range(48) t(i)");
  EXPECT_THAT(panes(answer), ElementsAre("2001-01-01T00:00:00Z 24", "2001-01-02T00:00:00Z 1"));
  EXPECT_EQ(answer.future_rows, 23U);
  EXPECT_EQ(answer.last_time, tests::time_of("2001-01-02"));
}

TEST_F(FoldPanes, PutsRowsInNoOrderIntoTheirPanes) {
  const FoldAnswer answer = folded(
      "SELECT TIMESTAMP '2001-01-01' + INTERVAL (i * 7919 % 5) DAY AS at, 1.0 AS x "
      "FROM range(10000) t(i)");
  EXPECT_THAT(panes(answer), ElementsAre("2001-01-01T00:00:00Z 2000", "2001-01-02T00:00:00Z 2000",
                                         "2001-01-03T00:00:00Z 2000", "2001-01-04T00:00:00Z 2000",
                                         "2001-01-05T00:00:00Z 2000"));
}

TEST_F(FoldPanes, HasADayOf25HoursWhenTheClockIsPutBack) {
  plan_.panes.time_zone = "Europe/Berlin";
  const FoldAnswer answer = folded(
      "SELECT TIMESTAMPTZ '2024-10-26 22:00:00+00' + INTERVAL (i) HOUR AS at, 1.0 AS x "
      "FROM range(49) t(i)");
  EXPECT_THAT(panes(answer), ElementsAre("2024-10-26T22:00:00Z 25", "2024-10-27T23:00:00Z 24"));
}

TEST_F(FoldPanes, HasADayOf23HoursWhenTheClockIsPutForward) {
  plan_.panes.time_zone = "Europe/Berlin";
  const FoldAnswer answer = folded(
      "SELECT TIMESTAMPTZ '2024-03-30 23:00:00+00' + INTERVAL (i) HOUR AS at, 1.0 AS x "
      "FROM range(47) t(i)");
  EXPECT_THAT(panes(answer), ElementsAre("2024-03-30T23:00:00Z 23", "2024-03-31T22:00:00Z 24"));
}

TEST_F(FoldPanes, TakesADateForTheLocalDay) {
  plan_.panes.time_zone = "America/New_York";
  const FoldAnswer answer =
      folded("SELECT DATE '2001-07-04' + i::INTEGER AS at, 1.0 AS x FROM range(2) t(i)");
  EXPECT_THAT(panes(answer), ElementsAre("2001-07-04T04:00:00Z 1", "2001-07-05T04:00:00Z 1"));
}

struct TimeCase {
  const char* name;
  const char* expression;
};

class FoldTimes : public FoldPanes, public testing::WithParamInterface<TimeCase> {};

TEST_P(FoldTimes, AreReadAs20010203T040506) {
  const FoldAnswer answer =
      folded("SELECT " + std::string(GetParam().expression) + " AS at, 1.0 AS x FROM range(3)");
  EXPECT_EQ(answer.timeless_rows, 0U);
  EXPECT_EQ(answer.first_time, tests::time_of("2001-02-03T04:05:06Z"));
  EXPECT_EQ(answer.last_time, answer.first_time);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, FoldTimes,
    testing::Values(TimeCase{"Timestamp", "TIMESTAMP '2001-02-03 04:05:06'"},
                    TimeCase{"WithZone", "TIMESTAMPTZ '2001-02-03 05:05:06+01'"},
                    TimeCase{"Nanoseconds", "'2001-02-03 04:05:06'::TIMESTAMP_NS"},
                    TimeCase{"Text", "'2001-02-03 04:05:06'"},
                    TimeCase{"TextWithZone", "'2001-02-03T05:05:06+01:00'"},
                    TimeCase{"Seconds", "981173106"}, TimeCase{"Milliseconds", "981173106000"},
                    TimeCase{"Microseconds", "981173106000000"},
                    TimeCase{"NanosecondsAsInteger", "981173106000000000"},
                    TimeCase{"SecondsAsReal", "981173106.0::DOUBLE"}),
    [](const auto& each) { return each.param.name; });

TEST_F(FoldPanes, CountsTextsThatAreNoTimes) {
  const FoldAnswer answer = folded("SELECT 'yesterday' AS at, 1.0 AS x FROM range(3)");
  EXPECT_EQ(answer.timeless_rows, 3U);
  EXPECT_THAT(answer.retyped_columns,
              ElementsAre(ObservedColumn{.name = "at", .file_type = "VARCHAR"}));
}

TEST_F(FoldPanes, RefusesTimesSpreadOverTooManyPanes) {
  plan_.files = {files_.write("spread.parquet",
                              "SELECT TIMESTAMP '1900-01-01' + INTERVAL (i) DAY AS at, 1.0 AS x "
                              "FROM range(5000) t(i)")};
  const auto answer = fold(plan_);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kCorrupt);
  EXPECT_NE(answer.error().message.find("more than 4096 windows"), std::string::npos)
      << answer.error().message;
}

TEST_F(FoldPanes, RefusesPanesWithoutATimestamp) {
  plan_.timestamp.clear();
  EXPECT_EQ(fold(plan_).error().code, ErrorCode::kInvalidConfig);
}

}  // namespace
}  // namespace leeway::tables
