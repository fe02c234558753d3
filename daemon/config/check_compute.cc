#include "daemon/config/check_compute.h"

#include <array>
#include <utility>

namespace leeway::config {
namespace {

bool has_source(const Compute& compute) {
  return compute.cgroup || compute.process || compute.kubernetes || compute.prometheus ||
         compute.nvml || compute.dcgm || compute.host;
}

bool has_amount(const ComputePrice& price) {
  return price.per_hour || price.per_gpu_hour || price.per_cpu_hour || price.per_gib_hour ||
         price.per_1k_tokens || price.per_kwh || price.opencost;
}

}  // namespace

void check_compute(const Compute& compute,
                   const std::function<void(std::string_view, std::string)>& complain) {
  if (!has_source(compute) && !compute.price) {
    complain("compute",
             "names neither a source (cgroup, process, kubernetes, prometheus, nvml, "
             "dcgm, host) nor a price: there is nothing to watch");
  }
  if (compute.price && !has_amount(*compute.price)) {
    complain("compute.price",
             "gives no amount: per_hour, per_gpu_hour, per_cpu_hour, "
             "per_cpu_second, per_gib_hour, per_1k_tokens, per_kwh or opencost");
  }
  if (compute.budget_per_day && !compute.price) {
    complain("compute.budget", "needs a price: without one nothing costs anything");
  }
  const std::array<std::pair<std::string_view, const ComputeLimit*>, 5> limits = {
      {{"compute.cpu", &compute.cpu},
       {"compute.memory", &compute.memory},
       {"compute.throttling", &compute.throttling},
       {"compute.stalled", &compute.stalled},
       {"compute.gpu_memory", &compute.gpu_memory}}};
  for (const auto& [path, limit] : limits) {
    if (limit->warning && limit->critical && *limit->warning > *limit->critical) {
      complain(path, "the warning limit lies above the critical one");
    }
  }
}

}  // namespace leeway::config
