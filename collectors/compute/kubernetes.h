#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "collectors/compute/asking.h"
#include "collectors/compute/source.h"

namespace leeway::compute {

/// The metrics API of a cluster (metrics-server): CPU and memory of the pods of one workload.
struct KubernetesOptions {
  Peer peer;  ///< "https://kubernetes.default.svc"
  std::string namespace_name;
  std::string selector;   ///< labels of the pods, as `kubectl -l` takes them
  std::string container;  ///< of the pods; empty: all of them
};

/// Reads a PodMetricsList. CPU is cores in use, averaged by the server over its window; memory is
/// the working set. kNotFound without a pod; `now` tells values that are old, as of a metrics
/// server that hangs: kUnavailable from 5 minutes on.
Result<Reading> parse_pod_metrics(std::string_view body, std::string_view container, TimePoint now);

std::unique_ptr<Source> make_kubernetes(KubernetesOptions options, net::HttpClient& http);

/// "Bearer TOKEN" of a file, read at every call since the cluster rotates it.
Result<std::string> bearer_from_file(const std::string& path);

}  // namespace leeway::compute
