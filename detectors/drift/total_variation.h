#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "detectors/base/result.h"

namespace leeway::drift {

struct TotalVariation {
  double distance = 0.0;  ///< half the sum of |p - q|
  double p_value = 1.0;   ///< share of permutations whose distance is at least that
};

/// Permutation test of the total variation distance. A permutation of pooled rows is had from their
/// counts: category by category one draw without replacement, exact, and at a cost that grows with
/// the root of the rows.
///
/// The share is that of the permutations alone, without the observed order, as Evidently counts
/// it: too small by up to 1/permutations, and possibly 0.
///
/// @param reference, current  rows by category, of equal length; sums below 2^50
/// @return kInsufficientData if a side has no rows, kInvalidArgument if the lengths differ or the
///         sums are larger. O(permutations x categories x root of the rows of a category).
Result<TotalVariation> total_variation_test(std::span<const std::uint64_t> reference,
                                            std::span<const std::uint64_t> current,
                                            std::size_t permutations, std::uint64_t seed);

}  // namespace leeway::drift
