#include "detectors/threshold/persistence.h"

#include <algorithm>
#include <cmath>

namespace leeway::threshold {
namespace {

constexpr double kMostPhi = 0.95;
constexpr double kPartOfBias = 0.5;

/// The variance of the mean of n values over that of one, of which neighbours at distance k
/// correlate by `correlation` phi^k.
double variance_of_mean(double correlation, double phi, double n) {
  double sum = 1.0;
  double at_distance = correlation;
  for (double k = 1.0; k < n; k += 1.0) {
    at_distance *= phi;
    sum += 2.0 * (1.0 - k / n) * at_distance;
  }
  return sum / n;
}

}  // namespace

Persistence persistence_of(const Differences& differences, std::size_t windows) {
  const auto n = static_cast<double>(windows);
  const Persistence none{.effective_windows = n, .inflation = 1.0};
  // Of a window from n-1 others: n/(n-1) of the variance.
  const double variance = (differences.from_all - differences.noise_from_all) * (n - 1.0) / n;
  if (!(variance > 0.0)) return none;
  const double among_next = differences.from_next - differences.noise_from_next;
  const double seen = std::clamp(1.0 - among_next / (2.0 * variance), -1.0, 1.0);
  const double phi = std::min(seen + kPartOfBias * (1.0 + 3.0 * seen) / n, kMostPhi);
  if (!(phi > 0.0)) return none;
  const double share = variance / (variance + differences.noise_from_all);
  const double v = variance_of_mean(share, phi, n);
  const double inflation = (1.0 + v) / (1.0 - v) * (n - 1.0) / (n + 1.0);
  return {.effective_windows = 1.0 / variance_of_mean(share * share, phi * phi, n),
          .inflation = std::max(1.0, inflation)};
}

}  // namespace leeway::threshold
