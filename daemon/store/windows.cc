#include "daemon/store/windows.h"

namespace leeway::store {
namespace {

Window read_window(Row& row) {
  Window window;
  row.read(window.model, window.start, window.end, window.state, window.rows, window.corrections,
           window.reference_id, window.version, window.extended_from, window.opened_at,
           window.closed_at, window.judged_at, window.corrected_at, window.note);
  return window;
}

TimePoint read_start(Row& row) {
  TimePoint start;
  row.read(start);
  return start;
}

std::string select_window(std::string_view rest) {
  return "SELECT model, start_at, end_at, state, rows, corrections, reference_id, version, "
         "extended_from, opened_at, closed_at, judged_at, corrected_at, note FROM window " +
         std::string(rest);
}

}  // namespace

std::string_view to_string(WindowState state) {
  switch (state) {
    case WindowState::kOpen:
      return "open";
    case WindowState::kClosed:
      return "closed";
    case WindowState::kJudged:
      return "judged";
    case WindowState::kSkipped:
      return "skipped";
  }
  return "unknown";
}

Result<> save_window(Connection& connection, const Window& window) {
  auto done = connection.run(
      "INSERT OR REPLACE INTO window (model, start_at, end_at, state, rows, corrections, "
      "reference_id, version, extended_from, opened_at, closed_at, judged_at, corrected_at, note) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      window.model, window.start, window.end, window.state, window.rows, window.corrections,
      window.reference_id, window.version, window.extended_from, window.opened_at, window.closed_at,
      window.judged_at, window.corrected_at, window.note);
  if (!done) return fail(std::move(done.error()));
  return {};
}

Result<std::optional<Window>> window(Connection& connection, std::string_view model,
                                     TimePoint start) {
  return connection.first(select_window("WHERE model = ? AND start_at = ?"), read_window, model,
                          start);
}

Result<std::vector<Window>> windows(Connection& connection, const WindowFilter& filter) {
  const std::string sql = select_window(
      "WHERE (?1 IS NULL OR model = ?1) AND (?2 IS NULL OR state = ?2) "
      "AND (?3 IS NULL OR end_at > ?3) AND (?4 IS NULL OR start_at < ?4) "
      "AND (?6 = 0 OR rows > 0) AND (?7 = 0 OR version <> ?8) ORDER BY model, start_at ");
  return connection.all(sql + (filter.newest_first ? "DESC LIMIT ?5" : "LIMIT ?5"), read_window,
                        filter.model, filter.state, filter.from, filter.to, filter.limit,
                        filter.with_rows, filter.of_one_version, kMixedVersions);
}

Result<std::uint64_t> count_windows_with_rows(Connection& connection, std::string_view model) {
  auto count = connection.value<std::uint64_t>(
      "SELECT count(*) FROM window WHERE model = ? AND rows > 0 AND version <> ?", model,
      kMixedVersions);
  if (!count) return fail(std::move(count.error()));
  return count->value_or(0);
}

Result<std::vector<Window>> unjudged_windows(Connection& connection, std::string_view model) {
  return connection.all(select_window("WHERE model = ? AND state IN (?, ?) ORDER BY start_at"),
                        read_window, model, WindowState::kOpen, WindowState::kClosed);
}

Result<std::vector<TimePoint>> withdraw_judgements(Connection& connection, std::string_view model,
                                                   TimePoint pane) {
  return connection.all(
      "UPDATE window SET state = ?1 WHERE model = ?2 AND state IN (?1, ?3) "
      "AND extended_from <= ?4 AND end_at > ?4 RETURNING start_at",
      read_start, WindowState::kClosed, model, WindowState::kJudged, pane);
}

Result<std::vector<TimePoint>> withdraw_mixed(Connection& connection, std::string_view model,
                                              TimePoint after) {
  return connection.all(
      "UPDATE window SET state = ?1 WHERE model = ?2 AND state = ?3 AND version <> ?4 "
      "AND end_at > ?5 AND EXISTS (SELECT 1 FROM event WHERE event.model = window.model "
      "AND kind LIKE '%.version' AND at > extended_from AND coalesce(since_at, at) < end_at) "
      "RETURNING start_at",
      read_start, WindowState::kClosed, model, WindowState::kJudged, kMixedVersions, after);
}

Result<std::optional<Window>> newest_judged_window(Connection& connection, std::string_view model) {
  return connection.first(
      select_window("WHERE model = ? AND state = ? ORDER BY start_at DESC LIMIT 1"), read_window,
      model, WindowState::kJudged);
}

Result<> save_progress(Connection& connection, const Progress& progress) {
  auto done = connection.run(
      "INSERT OR REPLACE INTO progress (model, watermark, last_arrival, last_poll, "
      "closed_windows, state) VALUES (?, ?, ?, ?, ?, ?)",
      progress.model, progress.watermark, progress.last_arrival, progress.last_poll,
      progress.closed_windows, progress.state);
  if (!done) return fail(std::move(done.error()));
  return {};
}

Result<std::optional<Progress>> progress(Connection& connection, std::string_view model) {
  const auto read = [](Row& row) {
    Progress progress;
    row.read(progress.model, progress.watermark, progress.last_arrival, progress.last_poll,
             progress.closed_windows, progress.state);
    return progress;
  };
  return connection.first(
      "SELECT model, watermark, last_arrival, last_poll, closed_windows, state FROM progress "
      "WHERE model = ?",
      read, model);
}

}  // namespace leeway::store
