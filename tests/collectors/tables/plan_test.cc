#include "collectors/tables/plan.h"

#include <gtest/gtest.h>

#include <cmath>

#include "detectors/profile/reference.h"

namespace leeway::tables {
namespace {

profile::Schema schema_of_one_column() {
  profile::Schema schema;
  schema.columns.push_back({.name = "x",
                            .type = ColumnType::kNumeric,
                            .role = ColumnRole::kFeature,
                            .reason = "numbers",
                            .grid = std::make_shared<const profile::Grid>(
                                profile::Grid::from_edges({0.0, 1.0}).value())});
  return schema;
}

FoldPlan fold_plan() {
  FoldPlan plan;
  plan.files = {"a.csv", "b.parquet"};
  plan.schema = schema_of_one_column();
  plan.reference_columns = {{.name = "x", .file_type = "DOUBLE"}};
  plan.timestamp = "at";
  plan.panes = {.size = std::chrono::hours(24), .time_zone = "Europe/Berlin"};
  plan.not_after = from_micros(1'000'000);
  plan.segments = {{.column = "origin", .values = {"ATL", "SEA"}}};
  plan.missing_values = {"", "-999"};
  plan.value_rules = {{"x",
                       {.min = -1.5,
                        .max = {},
                        .one_of = {"1", "2"},
                        .pattern = "^[0-9]$",
                        .shown = profile::Interval{.min = 0.0, .max = 9.0}}}};
  plan.count_row_keys = true;
  plan.scratch = {.directory = "/tmp", .stem = "7-", .extract_rows = 10};
  plan.limits = {.memory_bytes = 1, .deadline = std::chrono::seconds(2)};
  return plan;
}

FoldAnswer fold_answer() {
  profile::Profile profile = profile::Profile::empty_for(schema_of_one_column());
  FoldAnswer answer;
  answer.rows = 3;
  answer.future_rows = 2;
  answer.timeless_rows = 1;
  answer.panes = {
      {.start = {}, .segment = "", .rows = 0, .profile = profile.serialize(), .extract = "7-a"},
      {.start = {},
       .segment = "origin=ATL",
       .rows = 0,
       .profile = profile.serialize(),
       .extract = {}}};
  answer.columns = {{.name = "x", .file_type = "BIGINT"}};
  answer.new_columns = {"y"};
  return answer;
}

TEST(FoldPlan, IsReadAsItWasWritten) {
  const std::string bytes = fold_plan().encode();
  const auto read = FoldPlan::decode(bytes);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->encode(), bytes);
  EXPECT_EQ(read->files, fold_plan().files);
  EXPECT_EQ(read->not_after, fold_plan().not_after);
  EXPECT_EQ(read->segments, fold_plan().segments);
  EXPECT_EQ(read->value_rules, fold_plan().value_rules);
  EXPECT_TRUE(read->count_row_keys);
  EXPECT_EQ(read->schema.id(), fold_plan().schema.id());
}

TEST(LearnPlan, IsReadAsItWasWritten) {
  LearnPlan plan;
  plan.files = {"a.csv"};
  plan.source = "January";
  plan.rules.timestamp = "at";
  plan.rules.types = {{"zip", ColumnType::kCategorical}};
  plan.rules.scores = {"p_a", "p_b"};
  plan.rules.segments = {"origin"};
  plan.seed = 7;
  const auto read = LearnPlan::decode(plan.encode());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->rules, plan.rules);
  EXPECT_EQ(read->encode(), plan.encode());
}

TEST(FoldAnswer, IsReadAsItWasWritten) {
  const auto read = FoldAnswer::decode(fold_answer().encode());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->panes, fold_answer().panes);
  EXPECT_EQ(read->columns, fold_answer().columns);
  EXPECT_EQ(read->first_time, std::nullopt);
}

MeasurePlan measure_plan() {
  MeasurePlan plan;
  plan.columns = {{.index = 3, .name = "x"},
                  {.index = 4, .name = "v", .type = ColumnType::kEmbedding}};
  plan.reference = "/state/references/1.sample";
  plan.current = {"/state/scratch/a.sample", "/state/scratch/b.sample"};
  plan.measures = {"mmd"};
  plan.embedding = {"cosine"};
  plan.seed = 5;
  return plan;
}

MeasureAnswer measure_answer() {
  MeasuredDrift of_model{
      .column = "",
      .measure = "mmd",
      .measured = multivariate::Measured{.value = 0.25,
                                         .null = multivariate::Null::gamma(1, 2, 3),
                                         .p_value = 0.01,
                                         .carriers = {{"x", 1.0}},
                                         .moved = "it moved"}};
  MeasuredDrift of_column{
      .column = "v", .measure = "cosine", .measured = {}, .trouble = "too few", .too_few = true};
  return {.windows = {{of_model, of_column}}, .clocks = {"x"}};
}

