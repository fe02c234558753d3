#include "collectors/compute/usage.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace leeway::compute {
namespace {

constexpr std::size_t kCounterBytes = 12;
constexpr Duration kLongestGap = std::chrono::days(7);

std::optional<double> ratio(std::optional<double> part, std::optional<double> whole) {
  if (!part || !whole || *whole <= 0.0) return std::nullopt;
  return *part / *whole;
}

std::optional<double> find(const std::map<Metric, double>& values, Metric metric) {
  const auto found = values.find(metric);
  if (found == values.end()) return std::nullopt;
  return found->second;
}

/// Of the GPUs that have it.
std::vector<double> of_gpus(const Usage& usage, Metric metric) {
  std::vector<double> values;
  for (const auto& [name, gpu] : usage.gpus) {
    if (const auto value = find(gpu, metric)) values.push_back(*value);
  }
  return values;
}

std::optional<double> sum_of(const std::vector<double>& values) {
  if (values.empty()) return std::nullopt;
  double sum = 0.0;
  for (const double value : values) sum += value;
  return sum;
}

}  // namespace

std::optional<double> Usage::increase(Metric metric) const { return find(used, metric); }
std::optional<double> Usage::gauge(Metric metric) const { return find(now, metric); }

std::optional<double> Usage::cpu_seconds() const {
  if (const auto counted = increase(Metric::kCpuSeconds)) return counted;
  const auto averaged = gauge(Metric::kCpuCores);
  if (!averaged || span <= Duration{0}) return std::nullopt;
  return *averaged * to_seconds(span);
}

std::optional<double> Usage::cores() const {
  const auto counted = increase(Metric::kCpuSeconds);
  if (counted && span > Duration{0}) return *counted / to_seconds(span);
  return gauge(Metric::kCpuCores);
}

std::optional<double> Usage::cpu_ratio() const {
  return ratio(cores(), gauge(Metric::kCpuLimitCores));
}

std::optional<double> Usage::throttled_ratio() const {
  return ratio(increase(Metric::kCpuThrottledPeriods), increase(Metric::kCpuPeriods));
}

std::optional<double> Usage::stalled_ratio(Metric metric) const {
  return ratio(increase(metric), to_seconds(span));
}

std::optional<double> Usage::memory_ratio() const {
  const auto working_set = gauge(Metric::kMemoryWorkingSetBytes);
  return ratio(working_set ? working_set : gauge(Metric::kMemoryBytes),
               gauge(Metric::kMemoryLimitBytes));
}

std::optional<double> Usage::gpu_ratio() const {
  const auto values = of_gpus(*this, Metric::kGpuRatio);
  return ratio(sum_of(values), static_cast<double>(values.size()));
}

std::optional<double> Usage::gpu_memory_ratio() const {
  std::optional<double> most;
  for (const auto& [name, gpu] : gpus) {
    const auto share =
        ratio(find(gpu, Metric::kGpuMemoryBytes), find(gpu, Metric::kGpuMemoryTotalBytes));
    if (share && (!most || *share > *most)) most = share;
  }
  return most;
}

std::optional<double> Usage::gpu_power_watts() const {
  return sum_of(of_gpus(*this, Metric::kGpuPowerWatts));
}

std::optional<double> Usage::gpu_energy_joules() const {
  const auto counted = sum_of(of_gpus(*this, Metric::kGpuEnergyJoules));
  if (counted) return counted;
  const auto watts = gpu_power_watts();
  if (!watts || span <= Duration{0}) return std::nullopt;
  return *watts * to_seconds(span);
}

std::optional<double> UsageMeter::count(const Key& key, const std::string& identity, double value,
                                        Usage& usage) {
  const auto found = counters_.find(key);
  if (found == counters_.end()) {
    counters_.emplace(key, Counter{identity, value, true});
    return std::nullopt;
  }
  Counter& counter = found->second;
  const Counter before = counter;
  counter = Counter{identity, value, true};
  if (before.identity == identity && value >= before.value) return value - before.value;
  ++usage.resets;
  // What began anew while nobody looked may be something else altogether.
  if (!before.of_this_run) return std::nullopt;
  return value;
}

Usage UsageMeter::update(TimePoint now,
                         const std::vector<std::pair<std::string, Reading>>& readings) {
  Usage usage;
  if (last_ && now - *last_ > kLongestGap) {
    counters_.clear();
    last_.reset();
  }
  usage.span = last_ ? std::max(Duration{0}, now - *last_) : Duration{0};
  last_ = now;
  std::set<std::pair<Metric, std::string>> taken;
  for (const auto& [source, reading] : readings) {
    std::set<std::pair<Metric, std::string>> mine;
    for (const Sample& sample : reading.samples) {
      const auto what = std::pair(sample.metric, sample.device);
      if (!std::isfinite(sample.value) || taken.contains(what) || !mine.insert(what).second)
        continue;
      const MetricDescription& metric = describe(sample.metric);
      std::optional<double> value = sample.value;
      if (metric.counter) {
        value = count({source, what}, reading.identity, sample.value, usage);
        if (!value) continue;
      }
      if (metric.per_gpu) {
        usage.gpus[sample.device][sample.metric] = *value;
      } else {
        (metric.counter ? usage.used : usage.now)[sample.metric] = *value;
      }
    }
    taken.merge(mine);
  }
  return usage;
}

void UsageMeter::write(ByteWriter& out) const {
  out.u8(last_.has_value() ? 1 : 0);
  out.i64(last_ ? to_micros(*last_) : 0);
  out.varint(counters_.size());
  for (const auto& [key, counter] : counters_) {
    out.text(key.first);
    out.u8(static_cast<std::uint8_t>(key.second.first));
    out.text(key.second.second);
    out.text(counter.identity);
    out.f64(counter.value);
  }
}

Result<UsageMeter> UsageMeter::read(ByteReader& in) {
  UsageMeter meter;
  const bool has_last = in.u8() != 0;
  const TimePoint last = from_micros(in.i64());
  if (has_last) meter.last_ = last;
  const std::size_t counters = in.count(kCounterBytes);
  for (std::size_t i = 0; i < counters && in.ok(); ++i) {
    std::string source(in.text());
    const std::uint8_t metric = in.u8();
    std::string device(in.text());
    std::string identity(in.text());
    const double value = in.f64();
    if (metric >= kMetrics || !std::isfinite(value)) in.refuse();
    if (!in.ok()) break;
    meter.counters_.emplace(
        Key{std::move(source), {static_cast<Metric>(metric), std::move(device)}},
        Counter{std::move(identity), value, false});
  }
  if (!in.ok()) return fail(ErrorCode::kCorrupt, "the saved counters make no sense");
  return meter;
}

}  // namespace leeway::compute
