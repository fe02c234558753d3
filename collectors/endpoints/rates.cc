#include <cmath>

#include "collectors/endpoints/scrape.h"

namespace leeway::endpoints {
namespace {

using Reading = std::optional<double>;

/// Nothing if either is missing or the counter went back.
Reading growth(const Reading& before, const Reading& now) {
  if (!before || !now || *now < *before) return std::nullopt;
  return *now - *before;
}

Reading ratio(const Reading& part, const Reading& whole) {
  if (!part || !whole || *whole <= 0) return std::nullopt;
  return *part / *whole;
}

/// What was counted between two readings of the same buckets.
std::optional<LatencyBuckets> growth(const std::optional<LatencyBuckets>& before,
                                     const std::optional<LatencyBuckets>& now) {
  if (!before || !now || before->upper != now->upper) return std::nullopt;
  LatencyBuckets out = *now;
  for (std::size_t i = 0; i < out.counts.size(); ++i) {
    out.counts[i] -= before->counts[i];
    if (out.counts[i] < 0) return std::nullopt;
  }
  return out;
}

/// As Prometheus' histogram_quantile: linear within a bucket, the bound below the last one if the
/// quantile lies beyond it.
Reading quantile(const std::optional<LatencyBuckets>& buckets, double q) {
  if (!buckets || buckets->counts.empty() || buckets->counts.back() <= 0) return std::nullopt;
  const double rank = q * buckets->counts.back();
  double lower = 0;
  double below = 0;
  for (std::size_t i = 0; i < buckets->counts.size(); ++i) {
    const double upper = buckets->upper[i];
    const double count = buckets->counts[i];
    if (count >= rank && count > below) {
      if (std::isinf(upper)) return lower;
      return lower + (upper - lower) * (rank - below) / (count - below);
    }
    lower = upper;
    below = count;
  }
  return std::nullopt;
}

}  // namespace

ServingRates rates(const ServingMetrics& before, const ServingMetrics& now, Duration between) {
  if (between <= Duration::zero()) return {};
  const Reading seconds = to_seconds(between);
  const auto requests = growth(before.requests, now.requests);
  const auto latency = growth(before.latency, now.latency);
  const auto latency_count = growth(before.latency_count, now.latency_count);
  ServingRates out;
  out.requests_per_second = ratio(requests, seconds);
  out.failure_share = ratio(growth(before.failures, now.failures), requests);
  out.mean_latency_seconds =
      ratio(growth(before.latency_seconds, now.latency_seconds), latency_count);
  out.p50_seconds = quantile(latency, 0.5);
  out.p99_seconds = quantile(latency, 0.99);
  out.mean_queue_seconds = ratio(growth(before.queue_seconds, now.queue_seconds), requests);
  out.prompt_tokens_per_second = ratio(growth(before.prompt_tokens, now.prompt_tokens), seconds);
  out.completion_tokens_per_second =
      ratio(growth(before.completion_tokens, now.completion_tokens), seconds);
  return out;
}

}  // namespace leeway::endpoints
