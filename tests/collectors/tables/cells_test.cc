#include "collectors/tables/cells.h"

#include <gmock/gmock.h>

#include <limits>

#include "tests/collectors/tables/table_files.h"

namespace leeway::tables {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using tests::time_of;

constexpr std::monostate kMissing{};

class Cells : public testing::Test {
 protected:
  /// The cells of the rows that are found.
  std::vector<std::vector<Cell>> read(const std::filesystem::path& path) {
    plan_.files = {path};
    auto answer = read_rows(plan_);
    EXPECT_TRUE(answer) << (answer ? "" : answer.error().message);
    if (!answer) return {};
    EXPECT_TRUE(check(*answer, plan_));
    std::vector<std::vector<Cell>> cells;
    for (const CellRow& row : answer->rows) cells.push_back(row.cells);
    absent_ = answer->absent;
    return cells;
  }
  static CellColumn numbers(std::string name) { return {.name = std::move(name)}; }
  static CellColumn texts(std::string name) {
    return {.name = std::move(name), .type = ColumnType::kCategorical, .written_as_text = true};
  }

  tests::TableFiles files_;
  RowsPlan plan_;
  std::vector<std::string> absent_;
};

TEST(PlainText, IsTheSameForEveryFormatOfAKey) {
  EXPECT_EQ(plain_text(Cell(std::int64_t{7})), "7");
  EXPECT_EQ(plain_text(Cell(7.0)), "7");
  EXPECT_EQ(plain_text(Cell(0.25)), "0.25");
  EXPECT_EQ(plain_text(Cell(1e300)), "1e+300");
  EXPECT_EQ(plain_text(Cell(true)), "true");
  EXPECT_EQ(plain_text(Cell(std::string("a b"))), "a b");
  EXPECT_EQ(plain_text(Cell()), "");
}

class CellsOfEachFormat : public Cells, public testing::WithParamInterface<const char*> {};

TEST_P(CellsOfEachFormat, AreTheNewestRowsInTheOrderOfTheirTimes) {
  // Times fall from row to row, so the newest rows are the first ones.
  const auto path = files_.write(
      GetParam(),
      "SELECT TIMESTAMP '2001-01-31' - INTERVAL (i) MINUTE AS at, i AS n, i * 0.5 AS x, "
      "'00' || i AS code FROM range(5000) t(i)");
  plan_.columns = {numbers("n"), numbers("x"), texts("code")};
  plan_.timestamp = "at";
  plan_.rows = 3;
  const auto cells = read(path);
  ASSERT_EQ(cells.size(), 3U);
  EXPECT_EQ(plain_text(cells[0][0]), "2");
  EXPECT_EQ(plain_text(cells[2][0]), "0");
  EXPECT_EQ(plain_text(cells[0][1]), "1");
  EXPECT_EQ(cells[1][2], Cell(std::string("001")));
}

INSTANTIATE_TEST_SUITE_P(Names, CellsOfEachFormat,
                         testing::Values("a.parquet", "a.csv", "a.csv.gz", "a.ndjson", "a.json"),
                         [](const auto& each) { return "Case" + std::to_string(each.index); });

TEST_F(Cells, WithoutATimestampTheLastRowsAreTheNewest) {
  plan_.columns = {numbers("n")};
  plan_.rows = 2;
  EXPECT_THAT(
      read(files_.write("a.parquet", "SELECT i AS n FROM range(5000) t(i)")),
      ElementsAre(ElementsAre(Cell(std::int64_t{4998})), ElementsAre(Cell(std::int64_t{4999}))));
}

TEST_F(Cells, RowsOfALaterTimeAndThoseWithoutOneAreNotTheNewest) {
  const auto path = files_.write_bytes("a.csv",
                                       "at,n\n2001-01-01T00:00:00Z,1\n2031-01-01T00:00:00Z,2\n"
                                       ",3\n2001-01-02T00:00:00Z,4\n");
  plan_.columns = {numbers("n")};
  plan_.timestamp = "at";
  plan_.not_after = time_of("2001-02-01T00:00:00Z");
  plan_.rows = 2;
  EXPECT_THAT(read(path),
              ElementsAre(ElementsAre(Cell(std::int64_t{1})), ElementsAre(Cell(std::int64_t{4}))));
  plan_.rows = 3;
  EXPECT_EQ(read(path).front().front(), Cell(std::int64_t{3}));  // known to be there, not when
}

TEST_F(Cells, KeepTheirTypesAndKnowWhatIsMissing) {
  const auto path =
      files_.write("a.parquet",
                   "SELECT * FROM (VALUES (true, 2.5::DOUBLE, 'x', DATE '2001-01-31'),"
                   " (NULL, 'nan'::DOUBLE, 'none', NULL)) t(flag, x, name, day)");
  plan_.columns = {{.name = "flag", .type = ColumnType::kBoolean},
                   numbers("x"),
                   texts("name"),
                   {.name = "day", .type = ColumnType::kDatetime},
                   numbers("gone")};
  plan_.missing_values = {"none"};
  EXPECT_THAT(read(path), ElementsAre(ElementsAre(Cell(true), Cell(2.5), Cell(std::string("x")),
                                                  Cell(std::string("2001-01-31")), Cell(kMissing)),
                                      ElementsAre(Cell(kMissing), Cell(kMissing), Cell(kMissing),
                                                  Cell(kMissing), Cell(kMissing))));
  EXPECT_THAT(absent_, ElementsAre("gone"));
}

TEST_F(Cells, OfAKeyAreFoundInAnyFormOfIt) {
  const auto path = files_.write("labels.parquet",
                                 "SELECT i::DOUBLE AS id, i % 2 = 0 AS late FROM range(9000) t(i)");
  plan_.columns = {numbers("id"), {.name = "late", .type = ColumnType::kBoolean}};
  plan_.key = "id";
  plan_.keys = {"8001", "4", "10000"};
  EXPECT_THAT(read(path), ElementsAre(ElementsAre(Cell(4.0), Cell(true)),
                                      ElementsAre(Cell(8001.0), Cell(false))));
  plan_.keys = {"nobody"};
  EXPECT_THAT(read(path), IsEmpty());
}

TEST_F(Cells, OfMoreBytesThanWantedLoseTheOldestRows) {
  plan_.columns = {texts("name")};
  plan_.rows = 10;
  plan_.bytes = 2500;
  const auto cells =
      read(files_.write("a.parquet", "SELECT repeat('x', 1000) AS name FROM range(5)"));
  EXPECT_EQ(cells.size(), 2U);
}

TEST_F(Cells, ABadNumberFarInsideACsvCostsNothing) {
  std::string rows = "x\n";
  for (int i = 0; i < 60'000; ++i) rows += i == 50'000 ? "oops\n" : "1.5\n";
  plan_.columns = {numbers("x")};
  plan_.rows = 1;
  EXPECT_THAT(read(files_.write_bytes("a.csv", rows)), ElementsAre(ElementsAre(Cell(1.5))));
}

TEST_F(Cells, ListsAreNoCells) {
  plan_.columns = {numbers("v")};
  plan_.files = {files_.write("a.parquet", "SELECT [1.0, 2.0] AS v")};
  const auto answer = read_rows(plan_);
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, HasSubstr("column 'v' holds lists"));
}

TEST_F(Cells, PlansAndAnswersAreReadAsTheyWereWritten) {
  plan_.columns = {texts("a")};
  plan_.key = "a";
  plan_.keys = {"1"};
  plan_.not_after = time_of("2001-02-01T00:00:00Z");
  const auto plan = RowsPlan::decode(plan_.encode());
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(plan->encode(), plan_.encode());
  const RowsAnswer answer{
      .rows = {{.time = time_of("2001-02-01T00:00:00Z"),
                .cells = {Cell(), Cell(0.5), Cell(std::int64_t{-3}), Cell(true), Cell("t")}}},
      .absent = {"b"}};
  const auto read = RowsAnswer::decode(answer.encode());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->rows, answer.rows);
  EXPECT_EQ(read->absent, answer.absent);
}

TEST_F(Cells, AnAnswerKeepsToItsPlan) {
  plan_.columns = {numbers("a")};
  plan_.rows = 1;
  RowsAnswer answer{.rows = {{.time = {}, .cells = {Cell(1.0)}}}, .absent = {}};
  EXPECT_TRUE(check(answer, plan_));
  answer.rows.push_back(answer.rows.front());
  EXPECT_FALSE(check(answer, plan_));
  answer.rows.pop_back();
  answer.rows.front().cells.clear();
  EXPECT_FALSE(check(answer, plan_));
  answer.rows.front().cells = {Cell(std::string(2'000'000, 'x'))};
  EXPECT_FALSE(check(answer, plan_));
}

}  // namespace
}  // namespace leeway::tables
