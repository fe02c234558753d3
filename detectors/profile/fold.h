#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "detectors/profile/profile.h"

namespace leeway::profile {

/// Folds the values of one column into its profile, chunk by chunk, in bounded memory
/// (dense cells of the column plus its sketches). Feed it in row order: the result depends on it
/// in the last bits of the sums only.
class ColumnFold {
 public:
  explicit ColumnFold(const Column& column);

  /// Numbers and, for datetime columns, microseconds as doubles.
  /// @param valid  bit i of word i/64 says that value i is present; empty: all are
  /// @param type_errors  how many of the absent values were there but not readable as a number
  void add_numbers(std::span<const double> values, std::span<const std::uint64_t> valid,
                   std::uint64_t type_errors = 0);

  /// One value of a categorical, boolean, text or id column.
  void add_text(std::string_view value);
  void add_missing(std::uint64_t count);
  void add_type_errors(std::uint64_t count);

  /// The profile of everything added so far; the fold is empty afterwards.
  ColumnProfile take();

 private:
  const Column* column_;
  ColumnProfile profile_;
  std::vector<std::uint64_t> counts_;
  std::vector<double> sums_;
};

}  // namespace leeway::profile
