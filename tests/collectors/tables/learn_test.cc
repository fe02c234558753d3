#include "collectors/tables/learn.h"

#include <gmock/gmock.h>

#include "collectors/tables/extract.h"
#include "detectors/profile/reference.h"
#include "tests/collectors/tables/table_files.h"

namespace leeway::tables {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using tests::column_of;

/// Ten days of 2,000 rows.
constexpr const char* kRows =
    "SELECT TIMESTAMP '2001-01-01' + INTERVAL (i * 432) SECOND / 10 AS at, "
    "sin(i)::DOUBLE AS x, i % 7 AS k, (i * 31 % 400)::INTEGER AS delay, 'key' || i AS key, "
    "CASE WHEN i % 3 = 0 THEN 'ATL' WHEN i % 7 = 0 THEN 'SEA' ELSE 'ORD' END AS origin, "
    "i % 2 = 0 AS flag, 1 + i // 2000 * 25 AS week_id, [i, i] AS list, NULL AS nothing "
    "FROM range(20000) t(i)";

class Learn : public testing::Test {
 protected:
  LearnPlan plan_for(const std::string& select, const std::string& name = "rows.parquet") {
    return files_.learn_plan({files_.write(name, select)});
  }
  LearnAnswer learned(const LearnPlan& plan) {
    auto answer = learn(plan);
    EXPECT_TRUE(answer) << answer.error().message;
    if (!answer) return {};
    const auto fine = check(*answer, plan);
    EXPECT_TRUE(fine) << fine.error().message;
    reference_ = profile::Reference::deserialize(answer->reference).value();
    return std::move(*answer);
  }
  std::string said(std::string_view name) const {
    const profile::Column* column = reference_.schema.find(name);
    return std::string(to_string(column->type)) + " " + std::string(to_string(column->role)) +
           ": " + column->reason;
  }

