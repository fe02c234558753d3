#pragma once

#include <map>
#include <string>
#include <string_view>

#include "collectors/compute/asking.h"

namespace leeway::compute {

/// Costs as OpenCost (and Kubecost) allocates them.
struct OpenCostOptions {
  Peer peer;              ///< "http://opencost.opencost:9003"
  std::string aggregate;  ///< "deployment", "pod", "label:app", "namespace,container", ...
  std::string name;       ///< the allocation of that aggregate that is the model
};

/// What a span of time cost, in the currency that OpenCost is set to.
struct Allocation {
  double total = 0.0;
  double cpu = 0.0;
  double memory = 0.0;
  double gpu = 0.0;
  double minutes = 0.0;  ///< of the span that the workload ran
};

/// Reads the answer of /allocation. Sums the sets of a span; kNotFound if none has the name, which
/// is no data yet and not free of charge.
Result<Allocation> parse_allocation(std::string_view body, std::string_view name);

/// What the model cost from `from` to `to`.
Async<Allocation> allocation(net::HttpClient& http, OpenCostOptions options, TimePoint from,
                             TimePoint to);

}  // namespace leeway::compute
