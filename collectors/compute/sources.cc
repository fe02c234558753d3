#include "collectors/compute/sources.h"

#include <array>
#include <utility>

namespace leeway::compute {
namespace {

constexpr std::array<SourceKind, std::variant_size_v<SourceOptions>> kKinds = {{
    {"cgroup", "A unit, container or pod of this host (cgroup v2)."},
    {"process", "Processes of this host (procfs)."},
    {"kubernetes", "Pods of a cluster (metrics API)."},
    {"prometheus", "Any PromQL, one expression a metric."},
    {"nvml", "NVIDIA GPUs of this host (the driver's library)."},
    {"dcgm", "NVIDIA GPUs by the DCGM exporter."},
    {"host", "This host as a whole (procfs)."},
}};

struct Make {
  net::HttpClient& http;
  asio::thread_pool& pool;

  std::unique_ptr<Source> operator()(CgroupOptions options) const {
    return make_cgroup(std::move(options));
  }
  std::unique_ptr<Source> operator()(ProcessOptions options) const {
    return make_process(std::move(options));
  }
  std::unique_ptr<Source> operator()(KubernetesOptions options) const {
    return make_kubernetes(std::move(options), http);
  }
  std::unique_ptr<Source> operator()(PrometheusOptions options) const {
    return make_prometheus(std::move(options), http);
  }
  std::unique_ptr<Source> operator()(NvmlOptions options) const {
    return make_nvml(std::move(options), pool);
  }
  std::unique_ptr<Source> operator()(DcgmOptions options) const {
    return make_dcgm(std::move(options), http);
  }
  std::unique_ptr<Source> operator()(HostOptions options) const {
    return make_host(std::move(options));
  }
};

}  // namespace

std::span<const SourceKind> source_kinds() { return kKinds; }

std::unique_ptr<Source> make_source(SourceOptions options, net::HttpClient& http,
                                    asio::thread_pool& pool) {
  return std::visit(Make{http, pool}, std::move(options));
}

}  // namespace leeway::compute
