#pragma once

#include <cstddef>
#include <vector>

#include "detectors/profile/profile.h"

namespace leeway::drift {

/// To so many rows of a side limits are learned: beyond them a distribution function is known to
/// 1e-5, and a walk over both sides takes half a millisecond.
inline constexpr std::size_t kMostApproximateRows = 131'072;

/// Stand-ins for the rows of a numeric column of which only the profile is left, ascending: each
/// cell's values spread between its edges with their mean, the least and the largest where they
/// are, infinities included. What a statistic says of them differs from that of the rows by about
/// what a cell holds, a thousandth of the rows: enough to learn limits from, never to judge by.
/// @param most  more rows are thinned to so many, evenly
std::vector<double> approximate_rows(const profile::Grid& grid,
                                     const profile::ColumnProfile& column, std::size_t most);

}  // namespace leeway::drift
