#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/compute/asking.h"
#include "collectors/compute/source.h"

namespace leeway::compute {

/// NVIDIA's DCGM exporter, and which of its series are the model's: those whose labels are all
/// these (namespace, pod, container, UUID, gpu, ...); empty: all.
struct DcgmOptions {
  Peer peer;  ///< "http://node:9400"
  std::map<std::string, std::string, std::less<>> labels;
};

/// One series of the Prometheus text format.
struct Series {
  std::string name;
  std::map<std::string, std::string, std::less<>> labels;
  double value = 0.0;
};

/// A line that is a sample; nothing for comments, empty lines and what is no sample.
std::optional<Series> parse_series(std::string_view line);

/// Usage per GPU (its UUID; GPU instances under MIG add their profile number). DCGM_FI_DEV_GPU_UTIL
/// does not exist under MIG, where DCGM_FI_PROF_GR_ENGINE_ACTIVE stands for it. A metric that no
/// series gives is absent. kNotFound where no series has the labels.
Result<Reading> parse_dcgm(std::string_view page, const DcgmOptions& options);

std::unique_ptr<Source> make_dcgm(DcgmOptions options, net::HttpClient& http);

}  // namespace leeway::compute
