#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "collectors/tables/descriptor.h"
#include "detectors/base/result.h"

namespace leeway::tables {

/// What the head of an extract says of a column.
struct ExtractEntry {
  std::uint32_t index = 0;
  std::uint64_t count = 0;
};

inline constexpr std::string_view kExtractMagic = "LWEXTRCT";
inline constexpr std::uint32_t kExtractVersion = 1;
inline constexpr std::size_t kExtractHead = 32;     // magic, version, columns, two checksums
inline constexpr std::size_t kExtractEntry = 16;    // index, four zero bytes, count
inline constexpr std::size_t kExtractBlock = 8192;  // values: the data is hashed by blocks

/// Writes an extract piece by piece: the table first, then exactly as many values as it announces.
class ExtractWriter {
 public:
  static Result<ExtractWriter> create(const std::filesystem::path& path,
                                      std::vector<ExtractEntry> table);

  Result<> append(std::span<const double> values);
  Result<> append(double value, std::uint64_t count);  ///< the same value `count` times

  /// Completes the head; before that the file is no extract.
  Result<> finish();

 private:
  ExtractWriter(std::filesystem::path path, Descriptor file, std::vector<ExtractEntry> table);
  Result<> write_block();

  std::filesystem::path path_;
  Descriptor file_;
  std::vector<ExtractEntry> table_;
  std::vector<double> block_;
  std::string block_hashes_;
  std::uint64_t written_ = 0;
};

/// The bytes of the table, and the checksum of a block.
std::string extract_table(std::span<const ExtractEntry> table);
void add_block_hash(std::string& hashes, std::span<const double> block);

}  // namespace leeway::tables
