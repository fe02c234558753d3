#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "collectors/tables/extract_writer.h"
#include "collectors/tables/number_buffer.h"
#include "detectors/base/validity.h"
#include "detectors/profile/fold.h"

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

  /// Returns how many NaN there were among the values.
  std::uint64_t sort();

  /// Those that came one by one; in order once they are sorted.
  std::span<const double> values() const { return values_.numbers(); }

  // Of sorted ones:
  std::uint64_t count() const;
  Result<> append_to(ExtractWriter& out) const;  ///< in order
  NumberBuffer take();                           ///< in order
  /// The same, from an expand() that has been made.
  NumberBuffer take(NumberBuffer expanded);
  /// All of them in order, in `expanded` if some were counted; a view of that or of this.
  std::span<const double> expand(NumberBuffer& expanded) const;
  void fold_into(profile::ColumnFold& fold) const;

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
