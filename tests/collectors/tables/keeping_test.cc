#include <gmock/gmock.h>

#include <cmath>

#include "collectors/tables/extract.h"
#include "collectors/tables/fold.h"
#include "collectors/tables/learn.h"
#include "detectors/profile/reference.h"
#include "tests/collectors/tables/table_files.h"

namespace leeway::tables {
namespace {

using testing::ElementsAreArray;
using tests::profile_of;

/// No column of times alone, so no windows; columns of every kind, with values of every kind.
constexpr const char* kRows =
    "SELECT i AS row_id, 'key' || i AS key, i % 7 AS k, -(i * 31 % 400)::INTEGER AS delay, "
    "CASE WHEN i % 11 = 3 THEN NULL WHEN i % 11 = 5 THEN 'nan'::DOUBLE "
    "WHEN i % 97 = 1 THEN 'inf'::DOUBLE WHEN i % 97 = 2 THEN '-inf'::DOUBLE "
    "ELSE sin(i) * 10 END AS x, round(abs(cos(i)), 2) AS price, sin(i)::FLOAT AS f, "
    "CASE WHEN i % 4 = 0 THEN NULL WHEN i % 5 = 0 THEN 'none' ELSE 'name' || (i % 6) END AS name, "
    "i % 2 = 0 AS flag, TIMESTAMP '2001-01-01' + INTERVAL (i) SECOND AS opened, "
    "DATE '2001-01-01' + (i % 50)::INTEGER AS closed, [i] AS list, NULL AS nothing "
    "FROM range(30000) t(i)";

/// More than is read by one thread.
constexpr const char* kMany =
    "SELECT hash(i)::DOUBLE AS a, hash(i + 1000000)::DOUBLE AS b, hash(i + 2000000)::DOUBLE AS c, "
    "hash(i + 3000000)::DOUBLE AS d, round(sin(i), 1) AS e, 'name' || (i % 9) AS name, "
    "hash(i + 4000000)::DOUBLE AS g, i % 5 AS k FROM range(250000) t(i)";

void expect_same(const profile::Profile& one, const profile::Profile& other,
                 const profile::Schema& schema) {
  EXPECT_EQ(one.rows, other.rows);
  ASSERT_EQ(one.columns.size(), schema.columns.size());
  ASSERT_EQ(other.columns.size(), schema.columns.size());
  for (std::size_t i = 0; i < one.columns.size(); ++i) {
    const testing::ScopedTrace trace(__FILE__, __LINE__, schema.columns[i].name);
    const profile::ColumnProfile& a = one.columns[i];
    const profile::ColumnProfile& b = other.columns[i];
    EXPECT_EQ(a.rows, b.rows);
    EXPECT_EQ(a.missing, b.missing);
    EXPECT_EQ(a.empty_texts, b.empty_texts);
    EXPECT_EQ(a.configured_missing, b.configured_missing);
    EXPECT_EQ(a.keys, b.keys);
    EXPECT_EQ(a.not_a_number, b.not_a_number);
    EXPECT_EQ(a.positive_infinite, b.positive_infinite);
    EXPECT_EQ(a.negative_infinite, b.negative_infinite);
    EXPECT_EQ(a.type_errors, b.type_errors);
    EXPECT_EQ(a.unseen, b.unseen);
    EXPECT_EQ(a.cells.index, b.cells.index);
    EXPECT_EQ(a.cells.count, b.cells.count);
    EXPECT_EQ(a.min, b.min);
    EXPECT_EQ(a.max, b.max);
    EXPECT_EQ(a.distinct, b.distinct);
    // The order of the rows shows in the last bits of sums.
    EXPECT_EQ(a.moments.count, b.moments.count);
    EXPECT_NEAR(a.moments.mean, b.moments.mean, 1e-12 * std::max(1.0, std::abs(a.max)));
    EXPECT_NEAR(a.moments.m2, b.moments.m2, 1e-10 * a.moments.m2);
  }
}

class Keeping : public testing::Test {
 protected:
  struct Learned {
    LearnAnswer answer;
    profile::Reference reference;
  };
  Learned learned(Result<LearnAnswer> answer) {
    EXPECT_TRUE(answer) << answer.error().message;
    if (!answer) return {};
    auto reference = profile::Reference::deserialize(answer->reference);
    EXPECT_TRUE(reference.has_value());
    return {.answer = std::move(*answer), .reference = std::move(*reference)};
  }
  static FoldAnswer folded(Result<FoldAnswer> answer) {
    EXPECT_TRUE(answer) << answer.error().message;
    return answer ? std::move(*answer) : FoldAnswer{};
  }
  void expect_kept(const KeptColumns& kept, const std::string& extract,
                   const profile::Schema& schema) {
    EXPECT_TRUE(kept.kept);
    const auto mapped = MappedExtract::open(files_.folder() / extract);
    ASSERT_TRUE(mapped) << mapped.error().message;
    for (std::uint32_t i = 0; i < schema.columns.size(); ++i) {
      const testing::ScopedTrace trace(__FILE__, __LINE__, schema.columns[i].name);
      EXPECT_THAT(kept.column(i), ElementsAreArray(mapped->column(i)));
    }
  }