  tests::TableFiles files_;
  profile::Reference reference_;
};

TEST_F(Learn, InfersEachColumnWithAReason) {
  learned(plan_for(kRows));
  EXPECT_EQ(said("at"), "datetime timestamp: the only column of times");
  EXPECT_EQ(said("x"), "numeric feature: numbers");
  EXPECT_EQ(said("k"), "categorical feature: integers with 7 different values");
  EXPECT_EQ(said("delay"), "numeric feature: integers");
  EXPECT_EQ(said("key"), "text id: texts, almost all different");
  EXPECT_EQ(said("origin"), "categorical feature: texts with 3 different values");
  EXPECT_EQ(said("flag"), "boolean feature: true and false");
  EXPECT_EQ(said("list"), "text ignored: lists of values");
  EXPECT_EQ(said("nothing"), "text ignored: no values in the reference");
}

TEST_F(Learn, TellsACalendarColumnByItsWindows) {
  learned(plan_for(kRows));
  EXPECT_EQ(
      said("week_id"),
      "categorical calendar: codes with 10 different values; constant within 10 of 10 windows "
      "but not over them");
}

TEST_F(Learn, FoldsAllRowsIntoTheProfileAndItsWindows) {
  learned(plan_for(kRows));
  EXPECT_EQ(reference_.profile.rows, 20'000U);
  ASSERT_EQ(reference_.windows.size(), 10U);
  EXPECT_EQ(reference_.windows[1].start, tests::time_of("2001-01-02"));
  for (const auto& window : reference_.windows) EXPECT_EQ(window.profile.rows, 2'000U);
  const auto& origin = column_of(reference_.profile, reference_.schema, "origin");
  EXPECT_EQ(origin.unseen, 0U);
  EXPECT_EQ(origin.cells.total(), 20'000U);
  EXPECT_EQ(reference_.source, "a test");
}

TEST_F(Learn, FoldsTheRowsOfEachSegmentIntoItsOwnWindows) {
  LearnPlan plan = plan_for(kRows);
  plan.rules.segments = {"origin"};
  learned(plan);
  ASSERT_EQ(reference_.parts.size(), 3U);  // no value is left for the rest
  std::uint64_t rows = 0;
  for (const auto& part : reference_.parts) {
    rows += part.profile.rows;
    EXPECT_EQ(part.windows.size(), 10U) << part.segment;
    std::uint64_t in_windows = 0;
    for (const auto& window : part.windows) in_windows += window.profile.rows;
    EXPECT_EQ(in_windows, part.profile.rows) << part.segment;
  }
  EXPECT_EQ(reference_.parts[0].segment, "origin=ATL");
  EXPECT_EQ(reference_.parts[0].profile.rows, 6'667U);
  EXPECT_EQ(rows, 20'000U);
  EXPECT_EQ(column_of(reference_.parts[0].profile, reference_.schema, "origin").cells.index.size(),
            1U);
}

TEST_F(Learn, MakesCellsOfAllValuesWhileTheyFit) {
  const LearnAnswer answer = learned(plan_for(kRows));
  EXPECT_FALSE(reference_.sampled_edges);
  ASSERT_TRUE(answer.extract);
  const auto extract = MappedExtract::open(files_.folder() / *answer.extract);
  ASSERT_TRUE(extract) << extract.error().message;
  const auto x = static_cast<std::uint32_t>(*reference_.schema.index_of("x"));
  const auto k = static_cast<std::uint32_t>(*reference_.schema.index_of("k"));
  EXPECT_EQ(extract->column(x).size(), 20'000U);
  EXPECT_THAT(extract->column(k), IsEmpty());  // integers that turned out to be categories
  const auto& cells = column_of(reference_.profile, reference_.schema, "x").cells;
  EXPECT_LE(*std::max_element(cells.count.begin(), cells.count.end()), 21U);  // 20000 / 1024 + 1
}

TEST_F(Learn, MakesCellsOfASeededSampleBeyondTheBudget) {
  LearnPlan plan =
      plan_for("SELECT random() AS x, (random() * 1000)::INTEGER AS k FROM range(300000)");
  plan.scratch.extract_rows = 1000;
  const LearnAnswer first = learned(plan);
  EXPECT_TRUE(reference_.sampled_edges);
  EXPECT_EQ(first.extract, std::nullopt);
  EXPECT_THAT(first.notes, Contains(HasSubstr("sample")));
  const auto& cells = column_of(reference_.profile, reference_.schema, "x").cells;
  // Of 293 rows a cell the sample's error is a few times sqrt(293 * 300000 / 262144).
  EXPECT_LE(*std::max_element(cells.count.begin(), cells.count.end()), 400U);
  EXPECT_EQ(learned(plan).reference, first.reference);
  plan.seed = 1;
  EXPECT_NE(learned(plan).reference, first.reference);
}

TEST_F(Learn, FollowsTheRules) {
  LearnPlan plan = plan_for(kRows);
  plan.rules.types = {{"k", ColumnType::kNumeric}, {"delay", ColumnType::kCategorical}};
  plan.rules.score = "x";
  plan.rules.label = "flag";
  plan.rules.except = {"week*"};
  plan.rules.segments = {"origin", "list"};
  plan.rules.private_columns = {"orig*"};
  const LearnAnswer answer = learned(plan);
  EXPECT_EQ(said("k"), "numeric feature: type given by the configuration");
  EXPECT_EQ(said("delay"), "categorical feature: type given by the configuration");
  EXPECT_EQ(said("x"), "numeric score: numeric; named as the score");
  EXPECT_EQ(said("flag"), "boolean label: true and false; named as the label");
  EXPECT_EQ(reference_.schema.find("week_id")->role, ColumnRole::kIgnored);
  EXPECT_TRUE(reference_.schema.find("origin")->is_private);
  ASSERT_EQ(answer.segments.size(), 1U);
  EXPECT_THAT(answer.segments[0].values, ElementsAre("ORD", "ATL", "SEA"));
  EXPECT_THAT(answer.notes, ElementsAre("column 'list' has no values to make segments of"));
}

TEST_F(Learn, HasNoWindowsWithoutATimestamp) {
  const LearnAnswer answer =
      learned(plan_for("SELECT i * 0.5 AS x FROM range(5000) t(i)", "rows.csv"));
  EXPECT_THAT(reference_.windows, IsEmpty());
  EXPECT_EQ(reference_.profile.rows, 5000U);
  EXPECT_THAT(answer.notes, ElementsAre("no timestamp column: the reference has no windows"));
}

TEST_F(Learn, DoesNotTakeASparseColumnOfTimesForTheTimestamp) {
  learned(
      plan_for("SELECT CASE WHEN i % 10 = 0 THEN TIMESTAMP '2001-01-01' END AS cancelled, "
               "i * 0.5 AS x FROM range(5000) t(i)"));
  EXPECT_EQ(said("cancelled"), "datetime feature: times");
  EXPECT_EQ(reference_.profile.rows, 5000U);
}

TEST_F(Learn, LeavesOutRowsWithoutATimeWhereItIsNamed) {
  LearnPlan plan = plan_for(
      "SELECT CASE WHEN i % 10 > 0 THEN TIMESTAMP '2001-01-01' END AS at, i * 0.5 AS x "
      "FROM range(5000) t(i)");
  plan.rules.timestamp = "at";
  const LearnAnswer answer = learned(plan);
  EXPECT_EQ(reference_.profile.rows, 4500U);
  EXPECT_EQ(column_of(reference_.profile, reference_.schema, "x").cells.total(), 4500U);
  EXPECT_EQ(MappedExtract::open(files_.folder() / *answer.extract)->column(1).size(), 4500U);
  EXPECT_THAT(answer.notes, ElementsAre(HasSubstr("500 rows have no time")));
}

TEST_F(Learn, LearnsFromSeveralFilesWhoseTypesDiffer) {
  const auto a = files_.write("a.parquet", "SELECT i AS x, 'a' AS name FROM range(1000) t(i)");
  const auto b =
      files_.write("b.parquet", "SELECT i * 0.5 AS x, 'b' AS name FROM range(1000) t(i)");
  const auto c = files_.write("c.csv", "SELECT i AS x, 'c' AS extra FROM range(1000) t(i)");
  learned(files_.learn_plan({a, b, c}));
  EXPECT_EQ(said("x"), "numeric feature: numbers");
  EXPECT_EQ(reference_.profile.rows, 3000U);
  EXPECT_EQ(column_of(reference_.profile, reference_.schema, "extra").missing, 2000U);
}

TEST_F(Learn, KeepsTheMostFrequentOfTooManyCategories) {
  LearnPlan plan = plan_for(
      "SELECT CASE WHEN i % 20 > 0 THEN 'often' ELSE 'rare' || i END AS name "
      "FROM range(400000) t(i)");
  learned(plan);
  const profile::Column* name = reference_.schema.find("name");
  EXPECT_EQ(name->type, ColumnType::kCategorical);
  EXPECT_EQ(name->categories->size(), profile::Categories::kMaxCategories);
  EXPECT_TRUE(name->categories->find("often"));
  const auto& counted = column_of(reference_.profile, reference_.schema, "name");
  EXPECT_EQ(counted.unseen, 10'001U);  // 20,000 rare names, of which 9,999 fit
}

TEST_F(Learn, NeedsRows) {
  const auto answer = learn(files_.learn_plan({files_.write_bytes("head.csv", "x,name\n")}));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kInsufficientData);
}

TEST_F(Learn, ReadsACsvWhoseTypesTurnOutToBeWrong) {
  std::string rows = "x,name\n";
  for (int i = 0; i < 60'000; ++i) {
    rows += i == 50'000 ? "oops,n1\n" : std::to_string(i) + ",n" + std::to_string(i % 9) + "\n";
  }
  learned(files_.learn_plan({files_.write_bytes("late.csv", rows)}));
  EXPECT_EQ(said("x"), "numeric feature: integers");
  EXPECT_EQ(column_of(reference_.profile, reference_.schema, "x").type_errors, 1U);
}

}  // namespace
}  // namespace leeway::tables
