#include "daemon/monitor/intake.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <set>
#include <utility>

#include "collectors/async/on_pool.h"
#include "daemon/monitor/schema_findings.h"
#include "daemon/monitor/settings.h"
#include "daemon/store/counters.h"
#include "daemon/store/failpoint.h"
#include "daemon/store/files.h"
#include "daemon/store/schema_changes.h"
#include "daemon/store/windows.h"
#include "detectors/base/bytes.h"

namespace leeway::monitor {
namespace {

constexpr Duration kFuture = std::chrono::minutes(5);

/// Rows of a pane that are kept sorted for exact statistics; more are judged on the grid.
constexpr std::uint64_t kExtractRows = 2'000'000;

std::string hex(std::uint64_t value) {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(value));
  return text.data();
}

/// What of a changed file was not taken.
std::string refusal(const std::vector<store::SettledPane>& settled) {
  std::uint64_t changed = 0;
  TimePoint first = TimePoint::max();
  for (const store::SettledPane& pane : settled) {
    if (pane.rows == 0 || pane.rows == pane.given) continue;
    ++changed;
    first = std::min(first, pane.start);
  }
  return "other rows for " + std::to_string(changed) +
         " windows that are closed for good, the first at " + to_rfc3339(first) +
         "; they stay as they were";
}

/// Without timestamps a batch's place in time is when its file was written first.
TimePoint batch_time(const files::SeenFile& file) { return from_micros(file.mtime_ns / 1000); }

}  // namespace

std::filesystem::path worker_scratch(const store::Store& store) {
  return store.scratch() / "worker";
}

Intake::Intake(Services services, std::string model)
    : services_(services), model_(std::move(model)) {}

Async<> Intake::restore() {
  auto read = [model = model_](store::Connection& connection) {
    return store::sources(connection, model);
  };
  auto sources = co_await services_.store.read_async(std::move(read));
  if (!sources) co_return fail(std::move(sources.error()).in("reading the ledger"));
  known_.clear();
  problems_.clear();
  for (store::Source& source : *sources) remember(std::move(source));
  co_return Result<>{};
}

bool Intake::is_known(const files::SeenFile& file) const {
  const auto found = known_.find(hash64(file.path));
  return found != known_.end() && found->second == hash64(file.version());
}

const store::Source* Intake::problem(const files::SeenFile& file) const {
  const auto found = problems_.find(file.path);
  const bool same = found != problems_.end() && found->second.version == file.version();
  return same ? &found->second : nullptr;
}

void Intake::remember(store::Source source) {
  known_[hash64(source.name)] = hash64(source.version);
  problems_.erase(source.name);
  if (source.status != store::SourceStatus::kTaken) {
    const std::string name = source.name;
    problems_.emplace(name, std::move(source));
  }
}

tables::FoldPlan Intake::plan(const files::SeenFile& file, const ActiveReference& reference,
                              const config::Model& model) const {
  tables::FoldPlan plan;
  plan.files = {file.path};
  plan.schema = reference.reference.schema;
  plan.reference_columns = reference.origin.columns;
  plan.timestamp = reference.timestamp().value_or("");
  if (!plan.timestamp.empty()) {
    plan.panes = {.size = model.window.slide, .time_zone = model.window.time_zone};
    plan.not_after = services_.clock.now() + kFuture;
  }
  plan.segments = reference.origin.segments;
  plan.missing_values = model.columns.missing_values;
  plan.value_rules = value_rules(model, reference.reference);
  const config::Limits& rows = model.quality.duplicate_rows;
  plan.count_row_keys = rows.warning || rows.critical;
  plan.scratch = {
      .directory = worker_scratch(services_.store),
      .stem = hex(hash64(model_ + '\0' + file.path)) + "-" + hex(hash64(file.version())),
      .extract_rows = kExtractRows,
      .sample_rows = sample_rows(model)};
  return plan;
}

