#include "collectors/tables/fold.h"

#include <gmock/gmock.h>

#include "collectors/tables/extract.h"
#include "collectors/tables/learn.h"
#include "tests/collectors/tables/table_files.h"

namespace leeway::tables {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using tests::column_of;
using tests::profile_of;

/// 3,000 rows over three days: more than one chunk, and no chunk of one day.
constexpr const char* kRows =
    "SELECT TIMESTAMP '2001-01-01' + INTERVAL (i * 86) SECOND AS at, "
    "CASE WHEN i % 10 = 3 THEN NULL ELSE i * 0.5 END AS x, i % 3 AS k, "
    "CASE WHEN i % 4 = 0 THEN NULL ELSE 'name' || (i % 5) END AS name, i % 2 = 0 AS flag "
    "FROM range(3000) t(i)";

class Fold : public testing::Test {
 protected:
  FoldPlan plan_for(const std::string& select, const std::string& file = "rows.parquet") {
    const auto path = files_.write(file, select);
    auto learned = learn(files_.learn_plan({path}));
    EXPECT_TRUE(learned) << learned.error().message;
    learned_ = std::move(*learned);
    return files_.fold_plan(learned_, {path});
  }
  FoldAnswer folded(const FoldPlan& plan) {
    auto answer = fold(plan);
    EXPECT_TRUE(answer) << answer.error().message;
    if (!answer) return {};
    const auto fine = check(*answer, plan);
    EXPECT_TRUE(fine) << fine.error().message;
    return std::move(*answer);
  }

