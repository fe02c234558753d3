// fold_bench FILE [ROWS]: CPU seconds of folding a file, beside DuckDB merely scanning the
// same columns (the sum of each) in the same process. Not a test: figures go into commit messages.

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "collectors/tables/duckdb.h"
#include "collectors/tables/fold.h"
#include "collectors/tables/learn.h"
#include "collectors/tables/source_file.h"
#include "detectors/profile/reference.h"

namespace {

using namespace leeway;

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](timeval time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

[[noreturn]] void die(const Error& error) {
  std::fprintf(stderr, "%s\n", error.message.c_str());
  std::exit(1);
}

/// The median of some runs.
double measure(const char* what, const std::function<void()>& run) {
  std::vector<double> times;
  for (int i = 0; i < 7; ++i) {
    const double start = cpu_seconds();
    run();
    times.push_back(cpu_seconds() - start);
  }
  std::sort(times.begin(), times.end());
  std::printf("%-28s %.3f s\n", what, times[times.size() / 2]);
  return times[times.size() / 2];
}

/// Takes a row of sums.
class NoSink final : public tables::RowSink {
 public:
  Result<> take(const tables::Rows&) override { return {}; }
};

void scan(const std::filesystem::path& path) {
  auto database = tables::Database::create(std::uint64_t{200} << 20U);
  if (!database) die(database.error());
  auto file = tables::SourceFile::open(path);
  if (!file) die(file.error());
  auto columns = database->describe("SELECT * FROM " + file->table({}));
  if (!columns) die(columns.error());
  std::string sums;
  std::vector<std::string> items;
  for (const auto& column : *columns) {
    const std::string name = tables::quoted_name(column.name);
    const bool number = column.kind == tables::Kind::kInteger || column.kind == tables::Kind::kReal;
    items.push_back("c" + std::to_string(items.size()));
    sums += (sums.empty() ? "(SELECT " : ", ") + std::string(number ? "sum(" : "max(") + name +
            ") AS " + items.back();
  }
  NoSink sink;
  if (auto done = database->read(items, sums + " FROM " + file->table({}) + ")", sink); !done) {
    die(done.error());
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "fold_bench FILE [SEGMENT-COLUMN]\n");
    return 2;
  }
  tables::LearnPlan plan{
      .files = {argv[1]},
      .source = argv[1],
      .rules = {},
      .panes = {.size = std::chrono::hours(24)},
      .scratch = {.directory = std::filesystem::temp_directory_path(), .stem = "leeway-fold-bench"},
      .limits = {}};
  if (argc > 2) plan.rules.segments = {argv[2]};
  auto learned = tables::learn(plan);
  if (!learned) die(learned.error());
  const auto reference = profile::Reference::deserialize(learned->reference);
  if (!reference) die(reference.error());
  std::string timestamp;
  for (const auto& column : reference->schema.columns) {
    std::printf("%-20s %-12s %-10s %s\n", column.name.c_str(), to_string(column.type).data(),
                to_string(column.role).data(), column.reason.c_str());
    if (column.role == ColumnRole::kTimestamp) timestamp = column.name;
  }
  tables::FoldPlan fold_plan{.files = plan.files,
                             .schema = reference->schema,
                             .reference_columns = learned->columns,
                             .timestamp = timestamp,
                             .panes = {},
                             .not_after = {},
                             .segments = {},
                             .missing_values = {},
                             .scratch = plan.scratch,
                             .limits = {}};
  const auto fold = [&fold_plan] {
    const auto answer = tables::fold(fold_plan);
    if (!answer) die(answer.error());
  };
  const double floor = measure("DuckDB, sum of each column", [&] { scan(argv[1]); });
  const auto ratio = [floor](double seconds) { std::printf("%31.2f x\n", seconds / floor); };
  ratio(measure("fold into one profile", fold));
  fold_plan.scratch.extract_rows = 100'000'000;
  ratio(measure("the same with extract", fold));
  fold_plan.scratch.extract_rows = 0;
  fold_plan.scratch.sample_rows = 1000;
  ratio(measure("the same with a sample", fold));
  fold_plan.scratch.sample_rows = 0;
  if (!timestamp.empty()) {
    fold_plan.panes.size = std::chrono::hours(24);
    ratio(measure("fold into days", fold));
    fold_plan.scratch.extract_rows = 100'000'000;
    ratio(measure("the same with extracts", fold));
  }
  if (!learned->segments.empty()) {
    fold_plan.segments = learned->segments;
    fold_plan.scratch.extract_rows = 0;
    ratio(measure("fold into segments", fold));
  }
  ratio(measure("learn", [&plan] {
    const auto answer = tables::learn(plan);
    if (!answer) die(answer.error());
  }));
  plan.scratch.extract_rows = 100'000'000;
  ratio(measure("learn with extract", [&plan] {
    const auto answer = tables::learn(plan);
    if (!answer) die(answer.error());
  }));
}
