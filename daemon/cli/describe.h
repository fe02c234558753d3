#pragma once

#include <boost/json/object.hpp>
#include <span>

#include "detectors/profile/profile.h"

namespace leeway::cli {

/// One side of a column, as `compare --format json` describes it: count, missing (kinds apart) and
/// non-finite values, the number of distinct ones, of ids how many repeat; of numbers also min,
/// max, mean, standard deviation (divisor n-1) and quantiles (type 7).
/// @param sorted  all numbers in ascending order; without them distinct values are estimated,
///                quantiles are those of the cells, both with their errors, and `exact` is false
boost::json::object describe(const profile::Column& column, const profile::ColumnProfile& side,
                             std::span<const double> sorted);

/// Categories that only one side has: how many, and up to ten names in byte order where the column
/// is not private. `exact` is false where a profile no longer tells all new ones apart: their
/// number is then the least it can be.
boost::json::object compare_categories(const profile::Column& column,
                                       const profile::ColumnProfile& reference,
                                       const profile::ColumnProfile& current);

}  // namespace leeway::cli
