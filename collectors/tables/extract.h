#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "detectors/base/result.h"

namespace leeway::tables {

/// One column on its way into an extract.
struct ExtractColumn {
  std::uint32_t index = 0;         ///< of the schema
  std::span<const double> values;  ///< ascending, infinities included, no NaN
};

/// Writes a file of sorted float64 columns: magic "LWEXTRCT", version, number of columns, (index,
/// count) of each, XXH64 of all that and of the data; then the data, little endian, 8-byte aligned.
/// Indices ascend. Truncates what is there. Not synced: the owner of the directory does that.
Result<> write_extract(const std::filesystem::path& path, std::span<const ExtractColumn> columns);

/// A sorted extract, mapped read-only. The file may be deleted while it is mapped, but must not be
/// cut short.
class MappedExtract {
 public:
  /// kNotFound, kUnavailable, or kCorrupt after checking sizes, checksum and order: one pass over
  /// the data.
  static Result<MappedExtract> open(const std::filesystem::path& path);

  MappedExtract() = default;
  ~MappedExtract();
  MappedExtract(MappedExtract&& other) noexcept;
  MappedExtract& operator=(MappedExtract&& other) noexcept;

  /// Empty if the extract does not have the column.
  std::span<const double> column(std::uint32_t index) const;
  std::span<const ExtractColumn> columns() const { return columns_; }

 private:
  MappedExtract(void* data, std::size_t size) : data_(data), size_(size) {}
  Result<> read_table();

  void* data_ = nullptr;
  std::size_t size_ = 0;
  std::vector<ExtractColumn> columns_;
};

/// Merges sorted extracts into one, column by column, in memory for some pages only: windows are
/// made of several sources. A column that one of them lacks has the values of the others.
/// @param only  the columns to keep; nothing: all
Result<> merge_extracts(std::span<const std::filesystem::path> sources,
                        const std::filesystem::path& path,
                        const std::optional<std::set<std::uint32_t>>& only = std::nullopt);

}  // namespace leeway::tables
