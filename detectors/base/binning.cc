#include "detectors/base/binning.h"

#include <algorithm>
#include <cmath>

#include "detectors/base/result.h"

namespace leeway {
namespace {

/// a + f*(b-a), also where b-a overflows.
double between(double a, double b, double fraction) {
  const double width = b - a;
  if (std::isfinite(width)) return a + fraction * width;
  return a * (1.0 - fraction) + b * fraction;
}

}  // namespace

std::vector<double> quantile_edges(std::span<const double> sorted, std::size_t bins) {
  LEEWAY_ASSERT(bins >= 1, "the caller asks for at least one bin");
  std::vector<double> edges;
  if (sorted.empty()) return edges;
  edges.reserve(bins + 1);
  for (std::size_t i = 0; i <= bins; ++i) {
    const std::size_t position = i * (sorted.size() - 1);
    const std::size_t below = position / bins;
    const std::size_t rest = position % bins;
    const double edge = rest == 0 ? sorted[below]
                                  : between(sorted[below], sorted[below + 1],
                                            static_cast<double>(rest) / static_cast<double>(bins));
    if (edges.empty() || edges.back() < edge) edges.push_back(edge);
  }
  return edges;
}

double quantile(std::span<const double> sorted, double q) {
  LEEWAY_ASSERT(!sorted.empty(), "an empty sample has no quantile and the caller knows");
  const double position = static_cast<double>(sorted.size() - 1) * q;
  const double below = std::floor(position);
  const auto index = static_cast<std::size_t>(below);
  if (index + 1 >= sorted.size()) return sorted.back();
  return between(sorted[index], sorted[index + 1], position - below);
}

std::vector<double> equal_width_edges(double lo, double hi, std::size_t bins) {
  LEEWAY_ASSERT(bins >= 1, "the caller asks for at least one bin");
  const auto k = static_cast<double>(bins);
  std::vector<double> edges;
  edges.reserve(bins + 1);
  for (std::size_t i = 0; i < bins; ++i) {
    const double step = static_cast<double>(i) * (hi - lo);
    const double edge =
        std::isfinite(step) ? lo + step / k : between(lo, hi, static_cast<double>(i) / k);
    if (edges.empty() || edges.back() < edge) edges.push_back(edge);
  }
  if (edges.back() < hi) edges.push_back(hi);
  return edges;
}

}  // namespace leeway
