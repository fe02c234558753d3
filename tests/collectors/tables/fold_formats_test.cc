#include <gmock/gmock.h>
#include <sys/stat.h>

#include "collectors/tables/fold.h"
#include "collectors/tables/learn.h"
#include "tests/collectors/tables/table_files.h"

namespace leeway::tables {
namespace {

using testing::HasSubstr;
using testing::Not;
using tests::column_of;
using tests::profile_of;

class FoldFormats : public testing::Test {
 protected:
  FoldFormats() {
    const auto path = files_.write(
        "reference.csv", "SELECT i * 0.5 AS x, 'n' || (i % 7) AS name FROM range(1000) t(i)");
    const auto learned = learn(files_.learn_plan({path}));
    EXPECT_TRUE(learned) << learned.error().message;
    plan_ = files_.fold_plan(*learned, {});
  }

  Result<FoldAnswer> folded(const std::filesystem::path& path) {
    plan_.files = {path};
    return fold(plan_);
  }
  Error error_of(const std::filesystem::path& path) {
    const auto answer = folded(path);
    EXPECT_FALSE(answer);
    return answer ? Error{} : answer.error();
  }

  tests::TableFiles files_;
  FoldPlan plan_;
};

class FoldEachFormat : public FoldFormats, public testing::WithParamInterface<const char*> {};

TEST_P(FoldEachFormat, GivesTheSameCells) {
  const auto answer = folded(files_.write(
      GetParam(), "SELECT i * 0.5 AS x, 'n' || (i % 8) AS name FROM range(4000) t(i)"));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->rows, 4000U);
  const profile::Profile profile = profile_of(answer->panes.at(0));
  EXPECT_EQ(column_of(profile, plan_.schema, "x").max, 1999.5);
  EXPECT_EQ(column_of(profile, plan_.schema, "x").cells.total(), 4000U);
  EXPECT_EQ(column_of(profile, plan_.schema, "name").unseen, 500U);
}

INSTANTIATE_TEST_SUITE_P(Names, FoldEachFormat,
                         testing::Values("a.parquet", "a.csv", "a.csv.gz", "a.ndjson", "a.jsonl",
                                         "a.json", "a.ndjson.gz", "A.[1]*?.parquet", "it's.csv"),
                         [](const auto& each) { return "Case" + std::to_string(each.index); });

TEST_F(FoldFormats, CountsABadNumberFarInsideACsvAsATypeError) {
  std::string rows = "x,name\n";
  for (int i = 0; i < 60'000; ++i) rows += i == 50'000 ? "oops,n1\n" : "1.5,n1\n";
  const auto answer = folded(files_.write_bytes("late.csv", rows));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->rows, 60'000U);
  const profile::Profile profile = profile_of(answer->panes.at(0));
  EXPECT_EQ(column_of(profile, plan_.schema, "x").type_errors, 1U);
  EXPECT_EQ(column_of(profile, plan_.schema, "x").cells.total(), 59'999U);
}

TEST_F(FoldFormats, CountsABadNumberFarInsideAnNdjsonAsATypeError) {
  std::string rows;
  for (int i = 0; i < 60'000; ++i) {
    rows += i == 50'000 ? "{\"x\":\"oops\",\"name\":\"n1\"}\n" : "{\"x\":1.5,\"name\":\"n1\"}\n";
  }
  const auto answer = folded(files_.write_bytes("late.ndjson", rows));
  ASSERT_TRUE(answer) << answer.error().message;
  const profile::Profile profile = profile_of(answer->panes.at(0));
  EXPECT_EQ(column_of(profile, plan_.schema, "x").type_errors, 1U);
}

TEST_F(FoldFormats, KeepsTheZerosOfNamesInACsv) {
  plan_.missing_values = {"NA"};
  const auto reference = files_.write_bytes("zeros.csv", "zip,x\n00501,1.5\nA1,2.5\n00501,3.5\n");
  auto plan = files_.learn_plan({reference});
  plan.rules.types = {{"zip", ColumnType::kCategorical}};
  const auto learned = learn(plan);
  ASSERT_TRUE(learned) << learned.error().message;
  plan_ = files_.fold_plan(*learned, {});
  const auto answer = folded(files_.write_bytes("digits.csv", "zip,x\n00501,1.5\n00501,2.5\n"));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(column_of(profile_of(answer->panes.at(0)), plan_.schema, "zip").unseen, 0U);
}

TEST_F(FoldFormats, TakesTheMissingValuesOfACsvForMissing) {
  plan_.missing_values = {"NA", "-999"};
  const auto answer =
      folded(files_.write_bytes("na.csv", "x,name\n1.5,n1\nNA,NA\n-999,n2\n,\n2.5,n3\n"));
  ASSERT_TRUE(answer) << answer.error().message;
  const profile::Profile profile = profile_of(answer->panes.at(0));
  EXPECT_EQ(column_of(profile, plan_.schema, "x").missing, 3U);
  EXPECT_EQ(column_of(profile, plan_.schema, "x").type_errors, 0U);
  EXPECT_EQ(column_of(profile, plan_.schema, "name").missing, 2U);
}

TEST_F(FoldFormats, TakesACsvWithAHeadOnlyForAFileWithoutRows) {
  const auto answer = folded(files_.write_bytes("head.csv", "x,name\n"));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->rows, 0U);
}

TEST_F(FoldFormats, RefusesAnEmptyFile) {
  for (const char* name : {"a.parquet", "a.csv", "a.ndjson", "a.csv.gz"}) {
    const Error error = error_of(files_.write_bytes(name, ""));
    EXPECT_EQ(error.code, ErrorCode::kCorrupt);
    EXPECT_THAT(error.message, HasSubstr("is empty"));
  }
}

TEST_F(FoldFormats, RefusesAParquetFileThatIsCutOffAnywhere) {
  const auto whole = files_.write(
      "whole.parquet", "SELECT i * 0.5 AS x, 'n' || (i % 7) AS name FROM range(5000) t(i)");
  const std::string bytes = leeway::tests::read_file(whole);
  for (std::size_t tenth = 1; tenth < 10; ++tenth) {
    const Error error = error_of(files_.write_bytes(
        "cut.parquet", std::string_view(bytes).substr(0, bytes.size() * tenth / 10)));
    EXPECT_EQ(error.code, ErrorCode::kCorrupt);
    EXPECT_THAT(error.message, HasSubstr("cut.parquet': is not a Parquet file"));
  }
}

TEST_F(FoldFormats, NeverTakesADamagedParquetFileForAnother) {
  const auto whole = files_.write(
      "whole.parquet", "SELECT i * 0.5 AS x, 'n' || (i % 7) AS name FROM range(5000) t(i)");
  const std::string bytes = leeway::tests::read_file(whole);
  for (std::size_t i = 10; i < bytes.size(); i += bytes.size() / 40) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x55);
    const auto answer = folded(files_.write_bytes("damaged.parquet", damaged));
    // A value may have changed unnoticed; what must not be is an end of the process or a count that
    // does not add up.
    if (answer) {
      EXPECT_TRUE(check(*answer, plan_)) << i;
    } else {
      EXPECT_EQ(answer.error().code, ErrorCode::kCorrupt) << i << " " << answer.error().message;
    }
  }
}

