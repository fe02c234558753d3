// Numbers that a Parquet file holds by dictionary are counted by code; nobody must see it.

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>

#include "collectors/tables/extract.h"
#include "collectors/tables/fold.h"
#include "collectors/tables/learn.h"
#include "collectors/tables/row_reader.h"
#include "tests/collectors/tables/table_files.h"

namespace leeway::tables {
namespace {

using testing::Contains;
using testing::Each;
using testing::Pair;
using testing::UnorderedElementsAre;
using tests::column_of;
using tests::profile_of;

class FoldDictionary : public testing::Test {
 protected:
  /// A file that is large enough to be looked at, since `bulk` does not compress. `price` has some
  /// thousand values, `few` a handful with NaN, infinities and -0, `some` others in each row
  /// group.
  static std::string rows() {
    return "SELECT TIMESTAMP '2001-01-01' + INTERVAL (i * 2) SECOND AS at, "
           "(hash(i) >> 11)::DOUBLE AS bulk, "
           "CASE WHEN i % 50 = 7 THEN NULL ELSE round((hash(i + 1) % 3000) / 7, 2) END AS price, "
           "CASE i % 9 WHEN 0 THEN 'nan'::FLOAT WHEN 1 THEN 'inf'::FLOAT WHEN 2 THEN -0.0::FLOAT "
           "ELSE (i % 9)::FLOAT END AS few, "
           "(i // 122880 * 2000 + hash(i) % 2000)::INTEGER AS some "
           "FROM range(600000) t(i)";
  }
  /// `many` has not many values in each row group and too many in all.
  static std::string too_many() {
    return "SELECT (hash(i) >> 11)::DOUBLE AS bulk, "
           "(i // 20480 * 2000 + hash(i) % 2000)::INTEGER AS many FROM range(614400) t(i)";
  }

  /// Whether the file's numbers come as codes, column by column.
  static std::map<std::string, bool> come_as_codes(const std::filesystem::path& path) {
    struct Forms final : ChunkSink {
      Result<> take(std::size_t, std::span<const ColumnChunk> columns) override {
        coded.clear();
        for (const ColumnChunk& column : columns) {
          coded.push_back(column.form == ColumnChunk::Form::kNumberCodes);
        }
        return {};
      }
      std::vector<bool> coded;
    } forms;
    const MissingValues missing;
    const auto clock = PaneClock::create({});
    auto database = Database::create(std::uint64_t{256} << 20U);
    const auto file = SourceFile::open(path);
    const auto columns = describe(*database, *file, missing);
    std::deque<NumberCoder> coders;
    std::vector<WantedColumn> wanted;
    for (const ColumnInfo& column : *columns) {
      if (column.kind != Kind::kInteger && column.kind != Kind::kReal) continue;
      wanted.push_back({.name = column.name, .numbers = &coders.emplace_back(missing)});
    }
    RowReader reader(*database, wanted, missing, *clock);
    const auto done = reader.read(*file, *columns, false, forms);
    EXPECT_EQ(done.has_value(), !reader.needs_no_codes());
    std::map<std::string, bool> coded;
    for (std::size_t i = 0; i < wanted.size(); ++i) coded[wanted[i].name] = forms.coded[i];
    return coded;
  }

  FoldAnswer folded(const FoldPlan& plan) {
    auto answer = fold(plan);
    EXPECT_TRUE(answer) << answer.error().message;
    if (!answer) return {};
    const auto fine = check(*answer, plan);
    EXPECT_TRUE(fine) << fine.error().message;
    return std::move(*answer);
  }

  static void expect_equal(const profile::ColumnProfile& a, const profile::ColumnProfile& b,
                           const std::string& name) {
    EXPECT_EQ(a.rows, b.rows) << name;
    EXPECT_EQ(a.missing, b.missing) << name;
    EXPECT_EQ(a.not_a_number, b.not_a_number) << name;
    EXPECT_EQ(a.positive_infinite, b.positive_infinite) << name;
    EXPECT_EQ(a.cells.index, b.cells.index) << name;
    EXPECT_EQ(a.cells.count, b.cells.count) << name;
    EXPECT_EQ(a.distinct, b.distinct) << name;
    EXPECT_EQ(a.min, b.min) << name;
    EXPECT_EQ(a.max, b.max) << name;
    EXPECT_EQ(a.moments.count, b.moments.count) << name;
    EXPECT_NEAR(a.moments.mean, b.moments.mean, 1e-12 * std::abs(b.moments.mean)) << name;
    EXPECT_NEAR(a.moments.m2, b.moments.m2, 1e-11 * b.moments.m2) << name;
    EXPECT_NEAR(a.moments.m4, b.moments.m4, 1e-11 * b.moments.m4) << name;
    for (std::size_t i = 0; i < a.cells.sum.size() && i < b.cells.sum.size(); ++i) {
      EXPECT_NEAR(a.cells.sum[i], b.cells.sum[i], 1e-11 * std::abs(b.cells.sum[i])) << name;
    }
  }

