#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "collectors/endpoints/scrape.h"

namespace leeway::endpoints {
namespace {

using Field = std::optional<double> ServingMetrics::*;

struct NamedField {
  std::string_view name;
  Field field;
  bool is_share = false;  ///< of several samples the mean counts, not the sum
};

constexpr std::string_view kBuckets = "latency";
constexpr std::array<NamedField, 11> kFields{{
    {"requests", &ServingMetrics::requests},
    {"failures", &ServingMetrics::failures},
    {"latency_seconds", &ServingMetrics::latency_seconds},
    {"latency_count", &ServingMetrics::latency_count},
    {"queue_seconds", &ServingMetrics::queue_seconds},
    {"waiting", &ServingMetrics::waiting},
    {"running", &ServingMetrics::running},
    {"prompt_tokens", &ServingMetrics::prompt_tokens},
    {"completion_tokens", &ServingMetrics::completion_tokens},
    {"cache_usage", &ServingMetrics::cache_usage, true},
    {"gpu_utilization", &ServingMetrics::gpu_utilization, true},
}};

/// A histogram or summary of Prometheus: its count as requests, its sum as seconds.
void add_histogram(std::vector<SeriesRule>& rules, const std::string& metric, double scale = 1) {
  rules.push_back({.metric = metric + "_sum", .field = "latency_seconds", .scale = scale});
  rules.push_back({.metric = metric + "_count", .field = "latency_count"});
  rules.push_back({.metric = metric + "_bucket", .field = std::string(kBuckets), .scale = scale});
}

Mapping triton() {
  return {
      "triton",
      {{.metric = "nv_inference_request_success", .field = "requests"},
       {.metric = "nv_inference_request_failure", .field = "requests"},
       {.metric = "nv_inference_request_failure", .field = "failures"},
       {.metric = "nv_inference_request_duration_us", .field = "latency_seconds", .scale = 1e-6},
       {.metric = "nv_inference_request_success", .field = "latency_count"},
       {.metric = "nv_inference_queue_duration_us", .field = "queue_seconds", .scale = 1e-6},
       {.metric = "nv_inference_pending_request_count", .field = "waiting"},
       {.metric = "nv_gpu_utilization", .field = "gpu_utilization"}}};
}

Mapping vllm() {
  Mapping mapping{"vllm",
                  {{.metric = "vllm:request_success_total", .field = "requests"},
                   {.metric = "vllm:num_requests_running", .field = "running"},
                   {.metric = "vllm:num_requests_waiting", .field = "waiting"},
                   {.metric = "vllm:kv_cache_usage_perc", .field = "cache_usage"},
                   {.metric = "vllm:gpu_cache_usage_perc", .field = "cache_usage"},
                   {.metric = "vllm:prompt_tokens_total", .field = "prompt_tokens"},
                   {.metric = "vllm:generation_tokens_total", .field = "completion_tokens"},
                   {.metric = "vllm:request_queue_time_seconds_sum", .field = "queue_seconds"}}};
  add_histogram(mapping.rules, "vllm:e2e_request_latency_seconds");
  return mapping;
}

Mapping bentoml() {
  Mapping mapping{"bentoml",
                  {{.metric = "bentoml_service_request_total", .field = "requests"},
                   {.metric = "bentoml_service_request_total",
                    .field = "failures",
                    .label = "http_response_code",
                    .matches = "5*"},
                   {.metric = "bentoml_service_request_in_progress", .field = "running"}}};
  add_histogram(mapping.rules, "bentoml_service_request_duration_seconds");
  return mapping;
}

Mapping kserve() {
  Mapping mapping{"kserve", {{.metric = "request_predict_seconds_count", .field = "requests"}}};
  add_histogram(mapping.rules, "request_predict_seconds");
  return mapping;
}

Mapping tgi() {
  Mapping mapping{"tgi",
                  {{.metric = "tgi_request_count", .field = "requests"},
                   {.metric = "tgi_request_failure", .field = "failures"},
                   {.metric = "tgi_queue_size", .field = "waiting"},
                   {.metric = "tgi_batch_current_size", .field = "running"},
                   {.metric = "tgi_request_queue_duration_sum", .field = "queue_seconds"},
                   {.metric = "tgi_request_input_length_sum", .field = "prompt_tokens"},
                   {.metric = "tgi_request_generated_tokens_sum", .field = "completion_tokens"}}};
  add_histogram(mapping.rules, "tgi_request_duration");
  return mapping;
}

Mapping tensorflow_serving() {
  Mapping mapping{"tensorflow_serving",
                  {{.metric = ":tensorflow:serving:request_count", .field = "requests"},
                   {.metric = ":tensorflow:serving:request_count",
                    .field = "failures",
                    .label = "status",
                    .matches = "!OK"}}};
  add_histogram(mapping.rules, ":tensorflow:serving:request_latency", 1e-6);
  return mapping;
}

Mapping torchserve() {
  return {
      "torchserve",
      {{.metric = "ts_inference_requests_total", .field = "requests"},
       {.metric = "ts_inference_requests_total", .field = "latency_count"},
       {.metric = "ts_inference_latency_microseconds", .field = "latency_seconds", .scale = 1e-6},
       {.metric = "ts_queue_latency_microseconds", .field = "queue_seconds", .scale = 1e-6}}};
}

bool fits(const Sample& sample, const SeriesRule& rule) {
  if (rule.label.empty()) return true;
  const auto* value = sample.label(rule.label);
  if (value == nullptr) return false;
  const std::string_view pattern = rule.matches;
  if (pattern.starts_with('!')) return *value != pattern.substr(1);
  if (pattern.ends_with('*')) return value->starts_with(pattern.substr(0, pattern.size() - 1));
  return *value == pattern;
}

bool is_of(const Sample& sample, std::string_view model) {
  if (model.empty()) return true;
  for (const auto* key : {"model_name", "model"}) {
    if (const auto* value = sample.label(key)) return *value == model;
  }
  return true;
}

struct Sum {
  double total = 0;
  std::size_t count = 0;
};

using Buckets = std::map<double, double>;  ///< counts by their upper bound

/// "0.5", "+Inf": nothing for a bound that is no number.
std::optional<double> bound_of(const Sample& sample, double scale) {
  const auto* text = sample.label("le");
  if (text == nullptr) return std::nullopt;
  if (*text == "+Inf" || *text == "Inf") return std::numeric_limits<double>::infinity();
  const auto parsed = parse_exposition("x " + *text).samples;
  if (parsed.empty()) return std::nullopt;
  return parsed.front().value * scale;
}

LatencyBuckets to_buckets(const Buckets& buckets) {
  LatencyBuckets out;
  for (const auto& [upper, count] : buckets) {
    out.upper.push_back(upper);
    out.counts.push_back(count);
  }
  return out;
}

}  // namespace

std::vector<std::string_view> serving_fields() {
  std::vector<std::string_view> names{kBuckets};
  for (const auto& field : kFields) names.push_back(field.name);
  return names;
}

const std::vector<Mapping>& mappings() {
  static const std::vector<Mapping> all{
      triton(), vllm(), bentoml(), kserve(), tgi(), tensorflow_serving(), torchserve()};
  return all;
}

const Mapping* find_mapping(std::string_view name) {
  const auto found = std::ranges::find(mappings(), name, &Mapping::name);
  return found == mappings().end() ? nullptr : &*found;
}

const Mapping* detect_mapping(const Scrape& scrape) {
  const Mapping* best = nullptr;
  std::ptrdiff_t most = 0;
  for (const auto& mapping : mappings()) {
    const auto there = std::ranges::count_if(mapping.rules, [&scrape](const SeriesRule& rule) {
      return std::ranges::find(scrape.samples, rule.metric, &Sample::name) != scrape.samples.end();
    });
    if (there <= most) continue;
    most = there;
    best = &mapping;
  }
  return best;
}

ServingMetrics read_metrics(const Scrape& scrape, const Mapping& mapping, std::string_view model) {
  std::map<std::string_view, Sum> sums;
  Buckets buckets;
  for (const auto& sample : scrape.samples) {
    if (std::isnan(sample.value) || !is_of(sample, model)) continue;
    for (const auto& rule : mapping.rules) {
      if (rule.metric != sample.name || !fits(sample, rule)) continue;
      if (rule.field == kBuckets) {
        if (const auto bound = bound_of(sample, rule.scale)) buckets[*bound] += sample.value;
        continue;
      }
      Sum& sum = sums[rule.field];
      sum.total += sample.value * rule.scale;
      ++sum.count;
    }
  }
  ServingMetrics out;
  for (const auto& [name, field, is_share] : kFields) {
    const auto found = sums.find(name);
    if (found == sums.end()) continue;
    const Sum& sum = found->second;
    out.*field = is_share ? sum.total / static_cast<double>(sum.count) : sum.total;
  }
  if (!buckets.empty()) out.latency = to_buckets(buckets);
  return out;
}

}  // namespace leeway::endpoints
