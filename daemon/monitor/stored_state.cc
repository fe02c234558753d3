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
  auto sources = store::sources(connection, model, store::SourceStatus::kQuarantined);
  if (!sources) return fail(std::move(sources.error()));
  state.quarantined = std::move(*sources);
  auto states = store::rule_states(connection, model);
  if (!states) return fail(std::move(states.error()));
  state.rule_states = std::move(*states);
  auto counters = store::counters(connection);
  if (!counters) return fail(std::move(counters.error()));
  state.counters = std::move(*counters);
  return state;
}

}  // namespace leeway::monitor
