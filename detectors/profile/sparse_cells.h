#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "detectors/base/bytes.h"

namespace leeway::profile {

/// Counts (and sums) of the cells that hold something, ascending by index.
struct SparseCells {
  std::vector<std::uint32_t> index;
  std::vector<std::uint64_t> count;
  std::vector<double> sum;  ///< numeric columns only, else empty

  /// All `cells` counts; indices beyond them are left out.
  std::vector<std::uint64_t> dense(std::size_t cells) const;
  std::uint64_t total() const;
  void merge(const SparseCells& other);
  /// Takes away what was merged in: counts exactly, sums up to rounding. Cells that `other` holds
  /// more of become empty.
  void subtract(const SparseCells& other);

  void write(ByteWriter& out) const;
  /// Ascending, each count at least 1, their total without overflow; refuses `in` otherwise.
  static SparseCells read(ByteReader& in);

  bool operator==(const SparseCells&) const = default;
};

}  // namespace leeway::profile
