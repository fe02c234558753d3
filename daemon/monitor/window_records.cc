#include "daemon/monitor/window_records.h"

#include <utility>

#include "daemon/store/counters.h"
#include "daemon/store/history.h"

namespace leeway::monitor {

Result<std::vector<store::Retraining>> record_decisions(store::Connection& connection,
                                                        const std::string& model,
                                                        const Decisions& decisions,
                                                        const retraining::Plan& plan,
                                                        TimePoint now) {
  auto retrainings = write_decisions(connection, model, decisions, now);
  if (!retrainings || !retrainings->empty()) return retrainings;
  auto waiting = store::retraining_in_flight(connection, model);
  if (!waiting) return fail(std::move(waiting.error()));
  if (!*waiting || (*waiting)->state != store::RetrainingState::kHeld) return retrainings;
  auto decided = retraining::reconsider(connection, (*waiting)->id, plan, now);
  if (!decided) return fail(std::move(decided.error()));
  if (*decided != **waiting) retrainings->push_back(std::move(*decided));
  return retrainings;
}

Result<std::vector<store::Retraining>> record_judged(store::Connection& connection,
                                                     const JudgedWindow& judged, TimePoint now) {
  const std::string& model = judged.window.model;
  Result<> saved = store::replace_findings(connection, model, judged.window.start, judged.findings);
  if (!saved) return fail(std::move(saved.error()));
  saved = store::save_window(connection, judged.window);
  if (!saved) return fail(std::move(saved.error()));
  auto progress = store::progress(connection, model);
  if (!progress) return fail(std::move(progress.error()));
  store::Progress changed = progress->value_or(store::Progress{});
  changed.model = model;
  changed.closed_windows = judged.closed_windows;
  saved = store::save_progress(connection, changed);
  if (!saved) return fail(std::move(saved.error()));

  return record_decisions(connection, model, judged.decisions, judged.plan, now);
}

std::string note_of(const Judgement& judgement, bool learning) {
  std::string note = learning ? "learning" : "";
  if (judgement.mixed.empty()) return note;
  return note + (note.empty() ? "" : "; ") +
         "mixed, drift and performance are not judged: " + judgement.mixed;
}

Result<std::optional<store::Window>> record_correction(store::Connection& connection,
                                                       const std::string& model,
                                                       const Closing& window,
                                                       const Judgement& judgement, TimePoint now) {
  auto stored = store::window(connection, model, window.start);
  if (!stored || !*stored) return stored;
  store::Window& row = **stored;
  row.state = store::WindowState::kJudged;
  row.rows = window.rows;
  row.extended_from = window.from;
  row.corrections += 1;
  row.corrected_at = now;
  row.version = judgement.version;
  row.note = note_of(judgement, row.reference_id.empty());
  Result<> saved = store::save_window(connection, row);
  if (!saved) return fail(std::move(saved.error()));
  saved = store::replace_findings(connection, model, window.start, judgement.findings);
  if (!saved) return fail(std::move(saved.error()));
  saved = store::add_to_counter(connection, "leeway_window_corrections_total", model + "|", 1.0);
  if (!saved) return fail(std::move(saved.error()));
  return stored;
}

}  // namespace leeway::monitor
