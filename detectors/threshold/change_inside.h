#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "detectors/profile/reference.h"

namespace leeway::threshold {

/// Where a series of windows changes for good.
struct ChangeInside {
  std::size_t first = 0;   ///< the first window behind the change
  std::size_t column = 0;  ///< in which it is clearest
  double p_value = 1.0;    ///< of the maximum over columns and places
  double psi = 0.0;        ///< of that column, before the change against behind it
  std::string sentence;    ///< what moved; no value of a private column
};

/// Looks for a change between the windows of a reference: one that is a mixture of two states says
/// of neither what is usual.
///
/// At every place with at least 2 windows on both sides the two sides are compared class by class
/// (chi-squared of homogeneity on the classes of leeway-1 of all windows together). The largest
/// over places and columns, each column standardised by its own permutations, is held against the
/// same maximum of windows in random order (Westfall and Young 1993; 999 permutations): days that
/// stray from each other are no change, nor are week-ends, since they do so in any order. It is a
/// change if the p-value is at most `alpha`, and the PSI of that column is at least 0.05: less
/// would not be reported either. Windows without rows are passed over.
///
/// Fewer than 8 windows with rows cannot show it at alpha = 0.01, whatever they hold: nothing.
/// A series that wanders without end is found as well, and has no state to learn.
/// O(999 x windows x classes of all columns).
/// @param seed  of the permutations
std::optional<ChangeInside> change_inside(const profile::Reference& reference,
                                          std::uint64_t min_rows, std::uint64_t seed,
                                          double alpha = 0.01);

}  // namespace leeway::threshold
