#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <fstream>

#include "collectors/compute/dcgm.h"
#include "collectors/compute/kubernetes.h"
#include "collectors/compute/opencost.h"
#include "collectors/compute/prometheus.h"
#include "tests/collectors/compute/recorded.h"
#include "tests/support/coroutines.h"
#include "tests/support/temp_folder.h"

namespace leeway::compute {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const TimePoint kNow = *parse_time("2026-01-05T12:00:00Z");

template <class T>
Result<T> run(Async<T> task) {
  asio::io_context io;
  return tests::run(io, std::move(task));
}

Peer peer(std::string url) {
  Peer peer;
  peer.url = std::move(url);
  return peer;
}

constexpr const char* kPods = R"({"kind":"PodMetricsList","apiVersion":"metrics.k8s.io/v1beta1",
"metadata":{},"items":[
{"metadata":{"name":"flight-1","namespace":"ml"},"timestamp":"2026-01-05T11:59:40Z","window":"15.2s",
 "containers":[{"name":"server","usage":{"cpu":"1250000000n","memory":"512000Ki"}},
               {"name":"proxy","usage":{"cpu":"250m","memory":"64Mi"}}]},
{"metadata":{"name":"flight-2","namespace":"ml"},"timestamp":"2026-01-05T11:59:30Z","window":"15.2s",
 "containers":[{"name":"server","usage":{"cpu":"0","memory":"1Gi"}}]}]})";

TEST(Kubernetes, SumsTheContainersOfThePodsOfASelector) {
  Recorded http({{.body = kPods}});
  const auto source = make_kubernetes({.peer = peer("https://kubernetes.default.svc"),
                                       .namespace_name = "ml",
                                       .selector = "app=flight,tier in (a,b)",
                                       .container = ""},
                                      http);
  const auto reading = run(source->read(kNow));
  ASSERT_TRUE(reading) << reading.error().message;
  EXPECT_EQ(reading->value(Metric::kCpuCores), 1.5);
  EXPECT_EQ(reading->value(Metric::kMemoryWorkingSetBytes),
            512000.0 * 1024.0 + 64.0 * 1048576.0 + 1073741824.0);
  EXPECT_EQ(http.requests[0].url,
            "https://kubernetes.default.svc/apis/metrics.k8s.io/v1beta1/namespaces/ml/pods"
            "?labelSelector=app%3Dflight%2Ctier%20in%20%28a%2Cb%29");
}

TEST(Kubernetes, OneContainerMayBeNamed) {
  const auto reading = parse_pod_metrics(kPods, "server", kNow);
  EXPECT_EQ(reading->value(Metric::kCpuCores), 1.25);
  EXPECT_EQ(parse_pod_metrics(kPods, "none", kNow).error().code, ErrorCode::kNotFound);
}

TEST(Kubernetes, TheTokenIsReadAgainForEachRequest) {
  const tests::TempFolder folder;
  const std::string file = (folder / "token").string();
  std::ofstream(file) << "first\n";
  Recorded http({{.body = kPods}, {.body = kPods}});
  Peer server = peer("https://k");
  server.authorization = [file] { return bearer_from_file(file); };
  const auto source = make_kubernetes(
      {.peer = server, .namespace_name = "ml", .selector = "", .container = ""}, http);
  ASSERT_TRUE(run(source->read(kNow)));
  std::ofstream(file) << "second\n";
  ASSERT_TRUE(run(source->read(kNow)));
  EXPECT_EQ(http.requests[0].headers.find("authorization"), "Bearer first");
  EXPECT_EQ(http.requests[1].headers.find("authorization"), "Bearer second");
}

TEST(Kubernetes, ValuesOfAMetricsServerThatHasStoppedAreNotNews) {
  const auto reading = parse_pod_metrics(kPods, "", kNow + std::chrono::minutes(6));
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().message,
            "the newest pod metrics are of 2026-01-05T11:59:40Z: the metrics server has stopped");
}

TEST(Kubernetes, AnswersThatMakeNoSenseAreSaidToBeSuch) {
  EXPECT_EQ(parse_pod_metrics("<html>", "", kNow).error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(parse_pod_metrics(R"({"items":[{"containers":[]}]})", "", kNow).error().code,
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(parse_pod_metrics(R"({"items":[{"timestamp":"2026-01-05T11:59:40Z",
            "containers":[{"name":"a","usage":{"cpu":"1x","memory":"1"}}]}]})",
                              "", kNow)
                .error()
                .message,
            "the pod metrics have no quantity of CPU or memory of container 'a'");
}

TEST(Kubernetes, ARefusalSaysWhatTheServerSaysAndWhatMayBeMissing) {
  Recorded http({{.status = 403,
                  .body = "{\"message\":\"pods.metrics.k8s.io is forbidden\",\n\"code\":403}"}});
  const auto source = make_kubernetes(
      {.peer = peer("https://k"), .namespace_name = "ml", .selector = "", .container = ""}, http);
  const auto reading = run(source->read(kNow));
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().code, ErrorCode::kInvalidConfig);
  EXPECT_THAT(reading.error().message,
              HasSubstr("may the service account get pods.metrics.k8s.io?): 'https://k' answers "
                        "403: {\"message\":\"pods.metrics.k8s.io is forbidden\", \"code\":403}"));
}

