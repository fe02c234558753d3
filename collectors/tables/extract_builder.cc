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

void ExtractBuilder::add(std::size_t at, std::span<const double> values) {
  std::vector<double>& column = columns_[at];
  column.insert(column.end(), values.begin(), values.end());
  held_ += values.size();
}

Result<> ExtractBuilder::write(const std::filesystem::path& path,
                               const std::optional<std::set<std::uint32_t>>& only) {
  std::vector<ExtractColumn> sorted;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (only && !only->contains(indices_[i])) continue;
    std::vector<double>& values = columns_[i];
    std::erase_if(values, [](double value) { return std::isnan(value); });
    for (double& value : values) value += 0.0;
    sort(values);
    sorted.push_back({.index = indices_[i], .values = values});
  }
  auto written = write_extract(path, sorted);
  for (std::vector<double>& values : columns_) std::vector<double>().swap(values);
  held_ = 0;
  return written;
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
  for (std::vector<double>& values : columns_) std::vector<double>().swap(values);
  held_ = 0;
}

}  // namespace leeway::tables
