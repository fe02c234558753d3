#include "collectors/tables/panes.h"

#include <date/tz.h>

#include <algorithm>
#include <stdexcept>

namespace leeway::tables {
namespace {

using std::chrono::days;

constexpr Duration kDay = days{1};
constexpr Duration kWeek = days{7};
constexpr Duration kMonday = days{4};  // 1970-01-05

Duration floor_to(Duration value, Duration size) {
  const Duration rest = value % size;
  return value - (rest < Duration::zero() ? rest + size : rest);
}

/// The time of the local clock, as a duration since its own 1970.
Duration local(TimePoint time, const date::sys_info& info) {
  return time.time_since_epoch() + info.offset;
}

date::sys_info info_at(const date::time_zone& zone, TimePoint time) {
  return zone.get_info(std::chrono::floor<std::chrono::seconds>(time));
}

/// The first instant at which the local clock shows `since_epoch`, or has skipped it.
TimePoint instant_of(const date::time_zone& zone, Duration since_epoch) {
  const date::local_time<Duration> wanted{since_epoch};
  const date::local_info info = zone.get_info(wanted);
  if (info.result == date::local_info::nonexistent)
    return TimePoint{info.first.end.time_since_epoch()};
  return TimePoint{since_epoch - info.first.offset};
}

/// True if the clock, when it was put to `after` at this instant, shows or skips a multiple of
/// size.
bool starts_pane(TimePoint change, const date::sys_info& before, const date::sys_info& after,
                 Duration size) {
  const Duration shown = local(change, after);
  const Duration expected = local(change, before);
  return floor_to(shown, size) == shown || floor_to(shown, size) >= expected;
}

TimePoint begin_of(const date::sys_info& info) { return TimePoint{info.begin.time_since_epoch()}; }
TimePoint end_of(const date::sys_info& info) { return TimePoint{info.end.time_since_epoch()}; }

}  // namespace

Result<PaneClock> PaneClock::create(const PaneRule& rule) {
  const date::time_zone* zone = nullptr;
  try {
    zone = date::locate_zone(rule.time_zone);
  } catch (const std::runtime_error&) {
    return fail(ErrorCode::kInvalidConfig, "the time zone '" + rule.time_zone + "' is not known");
  }
  const Duration size = rule.size;
  const bool shorter = size > Duration::zero() && size < kDay && kDay % size == Duration::zero();
  const bool longer = size >= kDay && size % kDay == Duration::zero();
  if (size != Duration::zero() && !shorter && !longer) {
    return fail(ErrorCode::kInvalidConfig, "a window of " + to_string(size) +
                                               " neither divides a day nor is a number of days");
  }
  return PaneClock(size, zone);
}

Pane PaneClock::pane_of(TimePoint time) const {
  if (whole_source()) return {TimePoint{}, TimePoint::max()};
  return size_ < kDay ? hours_of(time) : days_of(time);
}

Pane PaneClock::days_of(TimePoint time) const {
  const Duration origin = size_ % kWeek == Duration::zero() ? kMonday : Duration::zero();
  const Duration first = floor_to(local(time, info_at(*zone_, time)) - origin, size_) + origin;
  // Where midnight comes twice, the second one is behind the instant of the first.
  Pane pane{instant_of(*zone_, first), instant_of(*zone_, first + size_)};
  while (pane.end <= time) {
    pane = {pane.end, instant_of(*zone_, local(pane.end, info_at(*zone_, pane.end)) + size_)};
  }
  return pane;
}

Pane PaneClock::hours_of(TimePoint time) const {
  const date::sys_info here = info_at(*zone_, time);
  Pane pane;
  date::sys_info info = here;
  pane.start = TimePoint{floor_to(local(time, info), size_) - info.offset};
  while (pane.start < begin_of(info)) {
    const date::sys_info before = zone_->get_info(info.begin - std::chrono::seconds{1});
    const TimePoint change = begin_of(info);
    if (starts_pane(change, before, info, size_)) {
      pane.start = change;
      break;
    }
    info = before;
    pane.start = TimePoint{floor_to(local(change - Duration{1}, info), size_) - info.offset};
  }
  info = here;
  pane.end = TimePoint{floor_to(local(time, info), size_) - info.offset} + size_;
  while (pane.end >= end_of(info)) {
    const date::sys_info after = zone_->get_info(info.end);
    const TimePoint change = end_of(info);
    if (starts_pane(change, info, after, size_)) {
      pane.end = change;
      break;
    }
    info = after;
    pane.end = TimePoint{floor_to(local(change, info), size_) - info.offset} + size_;
  }
  return pane;
}

TimePoint PaneClock::midnight(std::chrono::sys_days date) const {
  return instant_of(*zone_, date.time_since_epoch());
}

}  // namespace leeway::tables
