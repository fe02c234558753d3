#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/compute/savings.h"
#include "collectors/compute/usage.h"
#include "daemon/retraining/cron.h"
#include "detectors/sequential/seasonal_watch.h"

namespace leeway::compute {

/// A series that is watched for usage drift.
struct WatchedSeries {
  std::string_view name;  ///< the label `part` of compute.drift: "cpu", "memory", ...
  std::string_view noun;  ///< in a sentence: "CPUs in use"
  bool bytes = false;     ///< whether its values are
};

/// All of them, in the order in which Week::observe() takes their values.
inline constexpr std::array kWatchedSeries = {
    WatchedSeries{.name = "cpu", .noun = "CPUs in use"},
    WatchedSeries{.name = "memory", .noun = "memory in use", .bytes = true},
    WatchedSeries{.name = "gpu", .noun = "share of the time in which GPUs run something"},
    WatchedSeries{.name = "latency", .noun = "latency, seconds"},
    WatchedSeries{.name = "cost", .noun = "cost an hour"},
};

/// What is known of the rhythm of a model's weeks: which hours are usual, which are the busiest.
/// Saved when an hour is over, so a crash costs the open hour.
///
/// Hours are those that clocks show in the model's time zone, so that work that begins at nine does
/// so in summer and in winter. The hour that clocks show twice in autumn counts once.
class Week {
 public:
  explicit Week(retraining::TimeZone zone = {});

  /// The values of one reading, in the order of kWatchedSeries; nothing where one is not known.
  using Values = std::array<std::optional<double>, kWatchedSeries.size()>;
  void observe(TimePoint now, const Values& values);

  Need need;

  const sequential::SeasonalWatch& watch(std::size_t series) const { return watches_[series]; }
  /// When the hour began whose median gave the last change away.
  std::optional<TimePoint> changed_at(std::size_t series) const;
  /// Whether a value of that series has ever been seen.
  bool is_seen(std::size_t series) const { return seen_[series]; }

  std::string serialize() const;
  /// kCorrupt for bytes that serialize() did not write. What was learned in another zone is of
  /// other hours: it is left out, and the week is learned anew.
  static Result<Week> deserialize(std::string_view bytes, retraining::TimeZone zone = {});

 private:
  retraining::TimeZone zone_;
  std::vector<sequential::SeasonalWatch> watches_;
  std::array<bool, kWatchedSeries.size()> seen_{};
};

}  // namespace leeway::compute
