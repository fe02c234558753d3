#pragma once

#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <span>
#include <string_view>
#include <variant>

#include "collectors/compute/cgroup.h"
#include "collectors/compute/dcgm.h"
#include "collectors/compute/host.h"
#include "collectors/compute/kubernetes.h"
#include "collectors/compute/nvml.h"
#include "collectors/compute/process.h"
#include "collectors/compute/prometheus.h"

namespace leeway::compute {

/// Every kind of source there is. What is not here does not exist.
using SourceOptions = std::variant<CgroupOptions, ProcessOptions, KubernetesOptions,
                                   PrometheusOptions, NvmlOptions, DcgmOptions, HostOptions>;

struct SourceKind {
  std::string_view name;
  std::string_view sentence;
};

/// In the order of SourceOptions, which is the order in which they are believed: of two sources of
/// one metric the first that has it counts.
std::span<const SourceKind> source_kinds();

/// `http` and `pool` outlive the source.
std::unique_ptr<Source> make_source(SourceOptions options, net::HttpClient& http,
                                    asio::thread_pool& pool);

}  // namespace leeway::compute
