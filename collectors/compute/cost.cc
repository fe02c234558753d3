#include "collectors/compute/cost.h"

#include <algorithm>

namespace leeway::compute {
namespace {

constexpr double kGib = 1024.0 * 1024.0 * 1024.0;
constexpr double kJoulesPerKwh = 3.6e6;
constexpr double kSecondsPerHour = 3600.0;

class Bill {
 public:
  explicit Bill(Cost& cost) : cost_(cost) {}

  void add(std::string_view part, const std::optional<double>& price,
           const std::optional<double>& amount, std::string_view lacking) {
    if (!price) return;
    if (!amount) {
      cost_.unknown.emplace(part, std::string(lacking));
      return;
    }
    cost_.parts[part] += *price * *amount;
    cost_.total += *price * *amount;
  }

 private:
  Cost& cost_;
};

std::optional<double> over(const std::optional<double>& value, double divisor) {
  if (!value) return std::nullopt;
  return *value / divisor;
}

std::optional<double> gib_hours(const Usage& usage, double hours) {
  const auto working_set = usage.gauge(Metric::kMemoryWorkingSetBytes);
  const auto bytes = working_set ? working_set : usage.gauge(Metric::kMemoryBytes);
  if (!bytes) return std::nullopt;
  return *bytes / kGib * hours;
}

std::optional<double> idle_of(const Cost& cost, const Usage& usage) {
  const auto busy = busy_ratio(usage);
  double of_time = 0.0;
  bool any = false;
  for (const std::string_view part : {"time", "gpu_time"}) {
    const auto found = cost.parts.find(part);
    if (found == cost.parts.end()) continue;
    of_time += found->second;
    any = true;
  }
  if (!any || !busy) return std::nullopt;
  return of_time * (1.0 - *busy);
}

}  // namespace

std::optional<double> busy_ratio(const Usage& usage) {
  const auto cpu = usage.cpu_ratio();
  const auto gpu = usage.gpu_ratio();
  if (!cpu && !gpu) return std::nullopt;
  return std::clamp(std::max(cpu.value_or(0.0), gpu.value_or(0.0)), 0.0, 1.0);
}

Cost cost_of(const Usage& usage, const Price& price) {
  Cost cost;
  if (usage.span <= Duration{0}) return cost;
  const double hours = to_seconds(usage.span) / kSecondsPerHour;
  const auto joules = usage.gpu_energy_joules();
  const auto gpu_hours = usage.gpus.empty()
                             ? std::nullopt
                             : std::optional(static_cast<double>(usage.gpus.size()) * hours);
  Bill bill(cost);
  bill.add("time", price.per_hour, hours, "");
  bill.add("gpu_time", price.per_gpu_hour, gpu_hours, "no GPU was seen");
  bill.add("cpu", price.per_cpu_hour, over(usage.cpu_seconds(), kSecondsPerHour),
           "no source gives the CPU time");
  bill.add("memory", price.per_gib_hour, gib_hours(usage, hours), "no source gives the memory");
  bill.add("tokens", price.per_1k_tokens, over(usage.increase(Metric::kTokens), 1000.0),
           "no source gives the tokens");
  bill.add("energy", price.per_kwh, over(joules, kJoulesPerKwh), "no source gives the energy");
  cost.idle = idle_of(cost, usage);
  cost.energy_joules = joules;
  if (joules && price.grams_per_kwh) {
    cost.carbon_grams = *joules / kJoulesPerKwh * *price.grams_per_kwh;
  }
  return cost;
}

}  // namespace leeway::compute
