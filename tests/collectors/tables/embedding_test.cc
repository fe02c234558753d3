#include <gmock/gmock.h>

#include "collectors/tables/fold.h"
#include "collectors/tables/learn.h"
#include "collectors/tables/multivariate.h"
#include "collectors/tables/sampled_rows.h"
#include "detectors/profile/reference.h"
#include "tests/collectors/tables/table_files.h"

namespace leeway::tables {
namespace {

/// Vectors around one of unit length that is `degrees` away from the first axis, 300 a day.
std::string vectors(int days, int degrees = 0, const std::string& type = "DOUBLE[]") {
  const auto noise = [](const std::string& salt) {
    return "0.2 * ((hash(i, " + salt + ") % 1000003) / 1000003.0 - 0.5)";
  };
  const std::string angle = "radians(" + std::to_string(degrees) + ")";
  return "SELECT TIMESTAMP '2001-01-01' + INTERVAL (i * 288) SECOND AS \"at\", i % 7 AS x, [cos(" +
         angle + ") + " + noise("1") + ", sin(" + angle + ") + " + noise("2") + ", " + noise("3") +
         "]::" + type + " AS v FROM range(" + std::to_string(days * 300) + ") t(i)";
}

class Embedding : public testing::Test {
 protected:
  LearnAnswer learned(const std::filesystem::path& file) {
    LearnPlan plan = files_.learn_plan({file});
    plan.rules.types["v"] = ColumnType::kEmbedding;
    plan.scratch.sample_rows = 200;
    auto answer = learn(plan);
    EXPECT_TRUE(answer) << answer.error().message;
    if (!answer) return {};
    EXPECT_TRUE(check(*answer, plan));
    return std::move(*answer);
  }
  FoldAnswer folded(const LearnAnswer& reference, const std::filesystem::path& file) {
    FoldPlan plan = files_.fold_plan(reference, {file});
    plan.scratch.stem = file.stem();
    plan.scratch.sample_rows = 200;
    auto answer = fold(plan);
    EXPECT_TRUE(answer) << answer.error().message;
    if (!answer) return {};
    EXPECT_TRUE(check(*answer, plan));
    return std::move(*answer);
  }
  static profile::Schema schema_of(const LearnAnswer& reference) {
    return profile::Reference::deserialize(reference.reference)->schema;
  }
  SampledVectors sample(const std::string& name) {
    auto read = read_sample(files_.folder() / name);
    EXPECT_TRUE(read) << read.error().message;
    return read ? read->at(0).embeddings.at(0) : SampledVectors{};
  }
  /// The p-values of mmd, cosine and norm.
  std::vector<double> p_values(const LearnAnswer& reference, const FoldAnswer& current) {
    MeasurePlan plan;
    plan.columns = compared_columns(schema_of(reference));
    plan.reference = files_.folder() / reference.sample.value();
    plan.current = {files_.folder() / current.panes.at(0).sample.value()};
    plan.embedding = {"mmd", "cosine", "norm"};
    auto answer = measure(plan);
    EXPECT_TRUE(answer) << answer.error().message;
    std::vector<double> values;
    if (!answer) return values;
    EXPECT_TRUE(check(*answer, plan));
    for (const MeasuredDrift& drift : answer->windows.at(0)) {
      EXPECT_EQ(drift.column, "v");
      EXPECT_TRUE(drift.measured) << drift.trouble;
      if (drift.measured) values.push_back(drift.measured->p_value);
    }
    return values;
  }

