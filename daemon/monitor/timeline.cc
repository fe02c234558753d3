#include "daemon/monitor/timeline.h"

#include <algorithm>
#include <utility>

#include "detectors/base/result.h"

namespace leeway::monitor {
namespace {

constexpr Duration kFuture = std::chrono::minutes(5);

/// Between two panes with rows, at most this many empty windows are judged; a longer silence is
/// one gap, not thousands of findings.
constexpr int kMaxGapWindows = 31;

}  // namespace

Timeline::Timeline(WindowRules rules, Panes panes) : rules_(rules), steps_(std::move(panes)) {
  LEEWAY_ASSERT(rules_.slide > Duration{0} || by_batch(), "the configuration refuses a slide of 0");
}

void Timeline::restore(std::optional<TimePoint> watermark, std::optional<TimePoint> last_closed,
                       std::optional<TimePoint> last_arrival) {
  watermark_ = watermark;
  last_closed_ = last_closed;
  last_arrival_ = last_arrival;
}

TimePoint Timeline::end_of(TimePoint start) const {
  // Panes are stepped through, not multiplied: a week in a time zone is seven local days.
  TimePoint end = start;
  for (Duration covered{0}; covered < rules_.size; covered += rules_.slide) end = steps_.next(end);
  return end;
}

Timeline::Place Timeline::place(TimePoint pane) const {
  if (by_batch()) return Place::kOpen;
  if (const auto settled = too_late_before(); settled && pane < *settled) return Place::kTooLate;
  return closed_windows_of(pane).empty() ? Place::kOpen : Place::kCorrection;
}

std::optional<TimePoint> Timeline::too_late_before() const {
  if (by_batch() || !watermark_) return std::nullopt;
  // The first pane that ends after watermark - late is the one that holds that moment.
  return steps_.start_of(*watermark_ - rules_.late);
}

void Timeline::set_rows(TimePoint pane, std::uint64_t rows) {
  if (rows == 0) {
    panes_.erase(pane);
  } else {
    panes_[pane] = rows;
  }
}

void Timeline::arrived(TimePoint now, std::optional<TimePoint> event_time) {
  last_arrival_ = last_arrival_ ? std::max(*last_arrival_, now) : now;
  if (!event_time) return;
  const TimePoint plausible = std::min(*event_time, now + kFuture);
  watermark_ = watermark_ ? std::max(*watermark_, plausible) : plausible;
}

std::uint64_t Timeline::rows_in(TimePoint from, TimePoint to) const {
  std::uint64_t rows = 0;
  for (auto pane = panes_.lower_bound(from); pane != panes_.end() && pane->first < to; ++pane) {
    rows += pane->second;
  }
  return rows;
}

/// The window that closes next, whenever that is.
std::optional<TimePoint> Timeline::candidate() const {
  if (!last_closed_) {
    if (panes_.empty()) return std::nullopt;
    return panes_.begin()->first;
  }
  const TimePoint next = steps_.next(*last_closed_);
  const auto with_rows = panes_.lower_bound(next);
  if (with_rows == panes_.end()) return next;
  TimePoint reached = next;
  for (int gap = 0; gap < kMaxGapWindows; ++gap) {
    if (end_of(reached) > with_rows->first) return next;
    reached = steps_.next(reached);
  }
  return with_rows->first;
}

/// Nothing of the window has arrived, nor of a later one.
bool Timeline::is_missing(const Closing& window) const {
  return window.own_rows == 0 && (panes_.empty() || panes_.rbegin()->first < window.end);
}

/// How long nothing must have arrived before the window closes by the clock.
Duration Timeline::silence_for(const Closing& window) const {
  const Duration pause = std::max(rules_.grace, 3 * rules_.every);
  return is_missing(window) ? std::max(pause, rules_.freshness) : pause;
}

bool Timeline::quiet(TimePoint now, Duration silence) const {
  if (!last_arrival_ || !last_polled_) return false;
  return std::min(now, *last_polled_) >= *last_arrival_ + silence;
}

Closing Timeline::closing(TimePoint start) const {
  Closing window;
  window.start = start;
  window.end = end_of(start);
  window.from = start;
  window.own_rows = rows_in(start, window.end);
  window.rows = window.own_rows;
  if (window.own_rows == 0) return window;  // silence is its own finding, not a small sample
  for (auto pane = panes_.lower_bound(start);
       window.rows < rules_.min_rows && pane != panes_.begin();) {
    --pane;
    if (window.end - pane->first > rules_.extend + rules_.size) break;
    window.from = pane->first;
    window.rows += pane->second;
  }
  return window;
}

std::optional<Closing> Timeline::due_window(TimePoint now) const {
  const std::optional<TimePoint> start = candidate();
  if (!start) return std::nullopt;
  const Closing window = closing(*start);
  const TimePoint deadline = window.end + rules_.grace;
  if (watermark_ && *watermark_ >= deadline) return window;
  if (now < deadline || !quiet(now, silence_for(window))) return std::nullopt;
  const bool live = last_arrival_ && window.end > *last_arrival_;
  if (is_missing(window) && !live) return std::nullopt;
  return window;
}

/// Without timestamps a window is a batch, and batches are taken together until they are enough.
std::optional<Closing> Timeline::due_batch() const {
  auto pane = last_closed_ ? panes_.upper_bound(*last_closed_) : panes_.begin();
  if (pane == panes_.end()) return std::nullopt;
  Closing window;
  window.from = pane->first;
  for (; pane != panes_.end(); ++pane) {
    window.start = pane->first;
    window.rows += pane->second;
    if (window.rows < rules_.min_rows) continue;
    window.end = window.start + Duration{1};
    window.own_rows = pane->second;
    return window;
  }
  return std::nullopt;
}

std::optional<Closing> Timeline::due(TimePoint now) const {
  return by_batch() ? due_batch() : due_window(now);
}

void Timeline::closed(const Closing& window) {
  LEEWAY_ASSERT(!last_closed_ || window.start > *last_closed_, "windows close in order");
  last_closed_ = window.start;
  forget_old_panes();
}

void Timeline::forget_old_panes() {
  if (!last_closed_) return;
  if (by_batch()) {
    panes_.erase(panes_.begin(), panes_.upper_bound(*last_closed_));
    return;
  }
  if (!watermark_) return;
  const TimePoint needed =
      std::min(*last_closed_, *watermark_ - rules_.late) - rules_.extend - rules_.size;
  panes_.erase(panes_.begin(), panes_.lower_bound(needed));
}

Closing Timeline::window_at(TimePoint start) const { return closing(start); }

std::vector<TimePoint> Timeline::closed_windows_of(TimePoint pane) const {
  std::vector<TimePoint> starts;
  if (!last_closed_ || by_batch()) return starts;
  if (rules_.size == rules_.slide) {
    if (pane <= *last_closed_) starts.push_back(pane);
    return starts;
  }
  // A sliding window starts at a pane: step back far enough and look which ones reach this pane.
  const auto panes_per_window =
      (rules_.size.count() + rules_.slide.count() - 1) / rules_.slide.count();
  TimePoint start = steps_.start_of(pane - rules_.slide * (panes_per_window - 1));
  for (std::int64_t i = 0; i < panes_per_window && start <= pane; ++i, start = steps_.next(start)) {
    if (start <= *last_closed_ && end_of(start) > pane) starts.push_back(start);
  }
  return starts;
}

std::optional<TimePoint> Timeline::settled_before(TimePoint now) const {
  if (!last_closed_) return std::nullopt;
  if (by_batch()) return std::min(*last_closed_ + Duration{1}, now - rules_.late);
  const std::optional<TimePoint> too_late = too_late_before();
  if (!too_late) return std::nullopt;
  // The last window that a pane belongs to is the one that starts with it.
  return std::min(steps_.next(*last_closed_), *too_late);
}

std::optional<TimePoint> Timeline::next_deadline() const {
  if (by_batch()) return std::nullopt;
  const std::optional<TimePoint> start = candidate();
  if (!start || !last_arrival_) return std::nullopt;
  const Closing window = closing(*start);
  return std::max(window.end + rules_.grace, *last_arrival_ + silence_for(window));
}

TimePoint Timeline::open_from() const {
  if (!last_closed_) return TimePoint::min();
  return by_batch() ? *last_closed_ + Duration{1} : steps_.next(*last_closed_);
}

std::size_t Timeline::open_panes() const {
  if (!last_closed_) return panes_.size();
  return static_cast<std::size_t>(std::distance(panes_.upper_bound(*last_closed_), panes_.end()));
}

}  // namespace leeway::monitor
