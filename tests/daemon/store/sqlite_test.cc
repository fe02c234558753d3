#include "daemon/store/sqlite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "tests/daemon/store/database.h"

namespace leeway::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using tests::must;

class Sqlite : public testing::Test {
 protected:
  Sqlite() {
    connection_ = must(Connection::open(folder_ / "a.db", {.durable = false}));
    must(connection_->script(
        "CREATE TABLE t (i INTEGER, r REAL, s TEXT, b BLOB, n INTEGER UNIQUE) STRICT"));
  }

  tests::TempFolder folder_;
  std::unique_ptr<Connection> connection_;
};

std::int64_t read_integer(Row& row) {
  std::int64_t value = 0;
  row.read(value);
  return value;
}

TEST_F(Sqlite, ReadsBackWhatWasBound) {
  const std::string bytes("\0\xff\n", 3);
  const auto all_bits = std::numeric_limits<std::uint64_t>::max();
  must(connection_->run("INSERT INTO t VALUES (?, ?, ?, ?, ?)", all_bits, 0.1, "Käse", Blob{bytes},
                        from_micros(-5)));
  struct Values {
    std::uint64_t i = 0;
    double r = 0;
    std::string s;
    std::string b;
    std::optional<TimePoint> n;
  };
  const auto read = [](Row& row) {
    Values values;
    row.read(values.i, values.r, values.s, values.b, values.n);
    return values;
  };
  const auto values = must(connection_->first("SELECT i, r, s, b, n FROM t", read)).value();
  EXPECT_EQ(values.i, all_bits);
  EXPECT_EQ(values.r, 0.1);
  EXPECT_EQ(values.s, "Käse");
  EXPECT_EQ(values.b, bytes);
  EXPECT_EQ(values.n, from_micros(-5));
}

TEST_F(Sqlite, KeepsEmptyTextsAndBlobsApartFromNull) {
  must(connection_->run("INSERT INTO t VALUES (?, ?, ?, ?, ?)", std::optional<int>(),
                        std::optional<double>(), std::string_view(), Blob{}, 1));
  EXPECT_EQ(must(connection_->value<int>(
                "SELECT count(*) FROM t WHERE i IS NULL AND r IS NULL AND s = '' AND b = x''")),
            1);
}

TEST_F(Sqlite, RunsTheSameStatementInsideItself) {
  for (int n = 1; n <= 3; ++n) {
    must(connection_->run("INSERT INTO t VALUES (0, 0, '', x'', ?)", n));
  }
  std::vector<std::int64_t> seen;
  const std::string sql = "SELECT n FROM t ORDER BY n";
  must(connection_->each(sql, [&](Row& outer) -> Result<> {
    const auto inner = must(connection_->all(sql, read_integer));
    seen.push_back(read_integer(outer) * 10 + static_cast<std::int64_t>(inner.size()));
    return {};
  }));
  EXPECT_THAT(seen, ElementsAre(13, 23, 33));
}

TEST_F(Sqlite, StopsAtTheRowThatTheVisitorRefuses) {
  for (int n = 1; n <= 3; ++n) {
    must(connection_->run("INSERT INTO t VALUES (0, 0, '', x'', ?)", n));
  }
  int visited = 0;
  const auto done = connection_->each("SELECT n FROM t", [&](Row&) -> Result<> {
    if (++visited == 2) return fail(ErrorCode::kCancelled, "enough");
    return {};
  });
  EXPECT_EQ(visited, 2);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "enough");
}

TEST_F(Sqlite, NamesTheStatementThatViolatesAConstraint) {
  must(connection_->run("INSERT INTO t (n) VALUES (?)", 1));
  const auto again = connection_->run("INSERT INTO t (n) VALUES (?)", 1);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(again.error().message, HasSubstr("UNIQUE constraint failed: t.n"));
  EXPECT_THAT(again.error().message, HasSubstr("INSERT INTO t (n)"));
  EXPECT_FALSE(connection_->broken());
}

TEST_F(Sqlite, RefusesToWriteOverAReadingConnection) {
  const auto reader = must(Connection::open(folder_ / "a.db", {.read_only = true}));
  EXPECT_FALSE(reader->run("INSERT INTO t (n) VALUES (1)"));
  EXPECT_EQ(must(reader->value<int>("SELECT count(*) FROM t")), 0);
}

TEST_F(Sqlite, CallsAFullDiskUnavailableAndItselfBroken) {
  const auto small = must(Connection::open(folder_ / "small.db", {.max_bytes = 16 << 10}));
  must(small->script("CREATE TABLE t (b BLOB) STRICT"));
  const std::string big(64 << 10, 'x');
  const auto written = small->run("INSERT INTO t VALUES (?)", Blob{big});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(small->broken());
}

TEST_F(Sqlite, CallsAFileThatIsNoDatabaseCorrupt) {
  std::ofstream(folder_ / "no.db") << std::string(4096, 'x');
  const auto opened = Connection::open(folder_ / "no.db", {});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace leeway::store
