#pragma once

#include <optional>

#include "detectors/drift/kolmogorov_smirnov.h"

namespace leeway::drift {

/// What one walk over two sorted samples gives, where several distances are wanted of them: half
/// the cost of walking for each.
struct SortedDistances {
  KsDistances ks;
  std::optional<double> wasserstein;  ///< as wasserstein_distance(); nothing with infinities
};

/// @param reference, current  ascending, infinities included, NaN not
/// kInsufficientData if one is empty. O(m + n).
Result<SortedDistances> sorted_distances(std::span<const double> reference,
                                         std::span<const double> current);

}  // namespace leeway::drift
