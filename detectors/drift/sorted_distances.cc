#include "detectors/drift/sorted_distances.h"

#include <cmath>

#include "detectors/drift/merge_walk.h"
#include "detectors/drift/wasserstein.h"

namespace leeway::drift {

Result<SortedDistances> sorted_distances(std::span<const double> reference,
                                         std::span<const double> current) {
  if (reference.empty() || current.empty())
    return fail(ErrorCode::kInsufficientData, "distances: a side has no values");
  const MergeWalk walk = walk_extremes_and_area(reference, current);
  SortedDistances distances{.ks = walk.ks, .wasserstein = walk.integral};
  if (!std::isfinite(walk.integral)) {  // infinities, or out of range on the way
    const auto area = wasserstein_distance(reference, current);
    distances.wasserstein = area ? std::optional(*area) : std::nullopt;
  }
  return distances;
}

}  // namespace leeway::drift