  tests::TableFiles files_;
};

TEST_F(Keeping, LearnsFromOneReadingWhatTwoReadingsTell) {
  for (const std::string file : {"rows.parquet", "rows.csv"}) {
    const testing::ScopedTrace trace(__FILE__, __LINE__, file);
    const std::string select =
        file.ends_with("csv") ? "SELECT * EXCLUDE (list) FROM (" + std::string(kRows) + ")" : kRows;
    LearnPlan plan = files_.learn_plan({files_.write(file, select)});
    plan.rules.missing_values = {"none", "-31"};
    KeptColumns kept{.threads = 2};
    const Learned twice = learned(learn(plan));
    const Learned once = learned(learn_keeping(plan, kept));
    ASSERT_EQ(once.reference.schema.id(), twice.reference.schema.id());
    expect_same(once.reference.profile, twice.reference.profile, once.reference.schema);
    EXPECT_FALSE(once.answer.extract);
    expect_kept(kept, *twice.answer.extract, once.reference.schema);
  }
}

TEST_F(Keeping, FoldsSortedNumbersIntoTheSameProfile) {
  const auto file = files_.write("rows.parquet", kRows);
  const Learned reference = learned(learn(files_.learn_plan({file})));
  FoldPlan plan = files_.fold_plan(reference.answer, {file});
  plan.scratch.extract_rows = 1'000'000;
  plan.missing_values = {"-31"};
  KeptColumns kept;
  const FoldAnswer row_by_row = folded(fold(plan));
  const FoldAnswer sorted = folded(fold_keeping(plan, kept));
  ASSERT_EQ(sorted.panes.size(), 1U);
  EXPECT_EQ(sorted.rows, row_by_row.rows);
  EXPECT_FALSE(sorted.panes[0].extract);
  expect_same(profile_of(sorted.panes[0]), profile_of(row_by_row.panes[0]), plan.schema);
  expect_kept(kept, *row_by_row.panes[0].extract, plan.schema);
}

TEST_F(Keeping, GivesTheSameBytesOnAnyNumberOfThreads) {
  const auto file = files_.write("many.parquet", kMany);
  const LearnPlan plan = files_.learn_plan({file});
  KeptColumns alone{.threads = 1};
  KeptColumns shared{.threads = 3};
  const LearnAnswer one = learned(learn_keeping(plan, alone)).answer;
  EXPECT_EQ(one.reference, learned(learn_keeping(plan, shared)).answer.reference);

  FoldPlan folding = files_.fold_plan(one, {file});
  for (const std::uint64_t rows : {std::uint64_t{0}, std::uint64_t{1'000'000}}) {
    folding.scratch.extract_rows = rows;
    const FoldAnswer first = folded(fold_keeping(folding, alone));
    const FoldAnswer second = folded(fold_keeping(folding, shared));
    EXPECT_EQ(first.panes, second.panes);
    EXPECT_EQ(alone.kept, rows > 0);
    EXPECT_EQ(shared.kept, rows > 0);
    for (std::size_t i = 0; i < folding.schema.columns.size(); ++i) {
      EXPECT_THAT(shared.column(i), ElementsAreArray(alone.column(i)));
    }
  }
}

TEST_F(Keeping, KeepsNothingOfMoreRowsThanAreExact) {
  const auto file = files_.write("rows.parquet", kRows);
  LearnPlan plan = files_.learn_plan({file});
  plan.scratch.extract_rows = 20'000;
  KeptColumns kept;
  const Learned once = learned(learn_keeping(plan, kept));
  EXPECT_FALSE(kept.kept);
  EXPECT_FALSE(once.answer.extract);
  FoldPlan folding = files_.fold_plan(once.answer, {file});
  const FoldAnswer without = folded(fold(folding));
  folding.scratch.extract_rows = 20'000;
  const FoldAnswer dropped = folded(fold_keeping(folding, kept));
  EXPECT_FALSE(kept.kept);
  EXPECT_FALSE(dropped.panes[0].extract);
  expect_same(profile_of(dropped.panes[0]), profile_of(without.panes[0]), folding.schema);
}

TEST_F(Keeping, WritesAnExtractOfWhatDoesNotFit) {
  const auto file = files_.write("many.parquet", kMany);
  const LearnPlan plan = files_.learn_plan({file});
  KeptColumns little{.threads = 2, .most_bytes = 1 << 20};
  const Learned spilled = learned(learn_keeping(plan, little));
  EXPECT_FALSE(little.kept);
  EXPECT_TRUE(spilled.answer.extract);
  EXPECT_EQ(spilled.answer.reference, learned(learn(plan)).answer.reference);
  FoldPlan folding = files_.fold_plan(spilled.answer, {file});
  folding.scratch.extract_rows = 1'000'000;
  const FoldAnswer folded_little = folded(fold_keeping(folding, little));
  EXPECT_FALSE(little.kept);
  EXPECT_TRUE(folded_little.panes.at(0).extract);
}

}  // namespace
}  // namespace leeway::tables