  void expect_equal(const FoldAnswer& coded, const FoldAnswer& plain,
                    const profile::Schema& schema) {
    ASSERT_EQ(coded.panes.size(), plain.panes.size());
    for (std::size_t pane = 0; pane < coded.panes.size(); ++pane) {
      const profile::Profile a = profile_of(coded.panes[pane]);
      const profile::Profile b = profile_of(plain.panes[pane]);
      for (std::size_t i = 0; i < schema.columns.size(); ++i) {
        expect_equal(a.columns[i], b.columns[i], schema.columns[i].name);
      }
      ASSERT_EQ(coded.panes[pane].extract.has_value(), plain.panes[pane].extract.has_value());
      if (!coded.panes[pane].extract) continue;
      const auto left = MappedExtract::open(files_.folder() / *coded.panes[pane].extract);
      const auto right = MappedExtract::open(files_.folder() / *plain.panes[pane].extract);
      ASSERT_TRUE(left && right);
      for (std::uint32_t i = 0; i < schema.columns.size(); ++i) {
        EXPECT_TRUE(std::ranges::equal(left->column(i), right->column(i)))
            << schema.columns[i].name;
      }
    }
  }

  tests::TableFiles files_;
};

TEST_F(FoldDictionary, GivesWhatTheSameRowsGiveWithoutOne) {
  const auto coded = files_.write("coded.parquet", rows());
  const auto plain = files_.write("plain.parquet", rows(), "DICTIONARY_SIZE_LIMIT 1");
  ASSERT_THAT(come_as_codes(coded), UnorderedElementsAre(Pair("bulk", false), Pair("price", true),
                                                         Pair("few", true), Pair("some", true)));
  ASSERT_THAT(come_as_codes(plain), Each(Pair(testing::_, false)));
  const auto learned = learn(files_.learn_plan({coded}));
  ASSERT_TRUE(learned) << learned.error().message;
  const auto also_learned = learn(files_.learn_plan({plain}));
  ASSERT_TRUE(also_learned) << also_learned.error().message;
  EXPECT_EQ(learned->columns, also_learned->columns);
  FoldPlan plan = files_.fold_plan(*learned, {coded});
  EXPECT_EQ(plan.schema.id(), files_.fold_plan(*also_learned, {coded}).schema.id());
  // One pane; panes that change within chunks; panes whose rows are put aside on the way.
  for (const auto size :
       {Duration::zero(), Duration(std::chrono::hours(24)), Duration(std::chrono::hours(1))}) {
    plan.panes.size = size;
    plan.scratch.extract_rows = size == std::chrono::hours(1) ? 0 : 1'000'000;
    plan.files = {coded};
    plan.scratch.stem = "coded";
    const FoldAnswer a = folded(plan);
    plan.files = {plain};
    plan.scratch.stem = "plain";
    const FoldAnswer b = folded(plan);
    expect_equal(a, b, plan.schema);
  }
}

TEST_F(FoldDictionary, CountsMissingNumbersOfTheConfiguration) {
  LearnPlan learning = files_.learn_plan({files_.write("coded.parquet", rows())});
  learning.rules.missing_values = {"5", "NA"};
  const auto learned = learn(learning);
  ASSERT_TRUE(learned) << learned.error().message;
  FoldPlan plan = files_.fold_plan(*learned, learning.files);
  plan.missing_values = learning.rules.missing_values;
  plan.panes.size = Duration::zero();
  const FoldAnswer answer = folded(plan);
  const profile::Profile profile = profile_of(answer.panes[0]);
  EXPECT_EQ(column_of(profile, plan.schema, "few").missing, 66'667U);  // i % 9 = 5
}

TEST_F(FoldDictionary, StartsAnewWhereTheNumbersAreTooMany) {
  const auto coded = files_.write("coded.parquet", too_many(), "ROW_GROUP_SIZE 20480");
  ASSERT_THAT(come_as_codes(coded), Contains(Pair("many", true)));
  const auto learned = learn(files_.learn_plan({coded}));
  ASSERT_TRUE(learned) << learned.error().message;
  FoldPlan plan = files_.fold_plan(*learned, {coded});
  const FoldAnswer answer = folded(plan);
  EXPECT_EQ(answer.rows, 614'400U);
  const profile::Profile profile = profile_of(answer.panes[0]);
  const auto& many = column_of(profile, plan.schema, "many");
  EXPECT_EQ(many.moments.count, 614'400U);
  EXPECT_EQ(many.missing, 0U);
  EXPECT_NEAR(many.distinct.estimate(), 59'900.0, 0.1 * 59'900.0);
}

}  // namespace
}  // namespace leeway::tables
