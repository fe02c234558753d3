#pragma once

#include <cstddef>
#include <vector>

#include "detectors/profile/profile.h"

namespace leeway::drift {

/// Stand-ins for the rows of a numeric column of which only the profile is left, ascending: each
/// cell's values at their mean, infinities included. What a statistic says of them differs from
/// that of the rows by about what a cell holds, a thousandth of the rows: enough to learn limits
/// from, never to judge by.
/// @param most  more rows are thinned to so many, evenly
std::vector<double> approximate_rows(const profile::ColumnProfile& column, std::size_t most);

}  // namespace leeway::drift
