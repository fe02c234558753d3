#include "collectors/compute/metric.h"

#include <algorithm>
#include <array>

namespace leeway::compute {
namespace {

constexpr std::array<MetricDescription, kMetrics> kTable = {{
    {Metric::kCpuSeconds, "cpu_seconds", true, false, "CPU time used, in user and system mode."},
    {Metric::kCpuCores, "cpu_cores", false, false, "CPUs in use, averaged by who measured it."},
    {Metric::kCpuLimitCores, "cpu_limit_cores", false, false, "CPUs that may be used."},
    {Metric::kCpuPeriods, "cpu_periods", true, false, "Scheduling periods under a CPU limit."},
    {Metric::kCpuThrottledPeriods, "cpu_throttled_periods", true, false,
     "Periods in which the limit stopped it."},
    {Metric::kCpuThrottledSeconds, "cpu_throttled_seconds", true, false,
     "Time that it stood still because of the limit, summed over CPUs."},
    {Metric::kCpuStalledSeconds, "cpu_stalled_seconds", true, false,
     "Time in which some task waited for a CPU."},
    {Metric::kMemoryBytes, "memory_bytes", false, false, "Memory in use, with its page cache."},
    {Metric::kMemoryWorkingSetBytes, "memory_working_set_bytes", false, false,
     "Memory in use that cannot be taken back at once."},
    {Metric::kMemoryPeakBytes, "memory_peak_bytes", false, false, "The most that was in use."},
    {Metric::kMemoryLimitBytes, "memory_limit_bytes", false, false, "Memory that may be used."},
    {Metric::kMemoryStalledSeconds, "memory_stalled_seconds", true, false,
     "Time in which some task waited for memory."},
    {Metric::kOomKills, "oom_kills", true, false, "Processes ended for lack of memory."},
    {Metric::kIoReadBytes, "io_read_bytes", true, false, "Bytes read from block devices."},
    {Metric::kIoWrittenBytes, "io_written_bytes", true, false, "Bytes written to block devices."},
    {Metric::kIoStalledSeconds, "io_stalled_seconds", true, false,
     "Time in which some task waited for I/O."},
    {Metric::kProcesses, "processes", false, false, "Tasks that exist."},
    {Metric::kGpuRatio, "gpu_ratio", false, true,
     "Share of the time in which the GPU ran something; not its load."},
    {Metric::kGpuMemoryBytes, "gpu_memory_bytes", false, true, "Memory of the GPU in use."},
    {Metric::kGpuMemoryTotalBytes, "gpu_memory_total_bytes", false, true, "Memory of the GPU."},
    {Metric::kGpuPowerWatts, "gpu_power_watts", false, true, "Power that the GPU draws."},
    {Metric::kGpuEnergyJoules, "gpu_energy_joules", true, true, "Energy that the GPU has used."},
    {Metric::kGpuCelsius, "gpu_celsius", false, true, "Temperature of the GPU."},
    {Metric::kPredictions, "predictions", true, false, "Predictions made."},
    {Metric::kTokens, "tokens", true, false, "Tokens read and written by a language model."},
    {Metric::kLatencySeconds, "latency_seconds", false, false, "How long a prediction takes."},
}};

consteval bool in_order() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<std::size_t>(kTable[i].metric) != i) return false;
  }
  return true;
}
static_assert(in_order());

}  // namespace

std::span<const MetricDescription> metrics() { return kTable; }

const MetricDescription& describe(Metric metric) {
  return kTable[static_cast<std::size_t>(metric)];
}

std::optional<Metric> find_metric(std::string_view name) {
  const auto found = std::ranges::find(kTable, name, &MetricDescription::name);
  if (found == kTable.end()) return std::nullopt;
  return found->metric;
}

}  // namespace leeway::compute