TEST_F(FoldFormats, SaysNothingOfTheValuesInAnError) {
  for (const char* name : {"secret.parquet", "secret.ndjson", "secret.csv.gz", "secret.json"}) {
    const Error error = error_of(files_.write_bytes(name, "hunter2 {\"hunter2\": hunter2\n"));
    EXPECT_EQ(error.code, ErrorCode::kCorrupt);
    EXPECT_THAT(error.message, Not(HasSubstr("hunter2")));
    EXPECT_THAT(error.message, HasSubstr(name));
  }
}

TEST_F(FoldFormats, RefusesAFileWithNoneOfTheColumns) {
  EXPECT_THAT(
      error_of(files_.write_bytes("prose.csv", "It was,the best\nof times,it was\n")).message,
      HasSubstr("has none of the model's columns"));
}

TEST_F(FoldFormats, RefusesANameThatTellsNoFormat) {
  EXPECT_THAT(error_of(files_.write_bytes("rows.txt", "x\n1\n")).message, HasSubstr(".parquet"));
}

TEST_F(FoldFormats, RefusesWhatIsNoRegularFileWithoutWaiting) {
  const auto pipe = files_.folder() / "pipe.csv";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(error_of(pipe).message, HasSubstr("is not a regular file"));
  std::filesystem::create_directory(files_.folder() / "folder.csv");
  EXPECT_EQ(error_of(files_.folder() / "folder.csv").code, ErrorCode::kCorrupt);
}

TEST_F(FoldFormats, DoesNotFindAFileThatIsNotThere) {
  EXPECT_EQ(error_of(files_.folder() / "none.csv").code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace leeway::tables
