#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "detectors/base/time.h"

namespace leeway::monitor {

/// What a model's configuration says of its windows.
struct WindowRules {
  Duration size = std::chrono::hours(24);   ///< zero: a window is a batch (no timestamps)
  Duration slide = std::chrono::hours(24);  ///< a window starts this often; panes are this long
  Duration grace = std::chrono::hours(2);
  Duration late = std::chrono::hours(24 * 7);
  Duration extend = std::chrono::hours(24 * 7);
  std::uint64_t min_rows = 200;
  Duration every = std::chrono::minutes(1);     ///< how often the source is polled
  Duration freshness = std::chrono::hours(50);  ///< longest time without an arrival that is usual
};

/// Where panes begin: days in a time zone are not all 24 hours.
struct Panes {
  std::function<TimePoint(TimePoint time)> start_of;
  std::function<TimePoint(TimePoint start)> next;
};

/// A window that closes. `from` lies before `start` when the window had too few rows and is judged
/// together with its predecessors.
struct Closing {
  TimePoint start;
  TimePoint end;
  TimePoint from;
  std::uint64_t rows = 0;      ///< in [from, end)
  std::uint64_t own_rows = 0;  ///< in [start, end)

  bool extended() const { return from < start; }
  bool operator==(const Closing&) const = default;
};

/// Decides when the windows of one model close, from what has arrived and what the clock shows.
/// Pure: no I/O and no clock of its own. Everything it knows can be restored from the store.
///
/// Rows are counted in panes of length `slide`. A window closes once, in order, when the watermark
/// passes its end + grace, or when the clock has passed that and nothing has arrived for
/// max(grace, 3 x every) although the source was polled. Windows without rows close too if they lie
/// between two that have rows, or, as long as the model is live (they end after the last arrival),
/// when nothing has arrived for `freshness`: a nightly file is not missing at midnight.
class Timeline {
 public:
  Timeline(WindowRules rules, Panes panes);

  /// What the store knows after a restart. Panes that only closed windows need may be left out.
  void restore(std::optional<TimePoint> watermark, std::optional<TimePoint> last_closed,
               std::optional<TimePoint> last_arrival);

  /// How rows for a pane stand before they are taken.
  enum class Place {
    kOpen,        ///< no window of it has closed
    kCorrection,  ///< a closed window changes: value and history, no rule
    kTooLate,     ///< behind the watermark by more than `late`: counted and dropped
  };
  Place place(TimePoint pane) const;

  /// Panes that start before this are kTooLate; nothing if none is.
  std::optional<TimePoint> too_late_before() const;

  /// Rows of a pane changed by what was just committed (replaced files may take rows away).
  void set_rows(TimePoint pane, std::uint64_t rows);

  /// A batch was committed at clock time `now`; its largest event time moves the watermark, at most
  /// 5 minutes ahead of the clock.
  void arrived(TimePoint now, std::optional<TimePoint> event_time);

  /// The source was looked at and all that was there has been taken.
  void polled(TimePoint now) { last_polled_ = now; }

  /// The oldest window that closes now, if any. The caller judges and commits it, then says
  /// closed(); only then comes the next.
  std::optional<Closing> due(TimePoint now) const;
  void closed(const Closing& window);

  /// The window that starts at `start`, as it would be judged now: for corrections.
  Closing window_at(TimePoint start) const;

  /// The closed windows that rows of this pane belong to, oldest first.
  std::vector<TimePoint> closed_windows_of(TimePoint pane) const;

  /// Panes that start before this are settled: every window of theirs has closed, and rows for them
  /// come too late. Nothing if there are none. Without timestamps `late` runs by the clock.
  std::optional<TimePoint> settled_before(TimePoint now) const;

  /// When due() may say something new without an arrival; nothing if only an arrival can.
  std::optional<TimePoint> next_deadline() const;

  std::optional<TimePoint> watermark() const { return watermark_; }
  std::optional<TimePoint> last_closed() const { return last_closed_; }
  /// Panes from here on belong to a window that has not closed.
  TimePoint open_from() const;
  std::optional<TimePoint> last_arrival() const { return last_arrival_; }
  std::size_t open_panes() const;

 private:
  bool by_batch() const { return rules_.size == Duration{0}; }
  TimePoint end_of(TimePoint start) const;
  std::optional<TimePoint> candidate() const;
  std::optional<Closing> due_batch() const;
  std::optional<Closing> due_window(TimePoint now) const;
  bool quiet(TimePoint now, Duration silence) const;
  bool is_missing(const Closing& window) const;
  Duration silence_for(const Closing& window) const;
  std::uint64_t rows_in(TimePoint from, TimePoint to) const;
  Closing closing(TimePoint start) const;
  void forget_old_panes();

  WindowRules rules_;
  Panes steps_;
  std::map<TimePoint, std::uint64_t> panes_;
  std::optional<TimePoint> watermark_;
  std::optional<TimePoint> last_closed_;
  std::optional<TimePoint> last_arrival_;
  std::optional<TimePoint> last_polled_;
};

}  // namespace leeway::monitor
