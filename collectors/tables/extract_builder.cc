#include "collectors/tables/extract_builder.h"

#include <system_error>

#include "collectors/tables/extract.h"

namespace leeway::tables {

ExtractBuilder::ExtractBuilder(std::vector<std::uint32_t> indices, std::filesystem::path path)
    : indices_(std::move(indices)), path_(std::move(path)), columns_(indices_.size()) {}

ExtractBuilder::~ExtractBuilder() { drop(); }

void ExtractBuilder::add(std::size_t at, std::span<const double> values, Validity valid) {
  const std::uint64_t before = columns_[at].bytes();
  columns_[at].add(values, valid);
  held_ += columns_[at].bytes() - before;
}

void ExtractBuilder::add_counted(std::size_t at, std::span<const double> values,
                                 std::span<const std::uint64_t> counts) {
  const std::uint64_t before = columns_[at].bytes();
  columns_[at].add_counted(values, counts);
  held_ += columns_[at].bytes() - before;
}

Result<> ExtractBuilder::write(const std::filesystem::path& path,
                               const std::optional<std::set<std::uint32_t>>& only) {
  const auto wanted = [&](std::size_t i) { return !only || only->contains(indices_[i]); };
  std::vector<ExtractEntry> table;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!wanted(i)) continue;
    columns_[i].sort();
    table.push_back({.index = indices_[i], .count = columns_[i].count()});
  }
  auto out = ExtractWriter::create(path, std::move(table));
  if (!out) return fail(std::move(out.error()));
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!wanted(i)) continue;
    if (auto done = columns_[i].append_to(*out); !done) return done;
    columns_[i] = NumberColumn();
  }
  forget();
  return out->finish();
}

void ExtractBuilder::forget() {
  for (NumberColumn& column : columns_) column = NumberColumn();
  held_ = 0;
}

Result<> ExtractBuilder::spill() {
  if (held_ == 0) return {};
  std::filesystem::path run = path_;
  run += "." + std::to_string(runs_.size() + 1);
  runs_.push_back(run);
  return write(run, std::nullopt);
}

Result<> ExtractBuilder::finish(const std::optional<std::set<std::uint32_t>>& only) {
  if (runs_.empty()) return write(path_, only);
  if (auto spilled = spill(); !spilled) return spilled;
  auto merged = merge_extracts(runs_, path_, only);
  drop();
  return merged;
}

void ExtractBuilder::drop() {
  for (const auto& run : runs_) {
    std::error_code ignored;
    std::filesystem::remove(run, ignored);
  }
  runs_.clear();
  forget();
}

}  // namespace leeway::tables
