#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/config/values.h"
#include "detectors/base/time.h"

namespace leeway::config {

/// A server that is asked for usage or cost.
struct ComputePeer {
  std::string url;
  std::optional<Secret> authorization;  ///< the whole field, "Bearer ${file:/...}"
  std::string ca_file;                  ///< empty: the system's authorities
};

struct ComputeCgroup {
  std::string path;
  std::string container;
  std::string pod;
};

struct ComputeProcess {
  std::string name;
  std::string pid_file;
};

struct ComputeKubernetes {
  ComputePeer peer;
  std::string token_file;
  std::string namespace_name;
  std::string selector;
  std::string container;
};

struct ComputePrometheus {
  ComputePeer peer;
  std::map<std::string, std::string, std::less<>> queries;  ///< by the name of a metric
};

struct ComputeDcgm {
  ComputePeer peer;
  std::map<std::string, std::string, std::less<>> labels;
};

struct ComputeNvml {
  std::vector<std::string> gpus;  ///< uuids or indices; empty: all
};

struct ComputeOpenCost {
  ComputePeer peer;
  std::string aggregate;
  std::string name;
};

/// What is not given costs nothing.
struct ComputePrice {
  std::string currency;
  std::optional<double> per_hour;
  std::optional<double> per_gpu_hour;
  std::optional<double> per_cpu_hour;
  std::optional<double> per_gib_hour;
  std::optional<double> per_1k_tokens;
  std::optional<double> per_kwh;
  std::optional<double> grams_per_kwh;
  std::optional<ComputeOpenCost> opencost;
};

struct ComputeLimit {
  std::optional<double> warning;
  std::optional<double> critical;
};

/// The compute that a model uses, and what it costs.
struct Compute {
  std::optional<ComputeCgroup> cgroup;
  std::optional<ComputeProcess> process;
  std::optional<ComputeKubernetes> kubernetes;
  std::optional<ComputePrometheus> prometheus;
  std::optional<ComputeNvml> nvml;
  std::optional<ComputeDcgm> dcgm;
  bool host = false;
  Duration every{0};
  Duration timeout{0};  ///< of one question to a server
  ComputeLimit cpu;
  ComputeLimit memory;
  ComputeLimit throttling;
  ComputeLimit stalled;
  ComputeLimit gpu_memory;
  std::optional<ComputePrice> price;
  std::optional<double> budget_per_day;
  bool drift = true;    ///< whether usage drift is watched
  bool savings = true;  ///< whether what could be saved is a warning
};

}  // namespace leeway::config
