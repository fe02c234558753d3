#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "detectors/base/bytes.h"
#include "detectors/base/result.h"
#include "detectors/base/time.h"

namespace leeway::compute {

/// What the month will have cost.
struct Forecast {
  double expected = 0.0;
  std::optional<double> lower;  ///< of a 90 % prediction interval; nothing below 3 whole days
  std::optional<double> upper;
  std::uint32_t days = 0;  ///< whole days that it is made from
};

/// Costs by day (UTC) of the last 70 days.
class DailyCosts {
 public:
  /// A span that crosses midnight is split by time.
  void add(TimePoint from, TimePoint to, double cost);

  /// Since midnight.
  double today(TimePoint now) const;
  double this_month(TimePoint now) const;
  std::optional<double> yesterday(TimePoint now) const;

  /// This month so far, and for the rest of it the mean of whole days, by weekday from two whole
  /// weeks on. Days are taken as independent with one variance, so with d days and r of a weekday
  /// to come the variance of the rest is the sum over weekdays of s^2 (r + r^2/d_weekday), against
  /// Student's t with d - (number of means) degrees of freedom. The day that is under way counts as
  /// its remaining part. Nothing before an hour is known.
  std::optional<Forecast> month_end(TimePoint now) const;

  /// Mean cost of the whole days of the last week; of one at least.
  std::optional<double> mean_of_week(TimePoint now) const;

  void write(ByteWriter& out) const;
  static Result<DailyCosts> read(ByteReader& in);

 private:
  struct Day {
    double cost = 0.0;
    double seconds = 0.0;  ///< of the day that are known
  };
  std::map<std::int64_t, Day> days_;  // by days since 1970
};

}  // namespace leeway::compute