Async<Taken> Intake::take(files::SeenFile file, std::shared_ptr<const ActiveReference> reference,
                          const Timeline& timeline, config::Model model) {
  auto answer = co_await services_.workers.fold(plan(file, *reference, model));
  failpoint("monitor.after_decode");
  if (!answer) {
    const ErrorCode code = answer.error().code;
    // A file may vanish between the listing and the fold; the next listing tells.
    if (code == ErrorCode::kUnavailable || code == ErrorCode::kCancelled ||
        code == ErrorCode::kNotFound) {
      co_return fail(std::move(answer.error()));
    }
    co_return co_await quarantine(std::move(file), std::move(answer.error().message));
  }
  const bool by_batch = !reference->timestamp().has_value();
  co_return co_await commit(std::move(file), std::move(*answer), std::move(reference), timeline,
                            model.columns, by_batch);
}

Async<> Intake::adopt_extracts(std::vector<std::string> names) {
  if (names.empty()) co_return Result<>{};
  auto work = [from = worker_scratch(services_.store), to = services_.store.scratch(),
               names = std::move(names)]() -> Result<> {
    for (const std::string& name : names) {
      if (Result<> moved = store::adopt_durably(from / name, to / name); !moved) return moved;
    }
    return {};
  };
  co_return co_await on_pool(services_.pool, std::move(work));
}

