#include "daemon/monitor/model_monitor.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "collectors/async/on_pool.h"
#include "collectors/tables/panes.h"
#include "daemon/log/log.h"
#include "daemon/monitor/compaction.h"
#include "daemon/monitor/live_windows.h"
#include "daemon/monitor/multivariate.h"
#include "daemon/monitor/schema_findings.h"
#include "daemon/monitor/settings.h"
#include "daemon/monitor/stored_state.h"
#include "daemon/monitor/versions.h"
#include "daemon/monitor/window_parts.h"
#include "daemon/monitor/window_records.h"
#include "daemon/store/failpoint.h"
#include "daemon/store/schema_changes.h"

namespace leeway::monitor {
namespace {

constexpr Duration kRetryStart = std::chrono::seconds(10);
constexpr TimePoint kBegin = from_micros(std::numeric_limits<std::int64_t>::min() / 2);

Panes panes_of(const tables::PaneRule& rule) {
  Result<tables::PaneClock> clock = tables::PaneClock::create(rule);
  LEEWAY_ASSERT(clock.has_value(), "windows were checked when the configuration was loaded");
  const auto shared = std::make_shared<tables::PaneClock>(std::move(*clock));
  return {.start_of = [shared](TimePoint time) { return shared->start_of(time); },
          .next = [shared](TimePoint start) { return shared->next(start); }};
}

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

ModelMonitor::ModelMonitor(Services services, std::shared_ptr<const config::Config> config,
                           const config::Model& model, Hooks hooks, std::uint64_t seed)
    : services_(services),
      config_(std::move(config)),
      model_(&model),
      hooks_(std::move(hooks)),
      random_(seed),
      key_(model.key()),
      intake_(services, key_),
      references_(services, config_, model),
      rolling_(services),
      rules_(rules_of(model)),
      routes_(routes_of(*config_)),
      live_history_(key_) {
  for (const std::string& pattern : model.batches.files) {
    watches_.push_back(std::make_shared<files::FileWatch>(pattern, model.batches.every));
  }
  view_.has_batches = model.has_batches();
  view_.windows_to_learn = model.has_batches() ? model.reference.learn_windows : 0;
  board_.on_change([this](bool urgent) {
    heard_ = true;
    urgent_ = urgent_ || urgent;
    wake_.notify_one();
  });
}

void ModelMonitor::set_config(std::shared_ptr<const config::Config> config) {
  const config::Model* same = config->find(key_);
  LEEWAY_ASSERT(same != nullptr && same->hash == model_->hash, "the caller looked before");
  config_ = std::move(config);
  model_ = same;
  references_.set_config(config_, *model_);
  routes_ = routes_of(*config_);
}

std::vector<std::string> ModelMonitor::unmet() const {
  if (unmet_) return *unmet_;
  return model_->retraining ? model_->retraining->requires_all : std::vector<std::string>{};
}

Task<> ModelMonitor::run() {
  bool started = false;
  while (true) {
    Result<> done = started ? co_await round() : co_await start();
    if (!done && done.error().code == ErrorCode::kCancelled) co_return;
    if (done) {
      started = true;
      view_.trouble.clear();
    } else {
      view_.trouble = done.error().message;
      log::error("model not watched", {{"model", key_}, {"error", view_.trouble}});
    }
    publish();
    hooks_.progressed();
    const Duration wait = done ? pause() : std::max(kRetryStart, model_->batches.every);
    if (!co_await rest(wait)) co_return;
  }
}

Duration ModelMonitor::pause() const {
  const Duration poll = model_->batches.every;
  if (!timeline_) return poll;
  const std::optional<TimePoint> deadline = timeline_->next_deadline();
  if (!deadline) return poll;
  const TimePoint now = services_.clock.now();
  // A deadline that has passed waits for the silence that follows the next polls.
  return *deadline <= now ? poll : std::min(poll, Duration(*deadline - now));
}

Async<> ModelMonitor::start() {
  if (!restored_) {
    if (auto restored = co_await restore_rules(); !restored) co_return restored;
  }
  if (auto restored = co_await intake_.restore(); !restored) co_return restored;
  auto reference = co_await references_.load();
  if (reference) {
    reference_ = std::move(*reference);
  } else if (reference.error().code != ErrorCode::kNotFound ||
             model_->reference.learn_windows == 0) {
    co_return fail(std::move(reference.error()));
  }
  view_.learning = model_->has_batches() && (!reference_ || reference_->provisional);
  if (reference_) {
    if (auto restored = co_await restore(); !restored) co_return restored;
  }
  co_return co_await round();
}

Async<> ModelMonitor::restore() {
  const bool by_batch = !reference_->timestamp().has_value();
  WindowRules rules = window_rules(*model_);
  if (by_batch) rules.size = rules.slide = Duration{0};
  timeline_ = std::make_unique<Timeline>(rules, panes_of(pane_rule(*model_, !by_batch)));
  view_.reference_id = reference_->id;
  view_.false_alarms_per_day = false_alarms_per_day(*reference_, *model_);
  if (auto restored = co_await restore_view(); !restored) co_return restored;
  if (auto restored = co_await restore_panes(); !restored) co_return restored;
  // Both may have been due when the process ended.
  if (auto corrected = co_await correct_changed(); !corrected) co_return corrected;
  if (auto learned = co_await finish_learning_if_complete(); !learned) co_return learned;
  co_return co_await read_open_schema();
}

Async<StoredState> ModelMonitor::stored() {
  auto read = [key = key_](store::Connection& connection) { return read_state(connection, key); };
  auto stored = co_await services_.store.read_async(std::move(read));
  if (!stored) co_return fail(std::move(stored.error()).in("reading the state"));
  co_return stored;
}

/// What a model has also without a reference, so that an endpoint's incidents neither wait for one
/// nor open twice.
Async<> ModelMonitor::restore_rules() {
  auto stored = co_await this->stored();
  if (!stored) co_return fail(std::move(stored.error()));
  for (const store::Counter& counter : stored->counters) {
    if (!counter.labels.starts_with(key_ + "|")) continue;
    view_.counters[{counter.name, counter.labels.substr(key_.size() + 1)}] = counter.value;
  }
  if (stored->retraining) {
    view_.retraining = store::to_string(stored->retraining->state);
    if (stored->retraining->state == store::RetrainingState::kHeld)
      held_ = stored->retraining->requested_at;
  }
  for (const auto& [state, count] : stored->ended_retrainings) {
    view_.counters[{"leeway_retrainings_total", std::string(store::to_string(state))}] =
        static_cast<double>(count);
  }
  if (stored->rule_states) {
    auto states = rules::parse_states(*stored->rule_states);
    if (!states) co_return fail(std::move(states.error()).in("rule states of " + key_));
    states_ = std::move(*states);
  }
  restored_ = true;
  co_return Result<>{};
}

Async<> ModelMonitor::restore_view() {
  auto stored = co_await this->stored();
  if (!stored) co_return fail(std::move(stored.error()));

  std::optional<TimePoint> watermark;
  if (stored->progress) {
    watermark = stored->progress->watermark;
    view_.last_arrival = stored->progress->last_arrival;
    view_.closed_windows = stored->progress->closed_windows;
  }
  std::optional<TimePoint> last_closed;
  if (stored->newest_judged) last_closed = stored->newest_judged->start;
  changed_.insert(stored->withdrawn.begin(), stored->withdrawn.end());
  if (!changed_.empty() && last_closed < *changed_.rbegin()) last_closed = *changed_.rbegin();
  timeline_->restore(watermark, last_closed, view_.last_arrival);
  view_.watermark = watermark;
  view_.window = stored->newest_judged;
  view_.findings = std::move(stored->findings);
  view_.summary = drift::summarize(reference_->reference.schema, view_.findings);
  view_.learned_windows = static_cast<std::uint32_t>(stored->windows_with_rows);
  co_return Result<>{};
}

Async<> ModelMonitor::restore_panes() {
  TimePoint begin = kBegin;
  if (const auto closed = timeline_->last_closed()) {
    begin = *closed - model_->window.extend - 2 * model_->window.size - model_->window.late;
  }
  const store::PaneRange range{.begin = begin, .end = TimePoint::max(), .segment = ""};
  auto read = [key = key_, range](store::Connection& connection) {
    return store::panes(connection, key, range);
  };
  auto panes = co_await services_.store.read_async(std::move(read));
  if (!panes) co_return fail(std::move(panes.error()).in("reading panes"));
  for (const store::Pane& pane : *panes) timeline_->set_rows(pane.start, pane.rows);
  co_return Result<>{};
}

Async<> ModelMonitor::round() {
  auto work = [watches = watches_, now = services_.clock.now()]() -> Result<files::Poll> {
    files::Poll all;
    for (const auto& watch : watches) {
      files::Poll poll = watch->poll(now);
      all.waiting += poll.waiting;
      std::ranges::move(poll.ready, std::back_inserter(all.ready));
      std::ranges::move(poll.troubles, std::back_inserter(all.troubles));
    }
    return all;
  };
  auto poll = co_await on_pool(services_.pool, std::move(work));
  if (!poll) co_return fail(std::move(poll.error()));
  for (const files::Trouble& trouble : poll->troubles) {
    view_.counters[{"leeway_collector_errors_total", "files"}] += 1.0;
    log::warn("cannot look for batches",
              {{"model", key_}, {"path", trouble.path}, {"error", trouble.error.message}});
  }
  const bool seen_all = poll->waiting == 0 && poll->troubles.empty();
  const TimePoint now = services_.clock.now();
  std::vector<files::SeenFile> fresh;
  std::ranges::copy_if(poll->ready, std::back_inserter(fresh),
                       [this](const files::SeenFile& file) { return !intake_.is_known(file); });
  idle_ = idle_ && fresh.empty();
  if (auto taken = co_await take_all(std::move(fresh)); !taken) co_return taken;
  if (poll->troubles.empty()) count_problems(poll->ready);
  if (timeline_) {
    if (seen_all) timeline_->polled(now);
    if (auto withdrawn = co_await withdraw_mixed(); !withdrawn) co_return withdrawn;
    if (auto corrected = co_await correct_changed(); !corrected) co_return corrected;
    if (auto closed = co_await close_due_windows(); !closed) co_return closed;
    if (auto settled = co_await compact_settled(); !settled) co_return settled;
  }
  if (auto stepped = co_await step_rules(); !stepped) co_return stepped;
  idle_ = seen_all;
  co_return Result<>{};
}

/// Of the files that are there: one that was mended or taken away is no problem any more.
void ModelMonitor::count_problems(const std::vector<files::SeenFile>& present) {
  view_.quarantined = view_.refused = 0;
  for (const files::SeenFile& file : present) {
    const store::Source* problem = intake_.problem(file);
    if (problem == nullptr) continue;
    const bool refused = problem->status == store::SourceStatus::kRefused;
    ++(refused ? view_.refused : view_.quarantined);
    (refused ? view_.last_refusal : view_.last_quarantine) = file.path + ": " + problem->reason;
  }
}

Async<> ModelMonitor::take_all(std::vector<files::SeenFile> ready) {
  for (files::SeenFile& file : ready) {
    auto taken = co_await take_one(std::move(file));
    if (!taken) {
      if (taken.error().code != ErrorCode::kUnavailable &&
          taken.error().code != ErrorCode::kNotFound)
        co_return taken;
      // It stays where it is and is tried again at the next poll; the next file does not wait.
      view_.counters[{"leeway_collector_errors_total", "files"}] += 1.0;
      log::warn("batch not taken yet", {{"model", key_}, {"error", taken.error().message}});
    }
    if (timeline_) {
      if (auto closed = co_await close_due_windows(); !closed) co_return closed;
    }
    hooks_.progressed();
  }
  co_return Result<>{};
}

Async<> ModelMonitor::take_one(files::SeenFile file) {
  if (!reference_) {
    auto begun = co_await references_.begin_learning(file);
    if (!begun) {
      const ErrorCode code = begun.error().code;
      if (code != ErrorCode::kCorrupt && code != ErrorCode::kTimeout &&
          code != ErrorCode::kInsufficientData) {
        co_return fail(std::move(begun.error()));
      }
      auto aside = co_await intake_.quarantine(file, begun.error().message);
      if (!aside) co_return fail(std::move(aside.error()));
      note(*aside, file);
      co_return Result<>{};
    }
    reference_ = std::move(*begun);
    if (auto restored = co_await restore(); !restored) co_return restored;
  }
  auto taken = co_await intake_.take(file, reference_, *timeline_, *model_);
  if (!taken) co_return fail(std::move(taken.error()));
  note(*taken, file);
  if (taken->outcome != Taken::Outcome::kFolded) co_return Result<>{};
  if (!taken->schema.empty() || !view_.schema.empty()) {
    if (auto read = co_await read_open_schema(); !read) co_return read;
  }
  co_return co_await correct_changed();
}

/// Brings timeline and view up to what was just committed.
void ModelMonitor::note(const Taken& taken, const files::SeenFile& file) {
  const auto count = [this](std::string_view name, std::string_view outcome, std::uint64_t delta) {
    if (delta != 0)
      view_.counters[{std::string(name), std::string(outcome)}] += static_cast<double>(delta);
  };
  switch (taken.outcome) {
    case Taken::Outcome::kQuarantined:
      count("leeway_batches_total", "quarantined", 1);
      log::warn("batch quarantined",
                {{"model", key_}, {"file", file.path}, {"reason", taken.reason}});
      return;
    case Taken::Outcome::kUnchanged:
      return;
    case Taken::Outcome::kFolded:
      break;
  }
  const std::uint64_t lost = taken.late_rows + taken.future_rows + taken.timeless_rows;
  count("leeway_batches_total", "folded", 1);
  count("leeway_rows_total", "judged", taken.rows - std::min(taken.rows, lost));
  count("leeway_rows_total", "late", taken.late_rows);
  count("leeway_rows_total", "future", taken.future_rows);
  count("leeway_rows_total", "unreadable", taken.timeless_rows);
  const TimePoint now = services_.clock.now();
  for (const store::Pane& pane : taken.panes) timeline_->set_rows(pane.start, pane.rows);
  changed_.insert(taken.judged.begin(), taken.judged.end());
  timeline_->arrived(now, taken.last_time);
  view_.watermark = timeline_->watermark();
  view_.last_arrival = now;
  if (!taken.refused.empty()) {
    log::warn("batch refused in part",
              {{"model", key_}, {"file", file.path}, {"reason", taken.refused}});
  }
  log::info(
      "batch taken",
      {{"model", key_}, {"file", file.path}, {"rows", taken.rows}, {"late", taken.late_rows}});
}

Async<> ModelMonitor::close_due_windows() {
  while (const std::optional<Closing> window = timeline_->due(services_.clock.now())) {
    if (auto learned = co_await finish_learning_if_complete(); !learned) co_return learned;
    if (auto closed = co_await close_window(*window); !closed) co_return closed;
    publish();
  }
  co_return Result<>{};
}

/// What files of windows that are still open say of the columns.
Async<> ModelMonitor::read_open_schema() {
  const store::PaneRange range{
      .begin = timeline_->open_from(), .end = TimePoint::max(), .segment = {}};
  auto read = [key = key_, range](store::Connection& connection) {
    return store::schema_changes(connection, key, range);
  };
  auto changes = co_await services_.store.read_async(std::move(read));
  if (!changes) co_return fail(std::move(changes.error()).in("reading changes of the schema"));
  view_.schema = worst_by_column(std::move(*changes));
  co_return Result<>{};
}

/// What no row can change any more becomes one row a pane, whenever there is more of it.
Async<> ModelMonitor::compact_settled() {
  const std::optional<TimePoint> settled = timeline_->settled_before(services_.clock.now());
  if (!settled || (compacted_before_ && *settled <= *compacted_before_)) co_return Result<>{};
  // The first windows are learned from, also by their drawn rows, which end with compaction.
  const bool learning = reference_->provisional || lacks_windows(*reference_);
  if (learning && sample_rows(*model_) > 0) co_return Result<>{};
  auto done = co_await compact_panes(services_.store, key_, *settled);
  if (!done && done.error().code == ErrorCode::kCancelled) co_return done;
  // Without it the state only stays larger; the model is watched on.
  if (!done) log::warn("not compacted", {{"model", key_}, {"error", done.error().message}});
  compacted_before_ = settled;
  co_return Result<>{};
}

Async<ModelMonitor::Judged> ModelMonitor::judge_window(Closing window) {
  const store::PaneRange range{.begin = window.from, .end = window.end, .segment = {}};
  struct Rows {
    std::vector<store::Contribution> contributions;
    std::vector<Finding> schema;
    std::string version;
    std::string mixed;
  };
  auto read = [key = key_, range, version = version_now(board_.reports(), *model_)](
                  store::Connection& connection) -> Result<Rows> {
    auto contributions = store::contributions(connection, key, range);
    if (!contributions) return fail(std::move(contributions.error()));
    auto schema = store::schema_changes(connection, key, range);
    if (!schema) return fail(std::move(schema.error()));
    auto changes = store::version_changes(connection, key, range.begin, range.end);
    if (!changes) return fail(std::move(changes.error()));
    auto in_force = version_at(connection, key, range.end, version);
    if (!in_force) return fail(std::move(in_force.error()));
    return Rows{std::move(*contributions), worst_by_column(std::move(*schema)),
                changes->empty() ? std::move(*in_force) : std::string(store::kMixedVersions),
                change_sentence(*changes)};
  };
  auto rows = co_await services_.store.read_async(std::move(read));
  if (!rows) co_return fail(std::move(rows.error()).in("reading a window"));

  if (auto sources = source_finding(view_)) rows->schema.push_back(std::move(*sources));

  auto joint =
      co_await judge_multivariate(services_, *model_, reference_, window,
                                  samples_of(rows->contributions, reference_->reference.schema.id(),
                                             services_.store.scratch()));
  if (!joint) co_return fail(std::move(joint.error()));
  reference_ = std::move(joint->reference);

  auto behind = co_await rolling_.of(reference_, *model_, window);
  if (!behind) co_return fail(std::move(behind.error()));

  auto work = [rows = std::move(*rows), joint = std::move(joint->findings), anchor = reference_,
               reference = std::move(*behind), config = config_, model = model_, window,
               scratch = services_.store.scratch(),
               now = services_.clock.now()]() -> Result<Judged> {
    std::vector<SegmentParts> parts =
        parts_of(rows.contributions, reference->reference.schema.id(), scratch);
    auto judgement = judge(*reference, *model, window,
                           {.parts = std::move(parts),
                            .schema = rows.schema,
                            .multivariate = joint,
                            .mixed = rows.mixed},
                           now);
    if (!judgement) return fail(std::move(judgement.error()));
    judgement->version = rows.version;
    if (reference != anchor) {
      std::ranges::move(compare_with_anchor(*anchor, *model, judgement->profile, now),
                        std::back_inserter(judgement->findings));
      if (!rows.mixed.empty()) hold_back_mixed(judgement->findings);
    }
    return Judged{.judgement = std::move(*judgement),
                  .reference_id = reference->provisional ? "" : reference->id};
  };
  co_return co_await on_pool(services_.pool, std::move(work));
}

Async<> ModelMonitor::close_window(Closing window) {
  auto judged = co_await judge_window(window);
  if (!judged) co_return fail(std::move(judged.error()).in("window " + to_rfc3339(window.start)));
  const Judgement* const judgement = &judged->judgement;
  const TimePoint now = services_.clock.now();
  store::Window row{.model = key_,
                    .start = window.start,
                    .end = window.end,
                    .state = store::WindowState::kJudged,
                    .rows = window.rows,
                    .corrections = 0,
                    .reference_id = judged->reference_id,
                    .version = judgement->version,
                    .extended_from = window.from,
                    .opened_at = now,
                    .closed_at = now,
                    .judged_at = now,
                    .corrected_at = {},
                    .note = note_of(*judgement, reference_->provisional)};

  View next = view_;
  next.window = row;
  next.findings = judgement->findings;
  next.summary = judgement->summary;
  next.closed_windows = view_.closed_windows + 1;
  Step stepped = step(next);
  auto write = [judged = JudgedWindow{.window = row,
                                      .findings = judgement->findings,
                                      .decisions = stepped.decisions,
                                      .closed_windows = next.closed_windows,
                                      .plan = retraining_plan(*model_, stepped.unmet)},
                now](store::Connection& connection) {
    return record_judged(connection, judged, now);
  };
  failpoint("monitor.before_judged");
  auto written = co_await services_.store.write(std::move(write));
  if (!written) {
    co_return fail(std::move(written.error()).in("committing window " + to_rfc3339(window.start)));
  }
  failpoint("monitor.after_judged");
  timeline_->closed(window);
  view_.closed_windows = next.closed_windows;
  if (!judged->reference_id.empty()) view_.reference_id = judged->reference_id;
  if (window.rows > 0 && judgement->mixed.empty()) ++view_.learned_windows;
  states_ = std::move(stepped.states);
  require(std::move(stepped.unmet));
  considered_ = unmet_;
  for (const store::Retraining& retraining : *written) note(retraining);
  show(*judgement, row);
  log::info("window judged", {{"model", key_},
                              {"start", row.start},
                              {"rows", row.rows},
                              {"drifted", judgement->summary.drifted},
                              {"judged", judgement->summary.judged}});
  if (!stepped.decisions.empty() || !written->empty()) hooks_.decided();
  if (!view_.schema.empty()) {
    if (auto read = co_await read_open_schema(); !read) co_return read;
  }
  co_return co_await finish_learning_if_complete();
}

/// The newest window is what rules and gauges see; they never go back to an older one.
void ModelMonitor::show(const Judgement& judgement, const store::Window& window) {
  if (view_.window && view_.window->start > window.start) return;
  view_.window = window;
  view_.findings = judgement.findings;
  view_.summary = judgement.summary;
  view_.missing.clear();
  view_.unseen.clear();
  const profile::Schema& schema = reference_->reference.schema;
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    const profile::ColumnProfile& column = judgement.profile.columns[i];
    const profile::Column& described = schema.columns[i];
    if (described.role == ColumnRole::kIgnored) continue;
    view_.missing[described.name] = share(column.missing, column.rows);
    if (described.categories) view_.unseen[described.name] = share(column.unseen, column.rows);
  }
}

}  // namespace leeway::monitor
