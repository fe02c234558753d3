#pragma once

#include <string>

#include "detectors/base/time.h"

namespace date {
class time_zone;
}

namespace leeway::tables {

/// How event time is cut into panes, the smallest spans that are folded on their own. A window is
/// one pane or several.
struct PaneRule {
  Duration size{};  ///< zero: all rows of a source are one pane, whatever their time
  std::string time_zone = "UTC";

  bool operator==(const PaneRule&) const = default;
};

/// [start, end) in event time.
struct Pane {
  TimePoint start;
  TimePoint end;

  bool contains(TimePoint time) const { return start <= time && time < end; }
  bool operator==(const Pane&) const = default;
};

/// Knows the panes of a rule. Panes of days begin at local midnight, those of weeks on Mondays;
/// shorter ones wherever the local clock shows (or, put forward, skips) a multiple of the size
/// since midnight. So a day may have 23 or 25 hours, and panes of an hour have one hour each even
/// then. Immutable; one call costs some 100 ns, so whoever has many rows keeps the pane of the last
/// one and asks `contains` first.
class PaneClock {
 public:
  /// kInvalidConfig if the zone is not known, the size is negative, or it is neither a multiple of
  /// a day nor divides one.
  static Result<PaneClock> create(const PaneRule& rule);

  /// True if the rule has no size. Then every pane is the whole of time, from the epoch on for
  /// whoever prints it: start_of() is the epoch.
  bool whole_source() const { return size_ == Duration::zero(); }

  /// `time` in the years 1 to 9999.
  Pane pane_of(TimePoint time) const;
  TimePoint start_of(TimePoint time) const { return pane_of(time).start; }
  /// The start of the pane behind the one that starts at `start`.
  TimePoint next(TimePoint start) const { return pane_of(start).end; }

  /// The instant at which a date without a time begins here.
  TimePoint midnight(std::chrono::sys_days date) const;

 private:
  PaneClock(Duration size, const date::time_zone* zone) : size_(size), zone_(zone) {}
  Pane days_of(TimePoint time) const;
  Pane hours_of(TimePoint time) const;

  Duration size_{};
  const date::time_zone* zone_ = nullptr;  // of the process's zone database, never freed
};

}  // namespace leeway::tables
