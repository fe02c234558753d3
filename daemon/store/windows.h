#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/sqlite.h"

namespace leeway::store {

/// The numbers are saved; never reuse one.
enum class WindowState {
  kOpen = 0,
  kClosed = 1,  ///< its time is over, its findings are not yet in
  kJudged = 2,
  kSkipped = 3,  ///< closed and shown, but not judged: mixed versions, superseded by an extension
};

/// What Window::version says of a window in which the version changed.
inline constexpr std::string_view kMixedVersions = "mixed";

std::string_view to_string(WindowState state);  ///< "open", "closed", "judged", "skipped"

/// One window of one model.
struct Window {
  std::string model;
  TimePoint start;
  TimePoint end;
  WindowState state = WindowState::kOpen;
  std::uint64_t rows = 0;
  std::uint64_t corrections = 0;  ///< how often rows changed after it was judged
  std::string reference_id;       ///< in force when it opened; empty while learning
  std::string version;            ///< of the model; kMixedVersions if it changed inside
  TimePoint extended_from;        ///< start of the span it was judged on; = start if not extended
  TimePoint opened_at;
  std::optional<TimePoint> closed_at;
  std::optional<TimePoint> judged_at;
  std::optional<TimePoint> corrected_at;
  std::string note;

  bool operator==(const Window&) const = default;
};

/// Inserts the window, or replaces the one with this model and start.
Result<> save_window(Connection& connection, const Window& window);

Result<std::optional<Window>> window(Connection& connection, std::string_view model,
                                     TimePoint start);

struct WindowFilter {
  std::optional<std::string> model = {};  ///< nothing: all models
  std::optional<WindowState> state = {};
  std::optional<TimePoint> from = {};  ///< windows that end after it
  std::optional<TimePoint> to = {};    ///< windows that start before it
  bool with_rows = false;              ///< only windows that have some
  bool of_one_version = false;         ///< only windows in which the version did not change
  bool newest_first = false;
  std::size_t limit = 1000;
};

/// By model, then by start.
Result<std::vector<Window>> windows(Connection& connection, const WindowFilter& filter);

/// Of one version each.
Result<std::uint64_t> count_windows_with_rows(Connection& connection, std::string_view model);

/// The windows of a model that are not judged yet, by start.
Result<std::vector<Window>> unjudged_windows(Connection& connection, std::string_view model);

/// Rows of a pane have changed: the windows that were judged on them are closed and no longer
/// judged, until they are saved again. Gives their starts. In the transaction that changes the
/// rows, so that nothing can come between the two.
Result<std::vector<TimePoint>> withdraw_judgements(Connection& connection, std::string_view model,
                                                   TimePoint pane);

/// The version turns out to have changed inside of windows that were judged as if it had not: those
/// that end after `after` are closed and no longer judged, until they are saved again. Gives their
/// starts. Can be repeated at any time.
Result<std::vector<TimePoint>> withdraw_mixed(Connection& connection, std::string_view model,
                                              TimePoint after);

Result<std::optional<Window>> newest_judged_window(Connection& connection, std::string_view model);

/// How far a model has come.
struct Progress {
  std::string model;
  std::optional<TimePoint> watermark;     ///< the largest plausible event time seen
  std::optional<TimePoint> last_arrival;  ///< clock time of the last batch
  std::optional<TimePoint> last_poll;     ///< clock time of the last look at the source
  std::uint64_t closed_windows = 0;
  std::string state;  ///< what else the monitor keeps, as JSON; may be empty

  bool operator==(const Progress&) const = default;
};

Result<> save_progress(Connection& connection, const Progress& progress);
Result<std::optional<Progress>> progress(Connection& connection, std::string_view model);

}  // namespace leeway::store
