#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "collectors/tables/number_column.h"
#include "detectors/base/result.h"

namespace leeway::tables {

/// Collects the values of some columns and ends as a sorted extract. What it holds in memory can be
/// written out before, as sorted runs beside the result, which are merged at the end.
class ExtractBuilder {
 public:
  /// @param indices  of the schema, ascending
  /// @param path  of the extract; runs have its name with ".1", ".2", ... behind
  ExtractBuilder(std::vector<std::uint32_t> indices, std::filesystem::path path);
  ~ExtractBuilder();
  ExtractBuilder(ExtractBuilder&&) noexcept = default;
  ExtractBuilder& operator=(ExtractBuilder&&) noexcept = default;

  /// @param at  position in `indices`
  void add(std::size_t at, std::span<const double> values, Validity valid);
  /// Values that occur `counts` times each, which may be 0.
  void add_counted(std::size_t at, std::span<const double> values,
                   std::span<const std::uint64_t> counts);

  std::uint64_t bytes_in_memory() const { return held_; }
  /// What of a column has not been written out.
  NumberColumn& in_memory(std::size_t at) { return columns_[at]; }
  Result<> spill();

  /// Sorts and writes. Nothing can be added any more.
  /// @param only  the indices to keep; nothing: all
  Result<> finish(const std::optional<std::set<std::uint32_t>>& only = std::nullopt);
  /// Deletes what was written; as if nothing had been added.
  void drop();

  const std::filesystem::path& path() const { return path_; }

 private:
  void forget();
  Result<> write(const std::filesystem::path& path,
                 const std::optional<std::set<std::uint32_t>>& only);

  std::vector<std::uint32_t> indices_;
  std::filesystem::path path_;
  std::vector<NumberColumn> columns_;
  std::uint64_t held_ = 0;  // bytes
  std::vector<std::filesystem::path> runs_;
};

}  // namespace leeway::tables
