#pragma once

#include <cstdint>
#include <vector>

#include "detectors/base/random.h"

namespace leeway::tables {

/// A seeded sample of rows without replacement (reservoir, Vitter's algorithm R): the numbers of
/// some columns in the same rows. What is missing there is NaN.
class RowSample {
 public:
  RowSample(std::size_t columns, std::size_t most_rows, std::uint64_t seed)
      : most_(most_rows), random_(seed), columns_(columns) {}

  /// Where the next row goes, or `kNowhere`.
  static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);
  std::size_t next_slot() {
    const std::uint64_t row = rows_++;
    if (row < most_) return static_cast<std::size_t>(row);
    const std::uint64_t slot = random_.below(row + 1);
    return slot < most_ ? static_cast<std::size_t>(slot) : kNowhere;
  }
  void set(std::size_t column, std::size_t slot, double value) {
    std::vector<double>& values = columns_[column];
    if (slot >= values.size()) values.resize(slot + 1);
    values[slot] = value;
  }

  bool holds_all() const { return rows_ <= most_; }
  std::vector<double>& column(std::size_t column) { return columns_[column]; }

 private:
  std::uint64_t most_;
  Random random_;
  std::uint64_t rows_ = 0;
  std::vector<std::vector<double>> columns_;
};

}  // namespace leeway::tables
