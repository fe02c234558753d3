#include "detectors/drift/sorted_distances.h"

#include "detectors/drift/wasserstein.h"

namespace leeway::drift {

Result<SortedDistances> sorted_distances(std::span<const double> reference,
                                         std::span<const double> current) {
  const auto ks = kolmogorov_smirnov(reference, current);
  if (!ks) return fail(ks.error());
  const auto area = wasserstein_distance(reference, current);
  return SortedDistances{.ks = *ks, .wasserstein = area ? std::optional(*area) : std::nullopt};
}

}  // namespace leeway::drift