TEST(MeasurePlan, AndItsAnswerAreReadAsTheyWereWritten) {
  const auto plan = MeasurePlan::decode(measure_plan().encode());
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(plan->columns, measure_plan().columns);
  EXPECT_EQ(plan->current, measure_plan().current);
  EXPECT_EQ(plan->encode(), measure_plan().encode());
  const auto answer = MeasureAnswer::decode(measure_answer().encode());
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->encode(), measure_answer().encode());
  EXPECT_EQ(answer->windows[0][0].measured, measure_answer().windows[0][0].measured);
  EXPECT_EQ(answer->windows[0][1].result().error().code, ErrorCode::kInsufficientData);
  EXPECT_TRUE(check(*answer, *plan));
}

TEST(CheckOfAMeasure, RefusesWhatWasNotAskedFor) {
  const auto refused = [](auto spoil) {
    MeasureAnswer answer = measure_answer();
    spoil(answer.windows[0]);
    return !check(answer, measure_plan());
  };
  EXPECT_TRUE(refused([](auto& window) { window[0].measure = "cosine"; }));
  EXPECT_TRUE(refused([](auto& window) { window[1].column = "x2"; }));
  EXPECT_TRUE(refused([](auto& window) { window[0].measured->value = std::nan(""); }));
  EXPECT_TRUE(refused([](auto& window) { window[0].measured->null.scale = -1.0; }));
  MeasureAnswer clock = measure_answer();
  clock.clocks = {"y"};
  EXPECT_FALSE(check(clock, measure_plan()));
  MeasureAnswer twice = measure_answer();
  twice.windows.push_back(twice.windows[0]);
  EXPECT_FALSE(check(twice, measure_plan()));
}

TEST(FoldPlan, RefusesWhatIsCutOffAnywhere) {
  const std::string bytes = fold_plan().encode();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(FoldPlan::decode(std::string_view(bytes).substr(0, length))) << length;
  }
}

TEST(FoldPlan, IsNotReadFromAnotherMessage) {
  EXPECT_FALSE(FoldPlan::decode(fold_answer().encode()));
  EXPECT_FALSE(LearnPlan::decode(fold_plan().encode()));
}

TEST(CheckOfAFold, AcceptsWhatThePlanAskedFor) {
  const auto fine = check(fold_answer(), fold_plan());
  EXPECT_TRUE(fine) << fine.error().message;
}

struct ForeignCase {
  const char* name;
  void (*spoil)(FoldAnswer&);
  const char* message;
};

class CheckOfAFold : public testing::TestWithParam<ForeignCase> {};

TEST_P(CheckOfAFold, Refuses) {
  FoldAnswer answer = fold_answer();
  GetParam().spoil(answer);
  const auto fine = check(answer, fold_plan());
  ASSERT_FALSE(fine);
  EXPECT_EQ(fine.error().code, ErrorCode::kCorrupt);
  EXPECT_NE(fine.error().message.find(GetParam().message), std::string::npos)
      << fine.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Foreign, CheckOfAFold,
    testing::Values(
        ForeignCase{"FilesElsewhere", [](FoldAnswer& a) { a.panes[0].extract = "7-/../x"; },
                    "file"},
        ForeignCase{"FilesOfOthers", [](FoldAnswer& a) { a.panes[0].extract = "8-a"; }, "file"},
        ForeignCase{"SamplesNobodyAskedFor", [](FoldAnswer& a) { a.panes[0].sample = "7-a"; },
                    "file"},
        ForeignCase{"SegmentsOfItsOwn", [](FoldAnswer& a) { a.panes[1].segment = "a=b"; },
                    "segment"},
        ForeignCase{"PanesOutOfOrder", [](FoldAnswer& a) { std::swap(a.panes[0], a.panes[1]); },
                    "order"},
        ForeignCase{"PanesTwice", [](FoldAnswer& a) { a.panes[1] = a.panes[0]; }, "order"},
        ForeignCase{"ProfilesThatAreNone", [](FoldAnswer& a) { a.panes[0].profile = "x"; },
                    "profile"},
        ForeignCase{"OtherRowsThanItsProfiles", [](FoldAnswer& a) { a.panes[0].rows = 1; },
                    "other rows"},
        ForeignCase{"RowsThatDoNotAddUp", [](FoldAnswer& a) { a.rows = 4; }, "add up"},
        ForeignCase{"ATimeWithoutTheOther", [](FoldAnswer& a) { a.first_time = TimePoint{}; },
                    "times"},
        ForeignCase{"RowsThatOverflow", [](FoldAnswer& a) { a.future_rows = ~std::uint64_t{0}; },
                    "add up"}),
    [](const auto& each) { return each.param.name; });

TEST(SegmentName, NamesTheRest) {
  EXPECT_EQ(segment_name("origin", "ATL"), "origin=ATL");
  EXPECT_EQ(segment_name("origin", std::nullopt), "origin=(rest)");
}

}  // namespace
}  // namespace leeway::tables
