#include "daemon/monitor/batch_windows.h"

#include "daemon/store/ledger.h"
#include "daemon/store/windows.h"

namespace leeway::monitor {

Result<Closing> batch_window_at(store::Connection& connection, const std::string& model,
                                TimePoint start) {
  auto window = store::window(connection, model, start);
  if (!window) return fail(std::move(window.error()));
  if (!*window)
    return fail(ErrorCode::kNotFound, "there is no window " + to_rfc3339(start) + " any more");
  Closing closing{.start = start, .end = (*window)->end, .from = (*window)->extended_from};
  auto panes =
      store::panes(connection, model, {.begin = closing.from, .end = closing.end, .segment = ""});
  if (!panes) return fail(std::move(panes.error()));
  for (const store::Pane& pane : *panes) {
    closing.rows += pane.rows;
    if (pane.start == start) closing.own_rows = pane.rows;
  }
  return closing;
}

}  // namespace leeway::monitor
