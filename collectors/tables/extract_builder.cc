#include "collectors/tables/extract_builder.h"

#include <algorithm>
#include <cmath>
#include <system_error>

#include "collectors/tables/extract.h"
#include "collectors/tables/sort.h"

namespace leeway::tables {

ExtractBuilder::ExtractBuilder(std::vector<std::uint32_t> indices, std::filesystem::path path)
    : indices_(std::move(indices)), path_(std::move(path)), columns_(indices_.size()) {}

ExtractBuilder::~ExtractBuilder() { drop(); }

void ExtractBuilder::add(std::size_t at, std::span<const double> values, Validity valid) {
  NumberBuffer& column = columns_[at].values;
  const std::size_t before = column.size();
  column.append(values, valid);
  held_ += (column.size() - before) * sizeof(double);
}

void ExtractBuilder::add_counted(std::size_t at, std::span<const double> values,
                                 std::span<const std::uint32_t> counts) {
  std::vector<Run>& runs = columns_[at].runs;
  const std::size_t before = runs.size();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (counts[i] > 0 && !std::isnan(values[i])) {
      runs.push_back({.value = values[i] + 0.0, .count = counts[i]});
    }
  }
  held_ += (runs.size() - before) * sizeof(Run);
}

void ExtractBuilder::sort_column(Column& column) {
  const std::span<double> values = column.values.numbers();
  const auto end =
      std::remove_if(values.begin(), values.end(), [](double value) { return std::isnan(value); });
  column.values.truncate(static_cast<std::size_t>(end - values.begin()));
  for (double& value : column.values.numbers()) value += 0.0;
  sort(column.values.numbers());
  std::sort(column.runs.begin(), column.runs.end(),
            [](const Run& a, const Run& b) { return a.value < b.value; });
}

std::uint64_t ExtractBuilder::count(const Column& column) {
  std::uint64_t count = column.values.size();
  for (const Run& run : column.runs) count += run.count;
  return count;
}

/// Values and runs in one order.
Result<> ExtractBuilder::append(const Column& column, ExtractWriter& out) {
  std::span<const double> values = column.values.numbers();
  for (const Run& run : column.runs) {
    const auto before = std::lower_bound(values.begin(), values.end(), run.value);
    const auto part = values.first(static_cast<std::size_t>(before - values.begin()));
    if (auto done = out.append(part); !done) return done;
    if (auto done = out.append(run.value, run.count); !done) return done;
    values = values.subspan(part.size());
  }
  return out.append(values);
}

Result<> ExtractBuilder::write(const std::filesystem::path& path,
                               const std::optional<std::set<std::uint32_t>>& only) {
  const auto wanted = [&](std::size_t i) { return !only || only->contains(indices_[i]); };
  std::vector<ExtractEntry> table;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!wanted(i)) continue;
    sort_column(columns_[i]);
    table.push_back({.index = indices_[i], .count = count(columns_[i])});
  }
  auto out = ExtractWriter::create(path, std::move(table));
  if (!out) return fail(std::move(out.error()));
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!wanted(i)) continue;
    if (auto done = append(columns_[i], *out); !done) return done;
    columns_[i] = Column();
  }
  forget();
  return out->finish();
}

void ExtractBuilder::forget() {
  for (Column& column : columns_) column = Column();
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
