#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "collectors/compute/reading.h"
#include "detectors/base/bytes.h"
#include "detectors/base/time.h"

namespace leeway::compute {

/// What was used between two readings. Nothing where it is not known; never a 0 instead.
struct Usage {
  Duration span{0};
  std::map<Metric, double> used;                         ///< counters: how much in the span
  std::map<Metric, double> now;                          ///< gauges at its end
  std::map<std::string, std::map<Metric, double>> gpus;  ///< by GPU: both
  std::uint32_t resets = 0;                              ///< counters that began anew

  std::optional<double> increase(Metric metric) const;
  std::optional<double> gauge(Metric metric) const;

  /// CPUs in use on average: the counter's increase, else the gauge of who measured it.
  std::optional<double> cores() const;
  std::optional<double> cpu_seconds() const;
  /// cores() over the limit; above 1 for a moment, as quotas allow bursts.
  std::optional<double> cpu_ratio() const;
  /// Share of the scheduling periods in which the limit stopped it; nothing without a period.
  std::optional<double> throttled_ratio() const;
  /// Share of the span in which some task waited for a CPU, for memory, for I/O.
  std::optional<double> stalled_ratio(Metric metric) const;
  /// The working set, else all memory, over the limit.
  std::optional<double> memory_ratio() const;
  /// Mean over GPUs, largest memory share, sums of power and energy.
  std::optional<double> gpu_ratio() const;
  std::optional<double> gpu_memory_ratio() const;
  std::optional<double> gpu_power_watts() const;
  std::optional<double> gpu_energy_joules() const;
};

/// Makes usage of readings: remembers the counters, and sees where one began anew (it fell, or the
/// identity is another), in which case what it shows since then counts. State is small and saved,
/// so that what was used while Leeway was down is not lost where the counter went on; where it did
/// not, its first reading after a restart is only a beginning; so is everything after more than a
/// week without a reading.
class UsageMeter {
 public:
  /// Of one moment, of all sources, in the order in which they are believed. The first call only
  /// remembers: its usage has no counters and a span of 0.
  Usage update(TimePoint now, const std::vector<std::pair<std::string, Reading>>& readings);

  void write(ByteWriter& out) const;
  static Result<UsageMeter> read(ByteReader& in);

 private:
  struct Counter {
    std::string identity;
    double value = 0.0;
    bool of_this_run = false;
  };
  using Key = std::pair<std::string, std::pair<Metric, std::string>>;  // source, metric, GPU

  std::optional<double> count(const Key& key, const std::string& identity, double value,
                              Usage& usage);

  std::map<Key, Counter> counters_;
  std::optional<TimePoint> last_;
};

}  // namespace leeway::compute