  tests::TableFiles files_;
};

TEST_F(Embedding, IsDrawnAsItStandsInListsAndArraysAndText) {
  for (const std::string type : {"DOUBLE[]", "FLOAT[]", "FLOAT[3]", "DECIMAL(9,4)[]", "VARCHAR"}) {
    SCOPED_TRACE(type);
    const auto file = files_.write("one.parquet", vectors(1, 0, type));
    const LearnAnswer reference = learned(file);
    const profile::Schema schema = schema_of(reference);
    ASSERT_EQ(schema.find("v")->type, ColumnType::kEmbedding);
    EXPECT_EQ(schema.find("v")->role, ColumnRole::kFeature);
    const FoldAnswer answer = folded(reference, file);
    const SampledVectors drawn = sample(*answer.panes.at(0).sample);
    EXPECT_EQ(drawn.of, 300U);
    EXPECT_EQ(drawn.vectors.dimension, 3U);
    ASSERT_EQ(drawn.vectors.rows(), 200U);
    for (std::size_t row = 0; row < 200; ++row) {
      EXPECT_NEAR(drawn.vectors.values[3 * row], 1.0, 0.101);
      EXPECT_NEAR(drawn.vectors.values[3 * row + 1], 0.0, 0.101);
    }
  }
}

TEST_F(Embedding, CountsWhatIsMissingAndWhatIsNoVector) {
  const LearnAnswer reference = learned(files_.write("good.parquet", vectors(4)));
  const FoldAnswer answer = folded(
      reference,
      files_.write("bad.parquet",
                   "SELECT TIMESTAMP '2001-02-01' AS \"at\", 1 AS x, CASE i % 5 WHEN 0 THEN NULL "
                   "WHEN 1 THEN [1.0, NULL, 2.0] WHEN 2 THEN [1.0, 'nan'::DOUBLE, 2.0] WHEN 3 THEN "
                   "[] ELSE [1.0, 2.0, 3.0] END::DOUBLE[] AS v FROM range(50) t(i)"));
  const profile::Profile profile = tests::profile_of(answer.panes.at(0));
  const profile::ColumnProfile& column = tests::column_of(profile, schema_of(reference), "v");
  EXPECT_EQ(column.rows, 50U);
  EXPECT_EQ(column.missing, 10U);
  EXPECT_EQ(column.type_errors, 30U);
  EXPECT_EQ(sample(*answer.panes.at(0).sample).vectors.rows(), 10U);
}

TEST_F(Embedding, OfAnotherLengthIsNotDrawn) {
  const LearnAnswer reference = learned(files_.write("good.parquet", vectors(4)));
  const FoldAnswer answer = folded(
      reference, files_.write("mixed.parquet",
                              "SELECT TIMESTAMP '2001-02-01' AS \"at\", 1 AS x, CASE i % 2 WHEN 0 "
                              "THEN [1.0, 2.0] ELSE [1.0, 2.0, 3.0] END AS v FROM range(50) t(i)"));
  const SampledVectors drawn = sample(*answer.panes.at(0).sample);
  EXPECT_EQ(drawn.vectors.dimension, 2U);
  EXPECT_EQ(drawn.vectors.rows(), 25U);
}

TEST_F(Embedding, ThatRotatesIsSeen) {
  const LearnAnswer reference = learned(files_.write("reference.parquet", vectors(4)));
  const auto same = p_values(
      reference, folded(reference, files_.write("same.parquet", vectors(1, 0, "FLOAT[]"))));
  EXPECT_THAT(same, testing::Each(testing::Gt(1.0 / 200.0)));
  const auto turned =
      p_values(reference, folded(reference, files_.write("turned.parquet", vectors(1, 20))));
  ASSERT_EQ(turned.size(), 3U);
  constexpr double kLeast = 1.0 / 200.0;  // of 199 permutations
  EXPECT_DOUBLE_EQ(turned[0], kLeast);
  EXPECT_DOUBLE_EQ(turned[1], kLeast);
  EXPECT_GT(turned[2], kLeast);  // as long as they were
}

TEST_F(Embedding, IsIgnoredUnlessItIsCalledOne) {
  LearnPlan plan = files_.learn_plan({files_.write("lists.parquet", vectors(1))});
  const auto answer = learn(plan);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(schema_of(*answer).find("v")->role, ColumnRole::kIgnored);
}

}  // namespace
}  // namespace leeway::tables
