#pragma once

#include <bitset>
#include <string>
#include <string_view>

#include "detectors/base/result.h"
#include "detectors/base/time.h"

namespace leeway::retraining {

/// A time zone of the system's database, or UTC, for which none is needed. Cheap to copy.
class TimeZone {
 public:
  TimeZone() = default;  ///< UTC

  /// By its name ("Europe/Berlin", "UTC"). kInvalidConfig if there is none.
  static Result<TimeZone> find(std::string_view name);

  std::string name() const;

  /// What clocks show there, as a TimePoint that is read like one of UTC.
  TimePoint shown(TimePoint instant) const;
  /// The first instant at which clocks show `local`; the end of the gap if they never do.
  TimePoint instant(TimePoint local) const;

 private:
  friend class LocalTime;
  const void* zone_ = nullptr;  // date::time_zone, which lives as long as the process
};

class LocalTime;

/// Five fields: minute, hour, day of month, month, day of week.
///
/// Each a list of `*`, `7`, `1-5`, `*/15`, `10-40/10` or `5/10` (from 5 on); months and days of the
/// week also by name (jan, SUN), 7 is Sunday as 0 is. Or @hourly, @daily, @midnight, @weekly,
/// @monthly, @yearly, @annually. As in Vixie's cron, if neither day begins with `*`, either one is
/// enough.
class Cron {
 public:
  /// kInvalidConfig naming the field; also for a date that never comes (31 February).
  static Result<Cron> parse(std::string_view text);

  /// The first firing after `after`. When clocks are put forward, what falls into the gap fires
  /// once, at its end; when they are put back, once, the first time. A schedule for every hour
  /// (`*` or `*/n`) goes by the hours that pass: it skips the gap and fires in both passages.
  TimePoint next(TimePoint after, const TimeZone& zone) const;

  const std::string& text() const { return text_; }

 private:
  friend class CronParser;
  bool is_day(std::chrono::sys_days day) const;
  TimePoint next_by_the_hour(TimePoint after, const LocalTime& local) const;

  std::string text_;
  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;    // 1 to 31
  std::bitset<13> months_;  // 1 to 12
  std::bitset<7> weekdays_;
  bool every_hour_ = false;
  bool any_day_ = false;
  bool any_weekday_ = false;
};

}  // namespace leeway::retraining
