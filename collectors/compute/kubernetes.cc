#include "collectors/compute/kubernetes.h"

#include <utility>

#include "collectors/compute/kernel_text.h"
#include "collectors/compute/quantity.h"

namespace leeway::compute {
namespace {

namespace json = boost::json;

constexpr Duration kOldest = std::chrono::minutes(5);

const json::value* at(const json::value& value, std::string_view key) {
  return value.is_object() ? value.get_object().if_contains(key) : nullptr;
}

std::string text_at(const json::value& value, std::string_view key) {
  const json::value* found = at(value, key);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

tl::unexpected<Error> odd(const std::string& what) {
  return fail(ErrorCode::kCorrupt, "the pod metrics have " + what);
}

struct Sum {
  double cores = 0.0;
  double bytes = 0.0;
  std::size_t pods = 0;
  TimePoint newest{};
};

Result<bool> add_container(const json::value& container, std::string_view wanted, Sum& sum) {
  const std::string name = text_at(container, "name");
  if (!wanted.empty() && name != wanted) return false;
  const json::value* usage = at(container, "usage");
  if (usage == nullptr) return odd("no usage of container '" + name + "'");
  const auto cores = parse_quantity(text_at(*usage, "cpu"));
  const auto bytes = parse_quantity(text_at(*usage, "memory"));
  if (!cores || !bytes) return odd("no quantity of CPU or memory of container '" + name + "'");
  sum.cores += *cores;
  sum.bytes += *bytes;
  return true;
}

Result<> add_pod(const json::value& pod, std::string_view wanted, Sum& sum) {
  const json::value* containers = at(pod, "containers");
  if (containers == nullptr || !containers->is_array()) return odd("a pod without containers");
  const auto time = parse_time(text_at(pod, "timestamp"));
  if (!time) return fail(Error(time.error()).in("the timestamp of pod metrics"));
  bool counted = false;
  for (const json::value& container : containers->get_array()) {
    const auto added = add_container(container, wanted, sum);
    if (!added) return fail(added.error());
    counted = counted || *added;
  }
  if (counted) {
    ++sum.pods;
    sum.newest = std::max(sum.newest, *time);
  }
  return {};
}

class Kubernetes final : public Source {
 public:
  Kubernetes(KubernetesOptions options, net::HttpClient& http)
      : options_(std::move(options)), http_(http) {}
  std::string_view kind() const override { return "kubernetes"; }

  Async<Reading> read(TimePoint now) override {
    std::string target = "/apis/metrics.k8s.io/v1beta1/namespaces/" +
                         percent_encoded(options_.namespace_name) + "/pods";
    if (!options_.selector.empty())
      target += "?labelSelector=" + percent_encoded(options_.selector);
    auto body = co_await get_text(http_, options_.peer, std::move(target));
    if (!body) {
      co_return fail(std::move(body.error())
                         .in("the metrics API (is metrics-server installed, and "
                             "may the service account get pods.metrics.k8s.io?)"));
    }
    co_return parse_pod_metrics(*body, options_.container, now);
  }

 private:
  KubernetesOptions options_;
  net::HttpClient& http_;
};

}  // namespace

Result<Reading> parse_pod_metrics(std::string_view body, std::string_view container,
                                  TimePoint now) {
  const auto document = parse_json(body, "the answer of the metrics API");
  if (!document) return fail(document.error());
  const json::value* items = at(*document, "items");
  if (items == nullptr || !items->is_array()) return odd("no list of items");
  Sum sum;
  for (const json::value& pod : items->get_array()) {
    const auto added = add_pod(pod, container, sum);
    if (!added) return fail(added.error());
  }
  if (sum.pods == 0) {
    return fail(ErrorCode::kNotFound,
                "no pod of the selector has metrics (new pods have none for "
                "about a minute)");
  }
  if (now - sum.newest > kOldest) {
    return fail(ErrorCode::kUnavailable, "the newest pod metrics are of " + to_rfc3339(sum.newest) +
                                             ": the metrics server has stopped");
  }
  Reading reading;
  reading.add(Metric::kCpuCores, sum.cores);
  reading.add(Metric::kMemoryWorkingSetBytes, sum.bytes);
  reading.add(Metric::kProcesses, static_cast<double>(sum.pods));
  return reading;
}

std::unique_ptr<Source> make_kubernetes(KubernetesOptions options, net::HttpClient& http) {
  return std::make_unique<Kubernetes>(std::move(options), http);
}

Result<std::string> bearer_from_file(const std::string& path) {
  const auto text = read_kernel_text(path);
  if (!text) return fail(Error(text.error()).in("the token"));
  const auto parts = words(*text);
  if (parts.size() != 1) return fail(ErrorCode::kInvalidConfig, "'" + path + "' holds no token");
  return "Bearer " + std::string(parts[0]);
}

}  // namespace leeway::compute
