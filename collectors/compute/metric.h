#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace leeway::compute {

/// What can be known of the compute that a model uses. The numbers are saved; never reuse one.
enum class Metric : std::uint8_t {
  kCpuSeconds = 0,
  kCpuCores = 1,
  kCpuLimitCores = 2,
  kCpuPeriods = 3,
  kCpuThrottledPeriods = 4,
  kCpuThrottledSeconds = 5,
  kCpuStalledSeconds = 6,
  kMemoryBytes = 7,
  kMemoryWorkingSetBytes = 8,
  kMemoryPeakBytes = 9,
  kMemoryLimitBytes = 10,
  kMemoryStalledSeconds = 11,
  kOomKills = 12,
  kIoReadBytes = 13,
  kIoWrittenBytes = 14,
  kIoStalledSeconds = 15,
  kProcesses = 16,
  kGpuRatio = 17,
  kGpuMemoryBytes = 18,
  kGpuMemoryTotalBytes = 19,
  kGpuPowerWatts = 20,
  kGpuEnergyJoules = 21,
  kGpuCelsius = 22,
  kPredictions = 23,
  kTokens = 24,
  kLatencySeconds = 25,
};
inline constexpr std::size_t kMetrics = 26;

struct MetricDescription {
  Metric metric;
  std::string_view name;  ///< as in the configuration and in reports: "cpu_seconds"
  bool counter;           ///< only grows, until what is measured begins anew
  bool per_gpu;           ///< one value for each GPU
  std::string_view sentence;
};

/// All of them, in the order of their numbers. The one list.
std::span<const MetricDescription> metrics();

const MetricDescription& describe(Metric metric);
std::optional<Metric> find_metric(std::string_view name);

}  // namespace leeway::compute
