#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "collectors/tables/number_buffer.h"

namespace leeway::tables {

/// Of the columns of one source: which one of several readers, each on a thread of its own, reads.
struct Part {
  unsigned index = 0;
  unsigned count = 1;
  bool has(std::size_t column) const { return column % count == index; }
};

/// What a caller in the same process gives beside a plan, and gets: the sorted numbers of the
/// numeric columns in memory, where the worker writes an extract. Results do not depend on
/// `threads`.
struct KeptColumns {
  unsigned threads = 1;
  /// Beyond, the numbers go to an extract in the plan's scratch directory, on one thread.
  std::uint64_t most_bytes = std::uint64_t{1} << 30U;

  bool kept = false;                  ///< all numbers are here; there is no extract
  std::vector<NumberBuffer> columns{};  ///< by index of the schema, ascending; empty: none

  std::span<const double> column(std::size_t index) const {
    return index < columns.size() ? columns[index].numbers() : std::span<const double>();
  }
};

}  // namespace leeway::tables
