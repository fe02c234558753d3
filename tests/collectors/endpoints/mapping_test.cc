#include <gmock/gmock.h>

#include <algorithm>

#include "collectors/endpoints/scrape.h"

namespace leeway::endpoints {
namespace {

using std::chrono::seconds;

ServingMetrics read(std::string_view text, std::string_view model = {}) {
  const auto scrape = parse_exposition(text);
  const auto* mapping = detect_mapping(scrape);
  EXPECT_NE(mapping, nullptr);
  return mapping == nullptr ? ServingMetrics{} : read_metrics(scrape, *mapping, model);
}

constexpr const char* kTriton = R"(
nv_inference_request_success{model="a",version="1"} 90
nv_inference_request_failure{model="a",version="1",reason="OTHER"} 6
nv_inference_request_failure{model="a",version="1",reason="BACKEND"} 4
nv_inference_request_success{model="b",version="1"} 5
nv_inference_request_duration_us{model="a",version="1"} 4500000
nv_inference_queue_duration_us{model="a",version="1"} 1000000
nv_inference_pending_request_count{model="a",version="1"} 2
nv_gpu_utilization{gpu_uuid="GPU-1"} 0.25
nv_gpu_utilization{gpu_uuid="GPU-2"} 0.75
)";

TEST(Mapping, ReadsTritonOfOneModelAndOfAll) {
  const auto one = read(kTriton, "a");
  EXPECT_EQ(one.requests, 100);
  EXPECT_EQ(one.failures, 10);
  EXPECT_EQ(one.latency_seconds, 4.5);
  EXPECT_EQ(one.latency_count, 90);
  EXPECT_EQ(one.queue_seconds, 1);
  EXPECT_EQ(one.waiting, 2);
  EXPECT_EQ(one.gpu_utilization, 0.5);  // a share: the mean over the GPUs
  EXPECT_EQ(read(kTriton).requests, 105);
  EXPECT_FALSE(one.prompt_tokens.has_value());
}

TEST(Mapping, ReadsVllmWithItsTokensAndHistogram) {
  const auto metrics = read(R"(
vllm:num_requests_running{model_name="llama"} 3
vllm:num_requests_waiting{model_name="llama"} 5
vllm:kv_cache_usage_perc{model_name="llama"} 0.5
vllm:prompt_tokens_total{model_name="llama"} 1000
vllm:generation_tokens_total{model_name="llama"} 400
vllm:request_success_total{finished_reason="stop",model_name="llama"} 7
vllm:request_success_total{finished_reason="length",model_name="llama"} 3
vllm:e2e_request_latency_seconds_bucket{le="1.0",model_name="llama"} 6
vllm:e2e_request_latency_seconds_bucket{le="+Inf",model_name="llama"} 10
vllm:e2e_request_latency_seconds_sum{model_name="llama"} 12.5
vllm:e2e_request_latency_seconds_count{model_name="llama"} 10
)");
  EXPECT_EQ(metrics.requests, 10);
  EXPECT_EQ(metrics.running, 3);
  EXPECT_EQ(metrics.waiting, 5);
  EXPECT_EQ(metrics.completion_tokens, 400);
  EXPECT_EQ(metrics.latency_seconds, 12.5);
  ASSERT_TRUE(metrics.latency.has_value());
  EXPECT_EQ(metrics.latency->counts, (std::vector<double>{6, 10}));
}

TEST(Mapping, CountsWhatFailedByALabel) {
  const auto bento = read(R"(
bentoml_service_request_total{endpoint="/p",http_response_code="200"} 8
bentoml_service_request_total{endpoint="/p",http_response_code="422"} 1
bentoml_service_request_total{endpoint="/p",http_response_code="503"} 2
bentoml_service_request_in_progress 1
)");
  EXPECT_EQ(bento.requests, 11);
  EXPECT_EQ(bento.failures, 2);
  const auto tensorflow = read(R"(
:tensorflow:serving:request_count{model_name="m",status="OK"} 5
:tensorflow:serving:request_count{model_name="m",status="NOT_FOUND"} 2
)");
  EXPECT_EQ(tensorflow.failures, 2);
}

TEST(Mapping, IsFoundByItsNameAndByNobodyElsesPage) {
  EXPECT_EQ(find_mapping("kserve")->name, "kserve");
  EXPECT_EQ(find_mapping("nope"), nullptr);
  EXPECT_EQ(detect_mapping(parse_exposition("go_goroutines 7\n")), nullptr);
  const auto fields = serving_fields();
  for (const auto& mapping : mappings()) {
    for (const auto& rule : mapping.rules) {
      EXPECT_NE(std::ranges::find(fields, rule.field), fields.end()) << rule.field;
    }
  }
}

TEST(Rates, AreOfWhatWasCountedInBetween) {
  ServingMetrics before;
  before.requests = 100;
  before.failures = 2;
  before.latency_seconds = 10;
  before.latency_count = 100;
  before.queue_seconds = 1;
  before.prompt_tokens = 1000;
  before.latency = LatencyBuckets{{0.1, 1, INFINITY}, {50, 100, 100}};
  ServingMetrics now = before;
  now.requests = 120;
  now.failures = 3;
  now.latency_seconds = 14;
  now.latency_count = 120;
  now.queue_seconds = 2;
  now.prompt_tokens = 1400;
  now.latency = LatencyBuckets{{0.1, 1, INFINITY}, {60, 119, 120}};
  const auto got = rates(before, now, seconds(10));
  EXPECT_EQ(got.requests_per_second, 2);
  EXPECT_EQ(got.failure_share, 0.05);
  EXPECT_EQ(got.mean_latency_seconds, 0.2);
  EXPECT_EQ(got.mean_queue_seconds, 0.05);
  EXPECT_EQ(got.prompt_tokens_per_second, 40);
  // 10 of 20 below 0.1 s, 19 below 1 s: the median is a bound, the 99th is beyond the last one.
  EXPECT_DOUBLE_EQ(*got.p50_seconds, 0.1);
  EXPECT_EQ(got.p99_seconds, 1);
}

TEST(Rates, AreNotMadeUp) {
  ServingMetrics before;
  before.requests = 100;
  ServingMetrics restarted;
  restarted.requests = 5;
  EXPECT_FALSE(rates(before, restarted, seconds(10)).requests_per_second.has_value());
  EXPECT_FALSE(rates(before, before, seconds(0)).requests_per_second.has_value());
  EXPECT_EQ(rates(before, before, seconds(10)).requests_per_second, 0);
  EXPECT_FALSE(rates(before, before, seconds(10)).failure_share.has_value());
}

}  // namespace
}  // namespace leeway::endpoints
