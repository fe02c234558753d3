#include <gmock/gmock.h>

#include "collectors/tables/fold.h"
#include "collectors/tables/learn.h"
#include "tests/collectors/tables/table_files.h"

namespace leeway::tables {
namespace {

using profile::Checked;
using tests::column_of;
using tests::profile_of;

/// 3,000 rows: numbers, a code of five digits, an id of which every tenth repeats.
constexpr const char* kRows =
    "SELECT TIMESTAMP '2001-01-01' + INTERVAL (i * 86) SECOND AS at, "
    "CASE WHEN i % 10 = 3 THEN NULL WHEN i % 10 = 4 THEN -999 ELSE i * 0.25 END AS x, "
    "CASE WHEN i % 4 = 0 THEN '' WHEN i % 100 = 1 THEN 'NA' WHEN i % 100 = 2 THEN NULL "
    "WHEN i % 100 = 3 THEN 'x' ELSE lpad((i % 7)::VARCHAR, 5, '0') END AS zip, "
    "'id' || (i - CASE WHEN i % 10 = 9 THEN 1 ELSE 0 END) AS id, "
    "i % 5 AS k FROM range(3000) t(i)";

class FoldChecks : public testing::Test {
 protected:
  FoldPlan plan_for(const std::string& select, const std::string& file) {
    const auto path = files_.write(file, select);
    LearnPlan learning = files_.learn_plan({path});
    learning.rules.id = "id";
    learning.rules.missing_values = {"", "NA", "-999"};
    auto learned = learn(learning);
    EXPECT_TRUE(learned) << learned.error().message;
    FoldPlan plan = files_.fold_plan(*learned, {path});
    plan.missing_values = learning.rules.missing_values;
    return plan;
  }
  profile::Profile folded(const FoldPlan& plan) {
    auto answer = fold(plan);
    EXPECT_TRUE(answer) << answer.error().message;
    profile::Profile all = profile::Profile::empty_for(plan.schema);
    if (!answer) return all;
    const auto fine = check(*answer, plan);
    EXPECT_TRUE(fine) << fine.error().message;
    for (const FoldedPane& pane : answer->panes) {
      if (pane.segment.empty()) {
        EXPECT_TRUE(all.merge(profile_of(pane)));
      }
    }
    return all;
  }

  tests::TableFiles files_;
};

TEST_F(FoldChecks, TellsTheKindsOfMissingValuesApart) {
  const FoldPlan plan = plan_for(kRows, "rows.parquet");
  const profile::Profile profile = folded(plan);
  const auto& x = column_of(profile, plan.schema, "x");
  EXPECT_EQ(x.missing, 600U);
  EXPECT_EQ(x.configured_missing, 300U);
  EXPECT_EQ(x.empty_texts, 0U);
  const auto& zip = column_of(profile, plan.schema, "zip");
  EXPECT_EQ(zip.missing, 810U);
  EXPECT_EQ(zip.empty_texts, 750U);
  EXPECT_EQ(zip.configured_missing, 30U);
}

TEST_F(FoldChecks, TellsThemApartInSegmentsAndWindows) {
  FoldPlan plan = plan_for(kRows, "rows.parquet");
  plan.segments = {{.column = "k", .values = {"0", "1", "2", "3", "4"}}};
  auto answer = fold(plan);
  ASSERT_TRUE(answer);
  profile::Profile all = profile::Profile::empty_for(plan.schema);
  for (const FoldedPane& pane : answer->panes) {
    if (!pane.segment.empty()) {
      ASSERT_TRUE(all.merge(profile_of(pane)));
    }
  }
  EXPECT_EQ(column_of(all, plan.schema, "x").configured_missing, 300U);
  EXPECT_EQ(column_of(all, plan.schema, "zip").empty_texts, 750U);
  EXPECT_EQ(column_of(all, plan.schema, "zip").configured_missing, 30U);
}

TEST_F(FoldChecks, CountsWhatBreaksTheRulesOfItsColumn) {
  FoldPlan plan = plan_for(kRows, "rows.parquet");
  plan.value_rules["x"] = {
      .min = 10.0, .max = 700.0, .shown = profile::Interval{.min = 0.0, .max = 500.0}};
  plan.value_rules["zip"] = {.pattern = "^[0-9]{5}$"};
  plan.value_rules["k"] = {.max = 3.0, .one_of = {"0", "1", "2"}};
  plan.value_rules["id"] = {.pattern = "^id[0-9]{1,3}$"};
  plan.value_rules["no such column"] = {.pattern = "^x$"};
  const profile::Profile profile = folded(plan);
  std::uint64_t below = 0;
  std::uint64_t above = 0;
  std::uint64_t beyond = 0;
  for (int i = 0; i < 3000; ++i) {
    if (i % 10 == 3 || i % 10 == 4) continue;
    below += i * 0.25 < 10.0 ? 1 : 0;
    above += i * 0.25 > 700.0 ? 1 : 0;
    beyond += i * 0.25 > 500.0 ? 1 : 0;
  }
  const auto& x = column_of(profile, plan.schema, "x");
  EXPECT_EQ(x.checks.range, (Checked{.checked = 2400, .violations = below + above}));
  EXPECT_EQ(x.checks.shown, (Checked{.checked = 2400, .violations = beyond}));
  const auto& zip = column_of(profile, plan.schema, "zip");
  EXPECT_EQ(zip.checks.pattern, (Checked{.checked = 2190, .violations = 30}));
  const auto& id = column_of(profile, plan.schema, "id");
  EXPECT_EQ(id.checks.pattern, (Checked{.checked = 3000, .violations = 2000}));
  const auto& k = column_of(profile, plan.schema, "k");
  EXPECT_EQ(k.checks.set, (Checked{.checked = 3000, .violations = 1200}));
  EXPECT_EQ(k.checks.range, (Checked{.checked = 3000, .violations = 600}));
}

TEST_F(FoldChecks, RefusesARuleThatIsNone) {
  FoldPlan plan = plan_for(kRows, "rows.parquet");
  plan.value_rules["zip"] = {.pattern = "("};
  const auto answer = fold(plan);
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, testing::HasSubstr("column 'zip'"));
}

TEST_F(FoldChecks, SamplesIdsAndRowsThatRepeat) {
  FoldPlan plan = plan_for(kRows, "rows.parquet");
  plan.panes.size = Duration::zero();
  EXPECT_TRUE(folded(plan).row_keys.empty());
  plan.count_row_keys = true;
  profile::Profile once = folded(plan);
  const auto ids = column_of(once, plan.schema, "id").keys.duplicates();
  ASSERT_TRUE(ids);
  EXPECT_DOUBLE_EQ(ids->share, 0.1);
  ASSERT_TRUE(once.row_keys.duplicates());
  EXPECT_EQ(once.row_keys.duplicates()->share, 0.0);
  EXPECT_EQ(once.row_keys.rows(), 3000U);

  // The same rows in another form, a file without dictionaries and types: they all repeat.
  const auto text = files_.write("again.csv", kRows);
  FoldPlan again = plan;
  again.files = {text};
  ASSERT_TRUE(once.merge(folded(again)));
  EXPECT_DOUBLE_EQ(once.row_keys.duplicates()->share, 0.5);
}

}  // namespace
}  // namespace leeway::tables
