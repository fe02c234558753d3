#include "detectors/quality/histogram.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "detectors/base/binning.h"
#include "detectors/base/result.h"
#include "detectors/profile/moments.h"

namespace leeway::quality {
namespace {

std::size_t whole(double bins) { return static_cast<std::size_t>(std::max(1.0, std::ceil(bins))); }

double width_by_scott(std::span<const double> sorted) {
  const auto n = static_cast<double>(sorted.size());
  const double deviation = std::sqrt(profile::Moments::of(sorted).variance_population());
  return std::cbrt(24.0 * std::sqrt(std::numbers::pi) / n) * deviation;
}

double width_by_fd(std::span<const double> sorted) {
  const double range = quantile(sorted, 0.75) - quantile(sorted, 0.25);
  return 2.0 * range / std::cbrt(static_cast<double>(sorted.size()));
}

double bins_by_doane(std::span<const double> sorted) {
  const auto n = static_cast<double>(sorted.size());
  const auto skewness = profile::Moments::of(sorted).skewness();
  if (n <= 2.0 || !skewness) return 1.0;
  const double sigma = std::sqrt(6.0 * (n - 2.0) / ((n + 1.0) * (n + 3.0)));
  return 1.0 + std::log2(n) + std::log2(1.0 + std::abs(*skewness) / sigma);
}

std::size_t bins_of_width(std::span<const double> sorted, double width) {
  return width > 0.0 ? whole((sorted.back() - sorted.front()) / width) : 1;
}

}  // namespace

Histogram count_into(std::vector<double> edges, std::span<const double> values) {
  LEEWAY_ASSERT(edges.size() >= 2, "a bin has two ends");
  Histogram made{.edges = std::move(edges)};
  made.counts.resize(made.edges.size() - 1, 0);
  for (const double value : values) {
    if (std::isnan(value)) continue;
    if (value < made.edges.front()) {
      ++made.underflow;
    } else if (value > made.edges.back()) {
      ++made.overflow;
    } else {
      const auto above =
          std::upper_bound(made.edges.begin(), made.edges.end(), value) - made.edges.begin();
      ++made.counts[std::min(static_cast<std::size_t>(above - 1), made.counts.size() - 1)];
    }
  }
  return made;
}

std::vector<double> numpy_edges(double lo, double hi, std::size_t bins) {
  if (lo == hi) {
    lo -= 0.5;
    hi += 0.5;
  }
  const double step = (hi - lo) / static_cast<double>(bins);
  std::vector<double> edges;
  for (std::size_t i = 0; i < bins; ++i) edges.push_back(lo + static_cast<double>(i) * step);
  edges.push_back(hi);
  return edges;
}

std::optional<std::size_t> bins_by_rule(std::string_view rule, std::span<const double> sorted) {
  const auto n = static_cast<double>(sorted.size());
  const double sturges = std::log2(n) + 1.0;
  if (rule == "sturges") return whole(sturges);
  if (rule == "sqrt") return whole(std::sqrt(n));
  if (rule == "rice") return whole(2.0 * std::cbrt(n));
  if (rule == "scott") return bins_of_width(sorted, width_by_scott(sorted));
  if (rule == "fd") return bins_of_width(sorted, width_by_fd(sorted));
  if (rule == "doane") return whole(bins_by_doane(sorted));
  if (rule != "auto") return std::nullopt;
  const double width = width_by_fd(sorted);
  return width > 0.0 ? std::max(whole(sturges), bins_of_width(sorted, width)) : whole(sturges);
}

}  // namespace leeway::quality
