#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/compute/savings.h"
#include "collectors/compute/usage.h"
#include "detectors/sequential/seasonal_watch.h"

namespace leeway::compute {

/// A series that is watched for usage drift.
struct WatchedSeries {
  std::string_view name;  ///< the label `part` of compute.drift: "cpu", "memory", ...
  std::string_view noun;  ///< in a sentence: "CPUs in use"
};

/// All of them, in the order in which Week::observe() takes their values.
inline constexpr std::array kWatchedSeries = {
    WatchedSeries{"cpu", "CPUs in use"},
    WatchedSeries{"memory", "memory in use, bytes"},
    WatchedSeries{"gpu", "share of the time in which GPUs run something"},
    WatchedSeries{"latency", "latency, seconds"},
    WatchedSeries{"cost", "cost an hour"},
};

/// What is known of the rhythm of a model's weeks: which hours are usual, which are the busiest.
/// Saved when an hour is over, so a crash costs the open hour.
class Week {
 public:
  Week();

  /// The values of one reading, in the order of kWatchedSeries; nothing where one is not known.
  using Values = std::array<std::optional<double>, kWatchedSeries.size()>;
  void observe(TimePoint now, const Values& values);

  Need need;

  const sequential::SeasonalWatch& watch(std::size_t series) const { return watches_[series]; }
  /// Whether a value of that series has ever been seen.
  bool is_seen(std::size_t series) const { return seen_[series]; }

  std::string serialize() const;
  /// kCorrupt for bytes that serialize() did not write.
  static Result<Week> deserialize(std::string_view bytes);

 private:
  std::vector<sequential::SeasonalWatch> watches_;
  std::array<bool, kWatchedSeries.size()> seen_{};
};

}  // namespace leeway::compute
