#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/base/result.h"
#include "detectors/base/time.h"
#include "detectors/sequential/detectors.h"
#include "detectors/sequential/seasonal_baseline.h"

namespace leeway::sequential {

/// A lasting change of a series with a daily and weekly rhythm.
struct SeasonalChange {
  TimePoint hour;  ///< the begin of the hour whose median gave it away
  Direction direction = Direction::kUnknown;
  double expected = 0.0;  ///< for that hour
  double median = 0.0;    ///< of that hour
  double scale = 0.0;     ///< of Expectation
};

/// Watches usage, latency or cost: each hour's median is held against the seasonal expectation, and
/// the difference in scales, at most `most` of them, goes through a sequential detector. A spike of
/// less than half an hour is no drift and moves nothing.
///
/// After a change the series is only looked at for `hold_hours`; then the baseline moves by the
/// median difference of that time, and watching goes on at the new level with the old season.
///
/// Values of one hour are kept until it is over (at most 3,600, then every other is dropped); those
/// of an hour that is over are ignored. Saved and restored it goes on bit for bit.
class SeasonalWatch {
 public:
  struct Options {
    std::string detector = "cusum";
    Parameters::Given parameters = {{"mean", 0.0}, {"sigma", 1.0}, {"k", 1.0}, {"h", 8.0}};
    std::uint64_t warm_up_hours = 168;  ///< that the baseline must know before anything is judged
    double most = 6.0;
    std::uint32_t hold_hours = 24;
    SeasonalBaseline::Options baseline{};
  };

  /// kInvalidConfig or kNotFound of the detector.
  static Result<SeasonalWatch> make(Options options);

  /// Values in the order of their times; one that is not finite is ignored.
  std::optional<SeasonalChange> update(TimePoint time, double value);

  DetectorState state() const;  ///< kDrift as long as it holds
  const std::optional<SeasonalChange>& last_change() const { return change_; }
  std::uint64_t changes() const { return changes_; }
  /// For the hour of `time`; nothing while it warms up.
  std::optional<Expectation> expect(TimePoint time) const;
  std::uint64_t hours_to_warm_up() const;

  /// A frame with magic, version, length and checksum; some 20 KB after six weeks.
  std::string serialize() const;
  /// kCorrupt for other bytes; kInvalidConfig where the state is of another detector.
  static Result<SeasonalWatch> deserialize(Options options, std::string_view bytes);

 private:
  SeasonalWatch(Options options, SequentialDetector detector);

  std::optional<SeasonalChange> close_hour();
  std::optional<SeasonalChange> judge(HourSummary summary);
  void adapt(double difference);

  Options options_;
  SeasonalBaseline baseline_;
  SequentialDetector detector_;
  std::optional<std::int64_t> hour_;  ///< the one that is open
  std::vector<double> values_;        ///< of it
  std::optional<std::int64_t> hold_until_;
  std::vector<double> differences_;  ///< of the hours since the change
  std::optional<SeasonalChange> change_;
  std::uint64_t changes_ = 0;
};

}  // namespace leeway::sequential
