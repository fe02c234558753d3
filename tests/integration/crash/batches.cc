#include "tests/integration/crash/batches.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <utility>

#include "detectors/base/time.h"

namespace leeway::tests {
namespace {

constexpr int kReferenceDays = 20;  // those before 2001-02-01
constexpr int kRewriteEvery = 2;    // days
constexpr int kRewrittenSoon = 4;   // days: rows later than 'late' are refused

/// A day's rows are a function of day, part and version alone.
constexpr const char* kMacro = R"sql(
CREATE MACRO rows_of(day, part, version) AS TABLE
WITH draw AS (
  SELECT hash(day, part, version, i, 1) % 1000003 / 1000003.0 AS a,
         hash(day, part, version, i, 2) % 1000003 / 1000003.0 AS b,
         hash(day, part, version, i, 3) % 1000003 / 1000003.0 AS c,
         hash(day, part, version, i, 4) % 1000003 / 1000003.0 AS d,
         day >= 0 AND day // 2 % 2 = 1 AS amount_moved,
         day >= 0 AND day // 3 % 2 = 1 AS kind_moved
  FROM range(300 + CAST(hash(day, part, version) % 200 AS BIGINT)) AS r(i))
SELECT TIMESTAMP '2001-02-01' + to_days(day) + to_microseconds(
         CAST(43200000000 * (part + d) AS BIGINT)) AS at,
       CASE WHEN c < 0.03 THEN NULL
            ELSE -ln(1 - a) * CASE WHEN amount_moved THEN 30 ELSE 10 END END AS amount,
       CAST(floor(b * 60) AS INTEGER) AS items,
       CASE WHEN c < 0.02 THEN NULL WHEN kind_moved THEN 'rail'
            ELSE ['air', 'road', 'rail', 'sea'][1 + CAST(floor(b * 4) AS BIGINT)] END AS kind
FROM draw
)sql";

constexpr const char* kTotals =
    "SELECT strftime(\"at\", '%Y-%m-%d') AS day, count(*) AS n, "
    "count(*) FILTER (amount IS NULL), avg(amount), min(amount), max(amount), "
    "count(*) FILTER (items IS NULL), avg(items), min(items), max(items), "
    "count(*) FILTER (kind IS NULL) FROM ";

std::string copy(const std::string& rows, const std::filesystem::path& to) {
  return "COPY (" + rows + ") TO '" + to.string() + "' (FORMAT parquet)";
}

std::string rows_of(int day, int part, int version) {
  return "FROM rows_of(" + std::to_string(day) + ", " + std::to_string(part) + ", " +
         std::to_string(version) + ")";
}

/// The last statement's rows as CSV.
std::string sql(std::vector<std::string> statements, const std::filesystem::path& output) {
  std::filesystem::remove(output);
  auto process =
      Process::start({.program = LEEWAY_SQL, .arguments = std::move(statements), .output = output});
  LEEWAY_ASSERT(process, "leeway_sql was built with this test");
  const auto exit = process->wait(std::chrono::minutes(2));
  EXPECT_EQ(exit, Exit{}) << read_file(output);
  return read_file(output);
}

TimePoint day_start(int day) {
  const auto first = parse_time("2001-02-01");
  LEEWAY_ASSERT(first, "a date");
  return *first + std::chrono::hours(24 * day);
}

std::string date_of(int day) { return to_rfc3339(day_start(day)).substr(0, 10); }

}  // namespace

Batches::Batches(std::filesystem::path folder, int days, int first_rewritten)
    : folder_(std::move(folder)),
      days_(days),
      first_rewritten_(first_rewritten),
      replaced_(static_cast<std::size_t>(days)) {
  std::filesystem::create_directories(incoming());
  std::filesystem::create_directories(folder_ / "staged");
  std::vector<std::string> statements{kMacro};
  std::string before;
  for (int day = -kReferenceDays; day < 0; ++day) {
    for (const int part : {0, 1}) {
      before += (before.empty() ? "" : " UNION ALL ") + ("(" + rows_of(day, part, 0) + ")");
    }
  }
  statements.push_back(copy(before, reference()));
  for (int day = 0; day < days_; ++day) {
    for (const File& file : {File{day, 0, 0}, File{day, 1, 0}, File{day, 0, 1}}) {
      if (file.version == 1 && day % kRewriteEvery != 0) continue;
      statements.push_back(copy(rows_of(day, file.part, file.version), staged(file)));
    }
  }
  sql(std::move(statements), folder_ / "made.csv");
}

std::filesystem::path Batches::staged(const File& file) const {
  return folder_ / "staged" /
         (std::to_string(file.day) + "-" + std::to_string(file.part) + "-" +
          std::to_string(file.version));
}

std::filesystem::path Batches::arrived(const File& file) const {
  return incoming() / (date_of(file.day) + "-" + std::to_string(file.part) + ".parquet");
}

/// With a time of the past: a file that was moved in is not one that is still being written.
void Batches::move_in(const File& file) {
  namespace fs = std::filesystem;
  const fs::path from = staged(file);
  const auto written = fs::file_time_type::clock::now() - std::chrono::hours(1);
  fs::last_write_time(from, written);
  fs::rename(from, arrived(file));
}

void Batches::break_next() const {
  std::ofstream(arrived({.day = next_ / 2, .part = next_ % 2})) << "PAR1, and then no Parquet";
}

bool Batches::hand_over() {
  if (next_ >= 2 * days_) return false;
  move_in({.day = next_ / 2, .part = next_ % 2});
  ++next_;
  return true;
}

void Batches::rewrite(TimePoint closed) {
  const auto newest = static_cast<int>((closed - day_start(0)) / std::chrono::hours(24));
  for (int day = newest; day >= first_rewritten_ && newest - day < kRewrittenSoon; --day) {
    const auto place = static_cast<std::size_t>(day);
    if (day % kRewriteEvery != 0 || replaced_[place]) continue;
    replaced_[place] = true;
    ++rewritten_;
    move_in({.day = day, .part = 0, .version = 1});
  }
}

std::map<std::string, Totals> Batches::totals() const {
  const std::string text =
      sql({kTotals + ("'" + (incoming() / "*.parquet").string() + "' GROUP BY day ORDER BY day")},
          folder_ / "totals.csv");
  std::map<std::string, Totals> all;
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);  // names
  while (std::getline(lines, line)) {
    for (char& c : line) c = c == ',' ? ' ' : c;
    std::istringstream fields(line);
    std::string day;
    Totals totals;
    fields >> day >> totals.rows;
    for (const char* name : {"amount", "items"}) {
      Totals::Column& column = totals.numeric[name];
      fields >> column.missing >> column.mean >> column.min >> column.max;
    }
    fields >> totals.missing["kind"];
    EXPECT_TRUE(fields) << line;
    all[day] = totals;
  }
  return all;
}

}  // namespace leeway::tests
