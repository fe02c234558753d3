#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "collectors/tables/extract_writer.h"
#include "collectors/tables/number_buffer.h"
#include "detectors/base/validity.h"

namespace leeway::tables {

/// All numbers of a column, in any order at first: those that came one by one and those that were
/// counted. NaN is left out, -0 becomes 0.
class NumberColumn {
 public:
  void add(std::span<const double> values, Validity valid) { values_.append(values, valid); }
  /// Values that occur `counts` times each, which may be 0.
  void add_counted(std::span<const double> values, std::span<const std::uint64_t> counts);

  std::uint64_t bytes() const {
    return values_.size() * sizeof(double) + runs_.size() * sizeof(Run);
  }

  void sort();

  // Of sorted ones:
  std::uint64_t count() const;
  Result<> append_to(ExtractWriter& out) const;  ///< in order
  NumberBuffer take();                           ///< in order

 private:
  /// A value and how often it occurs.
  struct Run {
    double value = 0.0;
    std::uint64_t count = 0;
  };

  template <class Out>
  Result<> write(Out& out) const;

  NumberBuffer values_;
  std::vector<Run> runs_;
};

}  // namespace leeway::tables
