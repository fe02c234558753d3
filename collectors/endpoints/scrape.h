#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "detectors/base/time.h"

namespace leeway::endpoints {

/// One line of an exposition.
struct Sample {
  std::string name;
  std::vector<std::pair<std::string, std::string>> labels{};  ///< in their order
  double value = 0;
  std::optional<TimePoint> time{};

  /// Null if there is no such label.
  const std::string* label(std::string_view key) const;
};

struct RejectedLine {
  std::size_t number;  ///< from 1
  std::string reason;
};

/// A page of metrics. Real pages are dirty: one bad line costs that line and no more.
struct Scrape {
  std::vector<Sample> samples;
  std::size_t lines = 0;
  std::size_t rejected = 0;
  std::vector<RejectedLine> examples{};  ///< the first five that were rejected
  std::size_t duplicates = 0;            ///< series seen before on the page; the first value counts
  bool truncated = false;  ///< OpenMetrics without its "# EOF", or over the bound of samples
};

/// Reads the text format 0.0.4 and OpenMetrics 1.0 (`open_metrics`: times in seconds, "# EOF"
/// required): colons and UTF-8 in names, quoted names, escapes, exemplars (skipped), CRLF, a
/// missing last line end. At most `max_samples` are kept. O(bytes).
Scrape parse_exposition(std::string_view text, bool open_metrics = false,
                        std::size_t max_samples = 200'000);

/// A histogram's cumulative counts; `upper` in seconds, ascending, the last one infinite.
struct LatencyBuckets {
  std::vector<double> upper;
  std::vector<double> counts;
};

/// What serving systems say about their load, in one language. Counters since their start; what a
/// page does not have is not there.
struct ServingMetrics {
  std::optional<double> requests{};         ///< total, failed ones included
  std::optional<double> failures{};         ///< total
  std::optional<double> latency_seconds{};  ///< sum over the requests
  std::optional<double> latency_count{};    ///< requests in that sum
  std::optional<LatencyBuckets> latency{};
  std::optional<double> queue_seconds{};      ///< sum of the time that requests waited
  std::optional<double> waiting{};            ///< requests, now
  std::optional<double> running{};            ///< requests, now
  std::optional<double> prompt_tokens{};      ///< total
  std::optional<double> completion_tokens{};  ///< total
  std::optional<double> cache_usage{};        ///< share of the key-value cache, now
  std::optional<double> gpu_utilization{};    ///< share, now, mean over GPUs
};

/// Between two readings of the same endpoint. Nothing where either is missing, where time did not
/// pass, or where a counter went back (the server was started anew).
struct ServingRates {
  std::optional<double> requests_per_second{};
  std::optional<double> failure_share{};
  std::optional<double> mean_latency_seconds{};
  std::optional<double> p50_seconds{}, p99_seconds{};  ///< linear within a bucket
  std::optional<double> mean_queue_seconds{};
  std::optional<double> prompt_tokens_per_second{};
  std::optional<double> completion_tokens_per_second{};
};
ServingRates rates(const ServingMetrics& before, const ServingMetrics& now, Duration between);

/// One series of a mapping: which field of ServingMetrics a metric feeds.
struct SeriesRule {
  std::string metric;
  std::string field;      ///< a name of serving_fields()
  std::string label{};    ///< only samples whose label ...
  std::string matches{};  ///< ... has this value; "5*" by its beginning; "!200" not this one
  double scale = 1;       ///< 1e-6 for microseconds
};

/// "requests", "failures", "latency_seconds", ...: what a rule may feed.
std::vector<std::string_view> serving_fields();

struct Mapping {
  std::string name;
  std::vector<SeriesRule> rules;
};

/// triton, vllm, bentoml, kserve, tgi, tensorflow_serving, torchserve.
const std::vector<Mapping>& mappings();
const Mapping* find_mapping(std::string_view name);

/// The named mapping most of whose metrics are on the page; null if none has any.
const Mapping* detect_mapping(const Scrape& scrape);

/// Sums over the samples that fit each rule. For a page of several models, `model` (if not empty)
/// keeps the samples whose label "model", "model_name" or "model_version" names it, and those with
/// no such label.
ServingMetrics read_metrics(const Scrape& scrape, const Mapping& mapping,
                            std::string_view model = {});

}  // namespace leeway::endpoints
