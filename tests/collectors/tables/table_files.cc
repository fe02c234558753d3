#include "tests/collectors/tables/table_files.h"

#include <gtest/gtest.h>

#include <chrono>

#include "collectors/tables/duckdb.h"
#include "detectors/profile/reference.h"

namespace leeway::tables::tests {

namespace {

std::string copy_options(const std::string& name) {
  if (name.ends_with(".parquet")) return "FORMAT parquet";
  if (name.ends_with(".csv")) return "FORMAT csv, HEADER";
  if (name.ends_with(".csv.gz")) return "FORMAT csv, HEADER, COMPRESSION gzip";
  if (name.ends_with(".gz")) return "FORMAT json, COMPRESSION gzip";
  if (name.ends_with(".json")) return "FORMAT json, ARRAY true";
  return "FORMAT json";
}

}  // namespace

std::filesystem::path TableFiles::write(const std::string& name, const std::string& select,
                                        const std::string& more_options) const {
  const std::filesystem::path path = folder_ / name;
  const std::string sql = "COPY (" + select + ") TO " + quoted_text(path.string()) + " (" +
                          copy_options(name) + (more_options.empty() ? "" : ", ") + more_options +
                          ")";
  auto process = leeway::tests::Process::start(
      {.program = LEEWAY_SQL, .arguments = {sql}, .output = folder_ / "sql.log"});
  const auto ended = process ? process->wait(std::chrono::seconds(60)) : std::nullopt;
  if (ended != leeway::tests::Exit{}) {
    ADD_FAILURE() << leeway::tests::read_file(folder_ / "sql.log");
  }
  return path;
}

LearnPlan TableFiles::learn_plan(std::vector<std::filesystem::path> files) const {
  LearnPlan plan;
  plan.files = std::move(files);
  plan.source = "a test";
  plan.panes.size = std::chrono::hours(24);
  plan.scratch = {.directory = folder_.path(), .stem = "scratch", .extract_rows = 1'000'000};
  return plan;
}

FoldPlan TableFiles::fold_plan(const LearnAnswer& learned,
                               std::vector<std::filesystem::path> files) const {
  const auto reference = profile::Reference::deserialize(learned.reference);
  FoldPlan plan;
  plan.files = std::move(files);
  plan.schema = reference->schema;
  plan.reference_columns = learned.columns;
  for (const profile::Column& column : plan.schema.columns) {
    if (column.role == ColumnRole::kTimestamp) plan.timestamp = column.name;
  }
  if (!plan.timestamp.empty()) plan.panes.size = std::chrono::hours(24);
  plan.scratch = {.directory = folder_.path(), .stem = "fold", .extract_rows = 0};
  return plan;
}

profile::Profile profile_of(const FoldedPane& pane) {
  auto profile = profile::Profile::deserialize(pane.profile);
  EXPECT_TRUE(profile.has_value());
  return profile ? std::move(*profile) : profile::Profile{};
}

const profile::ColumnProfile& column_of(const profile::Profile& profile,
                                        const profile::Schema& schema, std::string_view name) {
  return profile.columns.at(schema.index_of(name).value());
}

TimePoint time_of(std::string_view text) { return parse_time(text).value(); }

}  // namespace leeway::tables::tests
