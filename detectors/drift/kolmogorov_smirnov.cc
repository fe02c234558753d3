#include "detectors/drift/kolmogorov_smirnov.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

#include "detectors/drift/kolmogorov_distribution.h"
#include "detectors/drift/merge_walk.h"

namespace leeway::drift {
namespace {

double effective_size(double m, double n) { return m * n / (m + n); }

}  // namespace

double KsDistances::statistic(Alternative alternative) const {
  switch (alternative) {
    case Alternative::kGreater:
      return greater;
    case Alternative::kLess:
      return less;
    case Alternative::kTwoSided:
      break;
  }
  return std::max(greater, less);
}

Result<KsDistances> kolmogorov_smirnov(std::span<const double> reference,
                                       std::span<const double> current) {
  if (reference.empty() || current.empty())
    return fail(ErrorCode::kInsufficientData, "ks: a side has no values");
  return walk_extremes(reference, current).ks;
}

Result<GridKs> kolmogorov_smirnov(const profile::Grid& grid,
                                  std::span<const std::uint64_t> reference,
                                  std::span<const std::uint64_t> current) {
  if (reference.size() != grid.cells() || current.size() != grid.cells()) {
    return fail(ErrorCode::kInvalidArgument, "ks: the counts are not those of the grid");
  }
  const auto m =
      static_cast<double>(std::accumulate(reference.begin(), reference.end(), std::uint64_t{0}));
  const auto n =
      static_cast<double>(std::accumulate(current.begin(), current.end(), std::uint64_t{0}));
  if (m == 0.0 || n == 0.0) return fail(ErrorCode::kInsufficientData, "ks: a side has no values");
  GridKs ks;
  double upper = 0.0;
  std::uint64_t f = 0;
  std::uint64_t g = 0;
  for (std::size_t cell = 0; cell < grid.cells(); ++cell) {
    const double before = static_cast<double>(f) / m - static_cast<double>(g) / n;
    f += reference[cell];
    g += current[cell];
    const double after = static_cast<double>(f) / m - static_cast<double>(g) / n;
    if (std::abs(after) > ks.statistic) {
      ks.statistic = std::abs(after);
      ks.cell = cell;
    }
    if (grid.single_valued(cell)) continue;
    const double p = static_cast<double>(reference[cell]) / m;
    const double q = static_cast<double>(current[cell]) / n;
    upper = std::max({upper, before + p, q - before});
  }
  ks.error_bound = std::max(0.0, upper - ks.statistic);
  return ks;
}

double ks_p_exact(double statistic, std::uint64_t m, std::uint64_t n, Alternative alternative) {
  const auto width = static_cast<std::int64_t>(m);
  const auto height = static_cast<std::int64_t>(n);
  const std::int64_t h = std::llround(statistic * static_cast<double>(m) * static_cast<double>(n));
  if (h <= 0) return 1.0;
  const auto outside = [&](std::int64_t i, std::int64_t j) {
    const std::int64_t gap = i * height - j * width;
    switch (alternative) {
      case Alternative::kGreater:
        return gap >= h;
      case Alternative::kLess:
        return -gap >= h;
      case Alternative::kTwoSided:
        break;
    }
    return std::abs(gap) >= h;
  };
  // left[j]: the share of the paths to (i, j) that have been outside. As shares of the paths to
  // each point nothing overflows, and as a sum of positive terms nothing cancels.
  std::vector<double> left(n + 1, 0.0);
  for (std::int64_t i = 0; i <= width; ++i) {
    for (std::int64_t j = 0; j <= height; ++j) {
      double& here = left[static_cast<std::size_t>(j)];
      if (outside(i, j)) {
        here = 1.0;
      } else if (i == 0 || j == 0) {
        // The one path along an edge is outside from its first point outside on.
        here = i == 0 ? (j == 0 ? 0.0 : left[static_cast<std::size_t>(j - 1)]) : here;
      } else {
        here = (static_cast<double>(i) * here +
                static_cast<double>(j) * left[static_cast<std::size_t>(j - 1)]) /
               static_cast<double>(i + j);
      }
    }
  }
  return std::min(1.0, left[n]);
}

double ks_p_limit(double statistic, std::uint64_t m, std::uint64_t n, Alternative alternative) {
  const double size = effective_size(static_cast<double>(m), static_cast<double>(n));
  if (alternative == Alternative::kTwoSided)
    return kolmogorov_limit_sf(std::sqrt(size) * statistic);
  return std::exp(-2.0 * size * statistic * statistic);
}

double ks_p_asymptotic(double statistic, std::uint64_t m, std::uint64_t n,
                       Alternative alternative) {
  const auto larger = static_cast<double>(std::max(m, n));
  const auto smaller = static_cast<double>(std::min(m, n));
  const double size = effective_size(larger, smaller);
  if (alternative == Alternative::kTwoSided) {
    const double half_to_even = std::nearbyint(size);  // the default rounding mode
    return half_to_even < 1.0 ? 1.0
                              : kolmogorov_sf(statistic, static_cast<std::uint64_t>(half_to_even));
  }
  const double z = std::sqrt(size) * statistic;
  const double correction =
      2.0 * z * (larger + 2.0 * smaller) / std::sqrt(larger * smaller * (larger + smaller)) / 3.0;
  return std::min(1.0, std::exp(-2.0 * z * z - correction));
}

double ks_noise_floor(double m, double n) {
  if (m <= 0.0 || n <= 0.0) return 0.0;
  return std::sqrt(std::numbers::pi / 2.0) * std::numbers::ln2 / std::sqrt(effective_size(m, n));
}

}  // namespace leeway::drift