constexpr const char* kAllocation = R"({"code":200,"data":[{
"flight-delay":{"name":"flight-delay","start":"2026-01-05T10:00:00Z","end":"2026-01-05T11:00:00Z",
 "minutes":60.0,"cpuCoreHours":2.0,"cpuCost":0.06,"ramByteHours":4294967296.0,"ramCost":0.02,"gpuHours":1.0,
 "gpuCost":0.95,"pvCost":0.01,"networkCost":0.0,"loadBalancerCost":0.0,"sharedCost":0.0,"externalCost":0.0,
 "totalCost":1.04,"totalEfficiency":0.31},
"__idle__":{"name":"__idle__","totalCost":7.5}}]})";

TEST(OpenCost, AsksForAnAllocationOfASpanAndReadsItsParts) {
  Recorded http({{.body = kAllocation}});
  const auto cost = run(allocation(
      http,
      {.peer = peer("http://opencost:9003"), .aggregate = "deployment", .name = "flight-delay"},
      *parse_time("2026-01-05T10:00:00Z"), *parse_time("2026-01-05T11:00:00Z")));
  ASSERT_TRUE(cost) << cost.error().message;
  EXPECT_EQ(cost->total, 1.04);
  EXPECT_EQ(cost->cpu, 0.06);
  EXPECT_EQ(cost->memory, 0.02);
  EXPECT_EQ(cost->gpu, 0.95);
  EXPECT_EQ(cost->minutes, 60.0);
  EXPECT_EQ(http.requests[0].url,
            "http://opencost:9003/allocation?window=2026-01-05T10%3A00%3A00Z%2C2026-01-05T11%3A00%"
            "3A00Z&aggregate=deployment&accumulate=true");
}

TEST(OpenCost, AnAllocationThatIsNotThereIsNoDataAndNotFree) {
  const auto cost = parse_allocation(kAllocation, "other");
  ASSERT_FALSE(cost);
  EXPECT_EQ(cost.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(parse_allocation(R"({"code":200,"data":[null]})", "a").error().code,
            ErrorCode::kNotFound);
  EXPECT_EQ(parse_allocation(R"({"code":500,"message":"x"})", "a").error().code,
            ErrorCode::kCorrupt);
}

TEST(OpenCost, SetsOfASpanAreSummed) {
  const auto cost = parse_allocation(
      R"({"data":[{"a":{"totalCost":1.5,"minutes":30}},{"a":{"totalCost":2,"minutes":60}},{}]})",
      "a");
  EXPECT_EQ(cost->total, 3.5);
  EXPECT_EQ(cost->minutes, 90.0);
}

std::string one(const std::string& value) {
  return R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,")" +
         value + R"("]}]}})";
}

PrometheusOptions two_queries() {
  return {.peer = peer("http://prometheus:9090"),
          .queries = {{Metric::kCpuSeconds, "sum(container_cpu_usage_seconds_total{pod=~\"f.*\"})"},
                      {Metric::kMemoryBytes, "sum(container_memory_working_set_bytes)"}}};
}

TEST(PrometheusSource, PostsEachExpressionAndTakesItsValue) {
  Recorded http({{.body = one("12.5")}, {.body = one("1e9")}});
  const auto reading = run(make_prometheus(two_queries(), http)->read(kNow));
  ASSERT_TRUE(reading) << reading.error().message;
  EXPECT_EQ(reading->value(Metric::kCpuSeconds), 12.5);
  EXPECT_EQ(reading->value(Metric::kMemoryBytes), 1e9);
  EXPECT_EQ(http.requests[0].method, "POST");
  EXPECT_EQ(http.requests[0].url, "http://prometheus:9090/api/v1/query");
  EXPECT_EQ(http.requests[0].body,
            "query=sum%28container_cpu_usage_seconds_total%7Bpod%3D~%22f.%2A%22%7D%29");
}

TEST(PrometheusSource, AQueryThatFailsTakesNothingFromTheOthers) {
  Recorded http(
      {{.status = 422, .body = "{\"error\":\"found duplicate series\"}"}, {.body = one("5")}});
  const auto reading = run(make_prometheus(two_queries(), http)->read(kNow));
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->value(Metric::kMemoryBytes), 5.0);
  EXPECT_THAT(reading->find_absent(Metric::kCpuSeconds)->why,
              HasSubstr("answers 422: {\"error\":\"found duplicate series\"}"));
}

TEST(PrometheusSource, SeveralSeriesOfOneMetricAreRefused) {
  Recorded http({{.body = R"({"status":"success","data":{"resultType":"vector","result":[
    {"metric":{"pod":"a"},"value":[1,"1"]},{"metric":{"pod":"b"},"value":[1,"2"]}]}})"},
                 {.body = one("5")}});
  const auto reading = run(make_prometheus(two_queries(), http)->read(kNow));
  EXPECT_EQ(reading->find_absent(Metric::kCpuSeconds)->why,
            "the query gives 2 series: make them one, with sum() or max()");
}

TEST(PrometheusSource, AServerThatDoesNotAnswerIsOneError) {
  Recorded http({});
  const auto reading = run(make_prometheus(two_queries(), http)->read(kNow));
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().message, "connect: refused");
}

TEST(DcgmSource, AsksForThePageOfTheExporter) {
  Recorded http({{.body = "DCGM_FI_DEV_GPU_UTIL{gpu=\"0\",UUID=\"GPU-a\"} 10\n"}});
  const auto reading =
      run(make_dcgm({.peer = peer("http://node:9400"), .labels = {}}, http)->read(kNow));
  EXPECT_EQ(reading->value(Metric::kGpuRatio, "GPU-a"), 0.1);
  EXPECT_EQ(http.requests[0].url, "http://node:9400/metrics");
}

}  // namespace
}  // namespace leeway::compute
