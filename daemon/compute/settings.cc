#include "daemon/compute/settings.h"

#include <utility>

#include "detectors/base/result.h"

namespace leeway::compute {
namespace {

Peer peer_of(const config::ComputePeer& written, Duration timeout) {
  Peer peer;
  peer.url = written.url;
  while (peer.url.ends_with('/')) peer.url.pop_back();
  peer.tls.ca_file = written.ca_file;
  peer.timeout = timeout;
  if (written.authorization) {
    peer.authorization = [secret = *written.authorization] { return secret.read(); };
  }
  return peer;
}

KubernetesOptions kubernetes_of(const config::ComputeKubernetes& pods, Duration timeout) {
  Peer peer = peer_of(pods.peer, timeout);
  peer.authorization = [file = pods.token_file] { return bearer_from_file(file); };
  return {.peer = std::move(peer),
          .namespace_name = pods.namespace_name,
          .selector = pods.selector,
          .container = pods.container};
}

PrometheusOptions prometheus_of(const config::ComputePrometheus& server, Duration timeout) {
  PrometheusOptions options{.peer = peer_of(server.peer, timeout), .queries = {}};
  for (const auto& [name, query] : server.queries) {
    const auto metric = find_metric(name);
    LEEWAY_ASSERT(metric, "the keys of queries are the names of metrics");
    options.queries.emplace(*metric, query);
  }
  return options;
}

}  // namespace

std::vector<SourceOptions> sources_of(const config::Compute& compute) {
  std::vector<SourceOptions> sources;
  if (compute.cgroup) {
    CgroupOptions options;
    options.path = compute.cgroup->path;
    options.container = compute.cgroup->container;
    options.pod = compute.cgroup->pod;
    sources.emplace_back(std::move(options));
  }
  if (compute.process) {
    ProcessOptions options;
    options.name = compute.process->name;
    options.pid_file = compute.process->pid_file;
    sources.emplace_back(std::move(options));
  }
  if (compute.kubernetes) sources.emplace_back(kubernetes_of(*compute.kubernetes, compute.timeout));
  if (compute.prometheus) sources.emplace_back(prometheus_of(*compute.prometheus, compute.timeout));
  if (compute.nvml) {
    NvmlOptions options;
    options.gpus = compute.nvml->gpus;
    sources.emplace_back(std::move(options));
  }
  if (compute.dcgm) {
    sources.emplace_back(DcgmOptions{.peer = peer_of(compute.dcgm->peer, compute.timeout),
                                     .labels = compute.dcgm->labels});
  }
  if (compute.host) sources.emplace_back(HostOptions{});
  return sources;
}

Price price_of(const config::ComputePrice& price) {
  return {.per_hour = price.per_hour,
          .per_gpu_hour = price.per_gpu_hour,
          .per_cpu_hour = price.per_cpu_hour,
          .per_gib_hour = price.per_gib_hour,
          .per_1k_tokens = price.per_1k_tokens,
          .per_kwh = price.per_kwh,
          .grams_per_kwh = price.grams_per_kwh};
}

OpenCostOptions opencost_of(const config::ComputeOpenCost& opencost, Duration timeout) {
  return {.peer = peer_of(opencost.peer, timeout),
          .aggregate = opencost.aggregate,
          .name = opencost.name};
}

}  // namespace leeway::compute
