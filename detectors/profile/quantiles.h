#pragma once

#include <optional>

#include "detectors/profile/profile.h"

namespace leeway::profile {

/// A quantile of the finite values of a numeric column, from the cells of its profile, so of merged
/// profiles as of one.
struct Quantile {
  double value = 0.0;
  /// The share of finite values at or below `value` is within this of q, or `value` is the least
  /// with at least that share (a value with a cell of its own, then it is 0): computed, at most the
  /// share of one cell, about 0.001.
  double rank_error = 0.0;
};

/// @param q  in [0, 1]
/// @return nothing without finite values. Within a cell the values count as evenly spread between
///         its edges, in the outer ones from the least and to the largest value.
/// O(cells of the profile).
std::optional<Quantile> quantile(const Grid& grid, const ColumnProfile& column, double q);

}  // namespace leeway::profile
