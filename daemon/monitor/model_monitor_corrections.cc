#include <utility>

#include "daemon/log/log.h"
#include "daemon/monitor/batch_windows.h"
#include "daemon/monitor/model_monitor.h"
#include "daemon/monitor/window_records.h"

/// What a ModelMonitor learns of windows after it judged them: other rows, another version.
namespace leeway::monitor {

/// A source may see another version only after the window in which it changed was judged.
Async<> ModelMonitor::withdraw_mixed() {
  std::map<std::string, std::optional<TimePoint>, std::less<>> changes;
  for (const auto& [source, report] : board_.reports()) {
    if (report->version_changed) changes.emplace(source, report->version_changed);
  }
  if (changes == version_changes_) co_return Result<>{};
  if (const auto closed = timeline_->last_closed()) {
    auto write = [key = key_,
                  after = *closed - model_->window.late](store::Connection& connection) {
      return store::withdraw_mixed(connection, key, after);
    };
    auto starts = co_await services_.store.write(std::move(write));
    if (!starts) co_return fail(std::move(starts.error()).in("looking for mixed windows"));
    changed_.insert(starts->begin(), starts->end());
  }
  version_changes_ = std::move(changes);
  co_return Result<>{};
}

/// The oldest first. What fails here, or is interrupted, is done in the next round.
Async<> ModelMonitor::correct_changed() {
  while (!changed_.empty()) {
    const TimePoint start = *changed_.begin();
    if (auto corrected = co_await correct_window(start); !corrected) co_return corrected;
    changed_.erase(start);
  }
  co_return Result<>{};
}

Async<Closing> ModelMonitor::window_to_correct(TimePoint start) {
  if (reference_->timestamp()) co_return timeline_->window_at(start);
  auto read = [key = key_, start](store::Connection& connection) {
    return batch_window_at(connection, key, start);
  };
  co_return co_await services_.store.read_async(std::move(read));
}

/// New rows for a judged window: history, API and reports follow; no rule is asked.
Async<> ModelMonitor::correct_window(TimePoint start) {
  auto found = co_await window_to_correct(start);
  if (!found && found.error().code == ErrorCode::kNotFound) co_return Result<>{};
  if (!found) co_return fail(std::move(found.error()).in("correcting a window"));
  const Closing window = *found;
  auto judged = co_await judge_window(window);
  if (!judged)
    co_return fail(std::move(judged.error()).in("correcting window " + to_rfc3339(start)));
  auto write = [key = key_, window, judgement = judged->judgement,
                now = services_.clock.now()](store::Connection& connection) {
    return record_correction(connection, key, window, judgement, now);
  };
  auto row = co_await services_.store.write(std::move(write));
  if (!row) co_return fail(std::move(row.error()).in("correcting window " + to_rfc3339(start)));
  if (*row) {
    view_.counters[{"leeway_window_corrections_total", ""}] += 1.0;
    show(judged->judgement, **row);
    log::info("window corrected", {{"model", key_}, {"start", start}, {"rows", window.rows}});
  }
  co_return Result<>{};
}

}  // namespace leeway::monitor
