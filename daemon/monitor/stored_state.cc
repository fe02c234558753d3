#include "daemon/monitor/stored_state.h"

#include <utility>

#include "daemon/store/history.h"
#include "daemon/store/incidents.h"

namespace leeway::monitor {

Result<StoredState> read_state(store::Connection& connection, const std::string& model) {
  StoredState state;
  auto progress = store::progress(connection, model);
  if (!progress) return fail(std::move(progress.error()));
  state.progress = std::move(*progress);
  auto newest = store::newest_judged_window(connection, model);
  if (!newest) return fail(std::move(newest.error()));
  state.newest_judged = std::move(*newest);
  if (state.newest_judged) {
    auto found = store::findings(connection, model, state.newest_judged->start);
    if (!found) return fail(std::move(found.error()));
    state.findings = std::move(*found);
  }
  auto unjudged = store::unjudged_windows(connection, model);
  if (!unjudged) return fail(std::move(unjudged.error()));
  for (const store::Window& window : *unjudged) {
    if (window.state == store::WindowState::kClosed) state.withdrawn.push_back(window.start);
  }
  auto with_rows = store::count_windows_with_rows(connection, model);
  if (!with_rows) return fail(std::move(with_rows.error()));
  state.windows_with_rows = *with_rows;
  auto states = store::rule_states(connection, model);
  if (!states) return fail(std::move(states.error()));
  state.rule_states = std::move(*states);
  auto counters = store::counters(connection);
  if (!counters) return fail(std::move(counters.error()));
  state.counters = std::move(*counters);
  auto newest_retraining = store::retrainings(connection, {.model = model, .limit = 1});
  if (!newest_retraining) return fail(std::move(newest_retraining.error()));
  if (!newest_retraining->empty()) state.retraining = std::move(newest_retraining->front());
  auto ended = store::ended_retrainings(connection, model);
  if (!ended) return fail(std::move(ended.error()));
  state.ended_retrainings = std::move(*ended);
  return state;
}

}  // namespace leeway::monitor
