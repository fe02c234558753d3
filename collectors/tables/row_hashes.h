#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "collectors/tables/row_fold.h"

namespace leeway::tables {

/// What a sample of keys takes in memory at most: a node and its slot for each.
inline constexpr std::uint64_t kKeySampleBytes = 48 * profile::KeySample::kCapacity;

/// Hashes of whole rows over all columns that are not ignored: equal rows have equal hashes, in
/// whatever file and in whatever form they are read. About 1 ns a number or code and what hash64
/// takes of a text.
class RowHashes {
 public:
  /// Of a row that has a name which was not remembered, and so may be equal to no other: it is left
  /// out of what is counted.
  static constexpr std::uint64_t kUnknown = 0;

  /// The argument outlives it.
  explicit RowHashes(const std::vector<FoldedColumn>& columns);

  /// Valid until the next call.
  std::span<const std::uint64_t> of(std::span<const ColumnChunk* const> chunks, RowSelection rows);

 private:
  std::uint64_t of_code(std::size_t column, std::uint32_t code);
  void add_values(std::size_t column, const ColumnChunk& chunk, RowSelection rows);
  template <class ValueHash>
  void add_column(RowSelection rows, const ValueHash& value_hash);

  const std::vector<FoldedColumn>* columns_;
  std::vector<std::vector<std::uint64_t>> names_;  // by column and code; 0: not hashed yet
  std::vector<std::uint64_t> hashes_;
};

}  // namespace leeway::tables
