#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

namespace leeway::drift {

/// A value of two pooled samples, how many of each side have it, and how many have less.
struct TieGroup {
  double value = 0.0;
  std::uint64_t reference_below = 0;
  std::uint64_t current_below = 0;
  std::uint64_t reference = 0;
  std::uint64_t current = 0;

  std::uint64_t size() const { return reference + current; }
};

/// Visits the distinct values of two samples in ascending order (infinities included, NaN not).
/// O(m + n).
template <class Visit>
void for_each_tie_group(std::span<const double> reference, std::span<const double> current,
                        Visit visit) {
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < reference.size() || j < current.size()) {
    TieGroup group{.reference_below = i, .current_below = j};
    group.value = i == reference.size()                              ? current[j]
                  : j == current.size() || reference[i] < current[j] ? reference[i]
                                                                     : current[j];
    while (i < reference.size() && reference[i] == group.value) ++i;
    while (j < current.size() && current[j] == group.value) ++j;
    group.reference = i - group.reference_below;
    group.current = j - group.current_below;
    visit(group);
  }
}

}  // namespace leeway::drift