Async<Taken> Intake::commit(files::SeenFile file, tables::FoldAnswer answer,
                            std::shared_ptr<const ActiveReference> reference,
                            const Timeline& timeline, config::Columns columns, bool by_batch) {
  Taken taken;
  taken.rows = answer.rows;
  taken.future_rows = answer.future_rows;
  taken.timeless_rows = answer.timeless_rows;
  taken.last_time = answer.last_time;
  taken.schema = schema_findings(answer, reference->reference.schema, columns);

  const std::uint64_t schema_id = reference->reference.schema.id();
  std::vector<store::Contribution> contributions;
  std::vector<std::string> extracts;
  for (tables::FoldedPane& pane : answer.panes) {
    const TimePoint start = by_batch ? batch_time(file) : pane.start;
    store::Contribution contribution;
    contribution.pane_start = start;
    contribution.segment = pane.segment;
    contribution.schema_id = schema_id;
    contribution.rows = pane.rows;
    contribution.profile = std::move(pane.profile);
    contribution.extract = pane.extract.value_or("");
    contribution.sample = pane.sample.value_or("");
    if (!contribution.extract.empty()) extracts.push_back(contribution.extract);
    if (!contribution.sample.empty()) extracts.push_back(contribution.sample);
    contributions.push_back(std::move(contribution));
  }
  if (auto adopted = co_await adopt_extracts(std::move(extracts)); !adopted) {
    co_return fail(std::move(adopted.error()).in("keeping rows"));
  }

  store::Source source{.model = model_,
                       .name = file.path,
                       .version = file.version(),
                       .status = store::SourceStatus::kTaken,
                       .reason = "",
                       .rows = answer.rows,
                       .seen_at = services_.clock.now()};
  struct Done {
    store::Replacement replacement;
    std::vector<store::Pane> panes;
    std::set<TimePoint> judged;
    std::uint64_t late = 0;
  };
  auto write = [source, given = std::move(contributions), schema = taken.schema,
                settled = timeline.too_late_before().value_or(TimePoint::min()),
                future = taken.future_rows, timeless = taken.timeless_rows,
                last_time = taken.last_time,
                by_batch](store::Connection& connection) -> Result<Done> {
    Done done;
    std::vector<store::Contribution> contributions = given;
    if (by_batch) {
      // What was written again is the same batch in another version, not one more.
      auto place = store::first_pane(connection, source.model, source.name);
      if (!place) return fail(std::move(place.error()));
      for (store::Contribution& one : contributions)
        one.pane_start = place->value_or(one.pane_start);
    }
    auto replaced = store::replace_contributions(connection, source, contributions, settled);
    if (!replaced) return fail(std::move(replaced.error()));
    done.replacement = std::move(*replaced);
    if (done.replacement.taken == store::Taken::kUnchanged) return done;
    if (Result<> saved =
            store::replace_schema_changes(connection, source.model, source.name, schema);
        !saved) {
      return fail(std::move(saved.error()));
    }
    for (const store::SettledPane& pane : done.replacement.settled) {
      // Rows that the windows have already are not late a second time.
      done.late += pane.given - std::min(pane.given, pane.rows);
    }
    const std::uint64_t late = done.late;

    const auto count = [&](std::string_view name, std::string_view outcome,
                           std::uint64_t delta) -> Result<> {
      if (delta == 0) return {};
      return store::add_to_counter(connection, name, source.model + "|" + std::string(outcome),
                                   static_cast<double>(delta));
    };
    const std::uint64_t judged = source.rows - std::min(source.rows, late + future + timeless);
    for (const auto& [name, outcome, delta] :
         {std::tuple{"leeway_batches_total", "folded", std::uint64_t{1}},
          std::tuple{"leeway_rows_total", "judged", judged},
          std::tuple{"leeway_rows_total", "late", late},
          std::tuple{"leeway_rows_total", "future", future},
          std::tuple{"leeway_rows_total", "unreadable", timeless}}) {
      if (Result<> added = count(name, outcome, delta); !added)
        return fail(std::move(added.error()));
    }

    auto progress = store::progress(connection, source.model);
    if (!progress) return fail(std::move(progress.error()));
    store::Progress next = progress->value_or(store::Progress{.model = source.model,
                                                              .watermark = {},
                                                              .last_arrival = {},
                                                              .last_poll = {},
                                                              .closed_windows = 0,
                                                              .state = ""});
    next.last_arrival = source.seen_at;
    if (last_time) {
      const TimePoint plausible = std::min(*last_time, source.seen_at + kFuture);
      next.watermark = next.watermark ? std::max(*next.watermark, plausible) : plausible;
    }
    if (Result<> saved = store::save_progress(connection, next); !saved)
      return fail(std::move(saved.error()));

    std::vector<TimePoint> changed;
    for (const auto& contribution : contributions) {
      if (contribution.pane_start >= settled) changed.push_back(contribution.pane_start);
    }
    for (const auto& contribution : done.replacement.before)
      changed.push_back(contribution.pane_start);
    std::ranges::sort(changed);
    changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
    for (const TimePoint start : changed) {
      auto panes = store::panes(connection, source.model,
                                {.begin = start, .end = start + Duration{1}, .segment = ""});
      if (!panes) return fail(std::move(panes.error()));
      store::Pane pane{.start = start, .rows = 0, .sources = 0};
      if (!panes->empty()) pane = panes->front();
      done.panes.push_back(pane);
      auto withdrawn = store::withdraw_judgements(connection, source.model, start);
      if (!withdrawn) return fail(std::move(withdrawn.error()));
      done.judged.insert(withdrawn->begin(), withdrawn->end());
    }
    return done;
  };
  auto done = co_await services_.store.write(std::move(write));
  if (!done) co_return fail(std::move(done.error()).in("committing '" + file.path + "'"));
  failpoint("monitor.after_commit");

  taken.panes = std::move(done->panes);
  taken.judged.assign(done->judged.begin(), done->judged.end());
  taken.late_rows = done->late;
  std::error_code ignored;  // a file that stays is deleted at the next start
  for (const std::string& name : done->replacement.extracts) {
    std::filesystem::remove(services_.store.scratch() / name, ignored);
  }
  switch (done->replacement.taken) {
    case store::Taken::kReplaced:
      remember(std::move(source));
      break;
    case store::Taken::kUnchanged:
      taken.outcome = Taken::Outcome::kUnchanged;
      break;
    case store::Taken::kPartly:
      taken.refused = refusal(done->replacement.settled);
      source.status = store::SourceStatus::kRefused;
      source.reason = taken.refused;
      remember(std::move(source));
      break;
  }
  co_return taken;
}

Async<Taken> Intake::quarantine(files::SeenFile file, std::string reason) {
  store::Source source{.model = model_,
                       .name = file.path,
                       .version = file.version(),
                       .status = store::SourceStatus::kQuarantined,
                       .reason = reason,
                       .rows = 0,
                       .seen_at = services_.clock.now()};
  auto write = [source](store::Connection& connection) -> Result<> {
    if (Result<> saved = store::save_source(connection, source); !saved) return saved;
    return store::add_to_counter(connection, "leeway_batches_total", source.model + "|quarantined",
                                 1.0);
  };
  auto written = co_await services_.store.write(std::move(write));
  if (!written) co_return fail(std::move(written.error()).in("setting '" + file.path + "' aside"));
  remember(std::move(source));
  Taken taken;
  taken.outcome = Taken::Outcome::kQuarantined;
  taken.reason = std::move(reason);
  co_return taken;
}

}  // namespace leeway::monitor