  tests::TableFiles files_;
  LearnAnswer learned_;
};

TEST_F(Fold, CountsEveryRowIntoItsDay) {
  const FoldPlan plan = plan_for(kRows);
  const FoldAnswer answer = folded(plan);
  EXPECT_EQ(answer.rows, 3000U);
  ASSERT_EQ(answer.panes.size(), 3U);
  EXPECT_EQ(answer.panes[0].start, tests::time_of("2001-01-01"));
  EXPECT_EQ(answer.panes[0].rows, 1005U);  // ceil(86400 / 86)
  EXPECT_EQ(answer.panes[1].rows, 1005U);
  EXPECT_EQ(answer.panes[2].rows, 990U);
  EXPECT_EQ(answer.first_time, tests::time_of("2001-01-01"));
  EXPECT_EQ(answer.last_time, tests::time_of("2001-01-03T23:38:34Z"));
}

TEST_F(Fold, GivesTheProfileThatTheRowsHave) {
  FoldPlan plan = plan_for(kRows);
  plan.panes.size = Duration::zero();
  const FoldAnswer answer = folded(plan);
  ASSERT_EQ(answer.panes.size(), 1U);
  const profile::Profile profile = profile_of(answer.panes[0]);
  const auto& x = column_of(profile, plan.schema, "x");
  EXPECT_EQ(x.missing, 300U);
  EXPECT_EQ(x.moments.count, 2700U);
  EXPECT_EQ(x.max, 1499.5);
  const auto& k = column_of(profile, plan.schema, "k");
  EXPECT_THAT(k.cells.count, ElementsAre(1000U, 1000U, 1000U));
  const auto& name = column_of(profile, plan.schema, "name");
  EXPECT_EQ(name.missing, 750U);
  EXPECT_EQ(name.cells.total(), 2250U);
  const auto& flag = column_of(profile, plan.schema, "flag");
  EXPECT_THAT(flag.cells.count, ElementsAre(1500U, 1500U));
}

TEST_F(Fold, GivesTheSameBytesTwice) {
  FoldPlan plan = plan_for(kRows);
  plan.scratch.extract_rows = 1000000;
  EXPECT_EQ(folded(plan).encode(), folded(plan).encode());
}

TEST_F(Fold, MergesToTheWholeWhateverThePanes) {
  FoldPlan plan = plan_for(kRows);
  const FoldAnswer days = folded(plan);
  plan.panes.size = Duration::zero();
  const profile::Profile whole = profile_of(folded(plan).panes[0]);
  profile::Profile merged = profile::Profile::empty_for(plan.schema);
  for (const FoldedPane& pane : days.panes) ASSERT_TRUE(merged.merge(profile_of(pane)));
  for (std::size_t i = 0; i < whole.columns.size(); ++i) {
    EXPECT_EQ(merged.columns[i].cells.count, whole.columns[i].cells.count) << i;
    EXPECT_EQ(merged.columns[i].distinct, whole.columns[i].distinct) << i;
    EXPECT_EQ(merged.columns[i].missing, whole.columns[i].missing) << i;
  }
}

TEST_F(Fold, ExtractsTheSortedValuesOfEachPane) {
  FoldPlan plan = plan_for(kRows);
  plan.scratch.extract_rows = 1005;
  const FoldAnswer answer = folded(plan);
  ASSERT_TRUE(answer.panes[0].extract && answer.panes[2].extract);
  const auto extract = MappedExtract::open(files_.folder() / *answer.panes[2].extract);
  ASSERT_TRUE(extract) << extract.error().message;
  const auto values = extract->column(static_cast<std::uint32_t>(*plan.schema.index_of("x")));
  EXPECT_EQ(values.size(), 891U);
  EXPECT_EQ(values.front(), 1005.0);
  EXPECT_EQ(values.back(), 1499.5);
}

TEST_F(Fold, ExtractsNothingBeyondTheBudgetOfRows) {
  FoldPlan plan = plan_for(kRows);
  plan.scratch.extract_rows = 1000;
  const FoldAnswer answer = folded(plan);
  EXPECT_EQ(answer.panes[0].extract, std::nullopt);
  EXPECT_NE(answer.panes[2].extract, std::nullopt);
}

TEST_F(Fold, NeedsLittleMemoryAndGivesTheSameCounts) {
  // Rows in no order of time over 40 days, and memory for a few folds only.
  FoldPlan plan = plan_for(
      "SELECT TIMESTAMP '2001-01-01' + INTERVAL (i * 7919 % 40) DAY AS at, i * 0.5 AS x, "
      "'n' || (i % 50) AS name FROM range(20000) t(i)");
  plan.scratch.extract_rows = 1000000;
  const FoldAnswer roomy = folded(plan);
  plan.scratch.stem = "tight";
  plan.limits.memory_bytes = 1000000;
  // DuckDB itself needs more: the shares are what is tested.
  plan.limits.memory_bytes = std::uint64_t{48} << 20U;
  const FoldAnswer tight = folded(plan);
  ASSERT_EQ(tight.panes.size(), 40U);
  for (std::size_t i = 0; i < 40; ++i) {
    EXPECT_EQ(tight.panes[i].rows, 500U);
    const profile::Profile a = profile_of(roomy.panes[i]);
    const profile::Profile b = profile_of(tight.panes[i]);
    EXPECT_EQ(column_of(a, plan.schema, "x").cells.count,
              column_of(b, plan.schema, "x").cells.count);
    EXPECT_EQ(leeway::tests::read_file(files_.folder() / *roomy.panes[i].extract),
              leeway::tests::read_file(files_.folder() / *tight.panes[i].extract));
  }
}

TEST_F(Fold, CutsRowsIntoSegmentsAndTheRest) {
  FoldPlan plan = plan_for(kRows);
  plan.panes.size = Duration::zero();
  plan.segments = {{.column = "name", .values = {"name1", "name2"}},
                   {.column = "k", .values = {"2"}}};
  const FoldAnswer answer = folded(plan);
  std::map<std::string, std::uint64_t> rows;
  for (const FoldedPane& pane : answer.panes) rows[pane.segment] = pane.rows;
  const std::map<std::string, std::uint64_t> expected = {{"", 3000},          {"k=(rest)", 2000},
                                                         {"k=2", 1000},       {"name=(rest)", 2100},
                                                         {"name=name1", 450}, {"name=name2", 450}};
  EXPECT_EQ(rows, expected);
}

TEST_F(Fold, CountsValuesThatTheReferenceLacks) {
  FoldPlan plan = plan_for(kRows);
  plan.panes.size = Duration::zero();
  plan.files = {files_.write("new.parquet",
                             "SELECT TIMESTAMP '2001-02-01' AS at, 1.0 AS x, 9 AS k, "
                             "'other' AS name, true AS flag FROM range(10)")};
  const profile::Profile profile = profile_of(folded(plan).panes[0]);
  EXPECT_EQ(column_of(profile, plan.schema, "k").unseen, 10U);
  const auto& name = column_of(profile, plan.schema, "name");
  EXPECT_EQ(name.unseen, 10U);
  ASSERT_EQ(name.unseen_values.top(1).size(), 1U);
  EXPECT_EQ(name.unseen_values.top(1)[0].value, "other");
}

TEST_F(Fold, TellsNewVanishedAndRetypedColumns) {
  FoldPlan plan = plan_for(kRows);
  plan.panes.size = Duration::zero();
  plan.files = {files_.write("other.parquet",
                             "SELECT TIMESTAMP '2001-02-01' AS at, 'a' || i AS x, i AS extra, "
                             "true AS flag, i::DOUBLE AS k FROM range(10) t(i)")};
  const FoldAnswer answer = folded(plan);
  EXPECT_THAT(answer.new_columns, ElementsAre("extra"));
  EXPECT_THAT(answer.vanished_columns, ElementsAre("name"));
  EXPECT_THAT(answer.retyped_columns,
              ElementsAre(ObservedColumn{.name = "x", .file_type = "VARCHAR"}));
  const profile::Profile profile = profile_of(answer.panes[0]);
  EXPECT_EQ(column_of(profile, plan.schema, "x").type_errors, 10U);
  EXPECT_EQ(column_of(profile, plan.schema, "name").missing, 10U);
  // An integer column that became floating point, as it does beside nulls, is the same column.
  EXPECT_EQ(column_of(profile, plan.schema, "k").cells.total(), 3U);
}

TEST_F(Fold, ReadsNumbersInTextsAndCountsTheOthers) {
  FoldPlan plan = plan_for(kRows);
  plan.panes.size = Duration::zero();
  plan.missing_values = {"NA"};
  plan.files = {files_.write("text.parquet",
                             "SELECT TIMESTAMP '2001-02-01' AS at, "
                             "CASE i % 4 WHEN 0 THEN '12.5' WHEN 1 THEN 'NA' WHEN 2 THEN 'x' END "
                             "AS x FROM range(40) t(i)")};
  const profile::Profile profile = profile_of(folded(plan).panes[0]);
  const auto& x = column_of(profile, plan.schema, "x");
  EXPECT_EQ(x.moments.count, 10U);
  EXPECT_EQ(x.missing, 20U);
  EXPECT_EQ(x.type_errors, 10U);
}

TEST_F(Fold, FoldsAColumnOfNullsWithoutCallingItRetyped) {
  FoldPlan plan = plan_for(kRows);
  plan.panes.size = Duration::zero();
  plan.files = {files_.write("nulls.parquet",
                             "SELECT TIMESTAMP '2001-02-01' AS at, CAST(NULL AS VARCHAR) AS x")};
  const FoldAnswer answer = folded(plan);
  EXPECT_THAT(answer.retyped_columns, IsEmpty());
  EXPECT_EQ(column_of(profile_of(answer.panes[0]), plan.schema, "x").missing, 1U);
}

TEST_F(Fold, FoldsSeveralFilesOfDifferentShapesAsOneSource) {
  FoldPlan plan = plan_for(kRows);
  plan.panes.size = Duration::zero();
  plan.files = {
      files_.write("a.parquet", "SELECT TIMESTAMP '2001-02-01' AS at, 1 AS x, 0 AS k"),
      files_.write("b.csv", "SELECT '2001-02-02 00:00:00' AS at, 2.5 AS x, 'name1' AS name"),
      files_.write("c.ndjson", "SELECT '2001-02-03T00:00:00' AS at, 3 AS x, true AS flag")};
  const FoldAnswer answer = folded(plan);
  EXPECT_EQ(answer.rows, 3U);
  const profile::Profile profile = profile_of(answer.panes[0]);
  EXPECT_EQ(column_of(profile, plan.schema, "x").moments.count, 3U);
  EXPECT_EQ(column_of(profile, plan.schema, "name").missing, 2U);
  EXPECT_EQ(answer.last_time, tests::time_of("2001-02-03"));
}

TEST_F(Fold, TakesMissingValuesForMissing) {
  FoldPlan plan = plan_for(kRows);
  plan.panes.size = Duration::zero();
  plan.missing_values = {"name1", "2"};
  const profile::Profile profile = profile_of(folded(plan).panes[0]);
  EXPECT_EQ(column_of(profile, plan.schema, "name").missing, 750U + 450U);
  EXPECT_EQ(column_of(profile, plan.schema, "k").missing, 1000U);
  EXPECT_EQ(column_of(profile, plan.schema, "x").missing, 301U);
}

}  // namespace
}  // namespace leeway::tables
