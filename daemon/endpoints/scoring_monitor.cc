#include "daemon/endpoints/scoring_monitor.h"

#include <algorithm>
#include <span>
#include <utility>

#include "collectors/async/on_pool.h"
#include "daemon/endpoints/target.h"
#include "daemon/log/log.h"
#include "daemon/store/failpoint.h"
#include "daemon/store/live.h"
#include "detectors/base/bytes.h"

namespace leeway::endpoint {
namespace {

constexpr std::size_t kMostKept = 50'000;
constexpr std::size_t kMostJudged = 20'000;

const config::Scoring& scoring_of(const config::Model& model, const ScoringKind& kind) {
  const bool canary = kind.pairing == Pairing::kRecordedAndAnswered;
  return canary ? *model.endpoint->canary : model.endpoint->shadow->scoring;
}

/// By which labels are found.
std::optional<std::string> id_column(const config::Model& model) {
  const auto& labels = model.endpoint->labels;
  return labels && labels->on ? labels->on : model.columns.id;
}

/// What tells one server from another.
void add_server(ByteWriter& out, const config::EndpointServer& server) {
  out.text(config::to_string(server.url));
  for (const std::string& part :
       {server.protocol, server.model, server.version, server.signature}) {
    out.text(part);
  }
}

/// What may be told of a failure: a server that was sent private values may quote them.
std::string told(const Error& error, const RowWish& wish) {
  if (!wish.sends_private) return error.message;
  return error.message.substr(0, error.message.find(':'));
}

Result<std::vector<JudgedRow>> judged_rows(std::vector<store::ScoredRow> rows) {
  std::vector<JudgedRow> judged;
  judged.reserve(rows.size());
  for (store::ScoredRow& row : rows) {
    auto kept = KeptAnswers::parse(row.answers);
    if (!kept) return fail(std::move(kept.error()));
    judged.push_back({.kept = std::move(*kept), .label = std::move(row.label)});
  }
  return judged;
}

}  // namespace

ScoringMonitor::ScoringMonitor(monitor::Services services, endpoints::Prober& prober,
                               monitor::LiveBoard& board, const config::Model& model,
                               const ScoringKind& kind, ReferenceOf reference, std::uint64_t seed)
    : services_(services),
      prober_(prober),
      board_(board),
      model_(model),
      kind_(kind),
      scoring_(scoring_of(model_, kind)),
      reference_(std::move(reference)),
      key_(model.key()),
      source_(kind.name),
      rounds_(services.clock, scoring_.every, key_ + "/" + source_, seed) {}

ScoringMonitor::~ScoringMonitor() = default;

Task<> ScoringMonitor::run() {
  while (co_await rounds_.next()) {
    busy_ = true;
    auto done = co_await restore();
    if (done) done = co_await round();
    if (done) done = co_await evaluate();
    busy_ = false;
    if (!done && done.error().code == ErrorCode::kCancelled) co_return;
    if (!done) {
      log::error("rows not scored",
                 {{"model", key_}, {"by", source_}, {"error", done.error().message}});
      trouble(done.error().message, false);
    }
    board_.publish(source_, report_of(state_, kind_, scoring_));
  }
}

void ScoringMonitor::trouble(std::string sentence, bool unknown) {
  state_.round =
      ScoringRound{.at = services_.clock.now(), .trouble = std::move(sentence), .unknown = unknown};
}

Async<> ScoringMonitor::restore() {
  if (restored_) co_return Result<>{};
  auto read = [key = key_, source = source_](store::Connection& connection) {
    return store::source_state(connection, key, source);
  };
  auto stored = co_await services_.store.read_async(std::move(read));
  if (!stored) co_return fail(std::move(stored.error()).in("reading the totals of " + source_));
  if (*stored) {
    auto totals = ScoringTotals::parse(**stored);
    if (totals) {
      state_.totals = *totals;
    } else {
      log::warn("totals begin anew", {{"model", key_}, {"by", source_}});
    }
  }
  restored_ = true;
  co_return Result<>{};
}

/// The servers, in the order of kind_.servers.
Async<> ScoringMonitor::open() {
  if (!servers_.empty()) co_return Result<>{};
  using Targets = std::vector<endpoints::ProbeTarget>;
  auto work = [endpoint = *model_.endpoint, scoring = scoring_, key = key_,
               purpose = source_]() -> Result<Targets> {
    Targets targets;
    auto champion = scoring_target(endpoint, scoring, key, purpose);
    if (!champion) return fail(std::move(champion.error()));
    targets.push_back(std::move(*champion));
    if (purpose != "shadow") return targets;
    auto challenger = challenger_target(*endpoint.shadow, key);
    if (!challenger) return fail(std::move(challenger.error()));
    targets.push_back(std::move(*challenger));
    return targets;
  };
  auto targets = co_await on_pool(services_.pool, std::move(work));
  if (!targets) co_return fail(std::move(targets.error()));
  std::vector<std::unique_ptr<endpoints::Endpoint>> opened;
  for (endpoints::ProbeTarget& target : *targets) {
    auto server = prober_.open(std::move(target));
    if (!server) co_return fail(std::move(server.error()));
    opened.push_back(std::move(*server));
  }
  servers_ = std::move(opened);
  co_return Result<>{};
}

/// Other servers, other inputs, another value of the answer: other answers.
std::uint64_t ScoringMonitor::identity(const RowWish& wish) const {
  ByteWriter out;
  add_server(out, model_.endpoint->server);
  if (servers_.size() > 1) add_server(out, model_.endpoint->shadow->server);
  for (const tables::CellColumn& column : wish.plan.columns) out.text(column.name);
  out.text(scoring_.output);
  out.u64(scoring_.position ? *scoring_.position + 1 : 0);
  return hash64(out.bytes());
}

Async<> ScoringMonitor::round() {
  if (auto opened = co_await open(); !opened) co_return opened;
  auto batch = co_await next_batch();
  if (!batch) co_return fail(std::move(batch.error()));
  if (*batch) co_return co_await ask(std::move(**batch));
  co_return Result<>{};
}

Async<std::optional<ScoringMonitor::Batch>> ScoringMonitor::next_batch() {
  const std::optional<Batch> nothing;
  const auto reference = reference_();
  if (!reference) {
    trouble("there is no reference yet", true);
    co_return nothing;
  }
  auto wish = wish_of(*reference, model_, scoring_, id_column(model_), services_.clock.now());
  if (!wish) {
    trouble(std::move(wish.error().message), false);
    co_return nothing;
  }
  auto read = [key = key_](store::Connection& connection) {
    return store::newest_source(connection, key);
  };
  auto source = co_await services_.store.read_async(std::move(read));
  if (!source) co_return fail(std::move(source.error()).in("looking for the newest batch"));
  if (!*source) {
    trouble("no batch has been taken yet", true);
    co_return nothing;
  }
  trouble("", false);
  if (done_ && done_->name == (*source)->name && done_->version == (*source)->version) {
    co_return nothing;
  }
  Batch batch{.source = **source, .wish = std::move(*wish), .rows = {}};
  tables::RowsPlan plan = batch.wish.plan;
  plan.files = {batch.source.name};
  auto answer = co_await services_.workers.read_rows(std::move(plan));
  if (!answer) {
    const ErrorCode code = answer.error().code;
    if (code == ErrorCode::kCancelled) co_return fail(std::move(answer.error()));
    // A batch that is gone, or a worker that is busy: the next one will do.
    const bool passes = code == ErrorCode::kNotFound || code == ErrorCode::kUnavailable;
    trouble(std::move(answer.error().message), passes);
    co_return nothing;
  }
  const auto inputs = std::span(batch.wish.plan.columns).first(batch.wish.inputs);
  for (const std::string& absent : answer->absent) {
    if (std::ranges::find(inputs, absent, &tables::CellColumn::name) == inputs.end()) continue;
    trouble("the newest batch has no column '" + absent + "', which the model takes", false);
    co_return nothing;
  }
  batch.rows = rows_of(batch.wish, std::move(*answer), identity(batch.wish));
  std::vector<std::uint64_t> keys;
  for (const SentRow& row : batch.rows) keys.push_back(row.key);
  auto look = [key = key_, source_name = source_, keys](store::Connection& connection) {
    return store::kept_keys(connection, key, source_name, keys);
  };
  auto kept = co_await services_.store.read_async(std::move(look));
  if (!kept) co_return fail(std::move(kept.error()).in("looking for kept rows"));
  std::erase_if(batch.rows, [&kept](const SentRow& row) { return !kept->insert(row.key).second; });
  if (batch.rows.empty()) {
    done_ = batch.source;
    co_return nothing;
  }
  co_return std::optional(std::move(batch));
}

Async<> ScoringMonitor::ask(Batch batch) {
  const endpoints::Rows request = request_of(batch.wish, batch.rows);
  Picking picking{.output = scoring_.output,
                  .position = scoring_.position,
                  .column = batch.wish.column,
                  .kind = batch.wish.kind};
  if (!picking.kind && batch.wish.recorded) {
    std::vector<endpoints::Value> recorded;
    for (const SentRow& row : batch.rows) recorded.push_back(row.recorded);
    picking.kind = kind_of(recorded);
  }
  std::vector<Picked> answers;
  std::array<std::string, 2> reasons;
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    auto scores = co_await servers_[i]->score(request);
    if (!scores && scores.error().code == ErrorCode::kCancelled) {
      co_return fail(std::move(scores.error()));
    }
    auto picked =
        scores ? pick(scores->outputs, picking)
               : Result<Picked>(fail(ErrorCode::kUnavailable, told(scores.error(), batch.wish)));
    if (picked && picked->answers.size() != batch.rows.size()) {
      picked = fail(ErrorCode::kCorrupt, std::to_string(picked->answers.size()) + " answers to " +
                                             std::to_string(batch.rows.size()) + " rows");
    }
    if (!picked) {
      reasons[i] = std::move(picked.error().message);
      continue;
    }
    picking.kind = picked->kind;  // the challenger's are what the champion's are
    answers.push_back(std::move(*picked));
  }
  failpoint("endpoint.after_answers");
  if (answers.size() == servers_.size()) co_return co_await keep(batch, answers);
  co_return co_await fail_round(batch, std::move(reasons));
}

Async<> ScoringMonitor::keep(const Batch& batch, const std::vector<Picked>& picked) {
  const TimePoint now = services_.clock.now();
  const std::uint64_t asked = identity(batch.wish);
  ScoringTotals totals = state_.totals;
  std::vector<store::ScoredRow> rows;
  for (std::size_t i = 0; i < batch.rows.size(); ++i) {
    const SentRow& row = batch.rows[i];
    KeptAnswers kept{.kind = picked[0].kind,
                     .recorded = answer_of(row.recorded, picked[0].kind),
                     .answers = {},
                     .asked = asked};
    for (const Picked& server : picked) kept.answers.push_back(server.answers[i]);
    const bool canary = kind_.pairing == Pairing::kRecordedAndAnswered;
    const Answer& first = canary ? kept.recorded : kept.answers.front();
    const bool agrees = agree(first, kept.answers.back(), scoring_.absolute, scoring_.relative);
    const bool complete = !std::holds_alternative<std::monostate>(first);
    ++(!complete ? totals.incomplete : agrees ? totals.agreed : totals.disagreed);
    rows.push_back({.key = row.key,
                    .at = now,
                    .event_at = row.time,
                    .id = row.id,
                    .answers = kept.serialize(),
                    .inputs = inputs_text(batch.wish, row)});
  }
  auto write = [key = key_, source = source_, rows = std::move(rows), text = totals.serialize(),
                before = now - scoring_.keep](store::Connection& connection) -> Result<> {
    auto added = store::add_scored_rows(connection, key, source, rows);
    if (!added) return fail(std::move(added.error()));
    auto pruned = store::prune_scored_rows(connection, key, source, before, kMostKept);
    if (!pruned) return fail(std::move(pruned.error()));
    return store::save_source_state(connection, key, source, text);
  };
  auto written = co_await services_.store.write(std::move(write));
  if (!written) co_return fail(std::move(written.error()).in("keeping answers"));
  failpoint("endpoint.after_kept");
  state_.totals = totals;
  state_.round = ScoringRound{.at = now, .asked = true};
  state_.asked = state_.round;
  done_ = batch.source;
  log::debug("rows scored", {{"model", key_}, {"by", source_}, {"rows", batch.rows.size()}});
  co_return Result<>{};
}

Async<> ScoringMonitor::fail_round(const Batch& batch, std::array<std::string, 2> reasons) {
  ScoringTotals totals = state_.totals;
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    if (reasons[i].empty()) continue;
    ++totals.failures[i];
    log::warn("rows not answered", {{"model", key_},
                                    {"by", kind_.servers[i]},
                                    {"rows", batch.rows.size()},
                                    {"reason", reasons[i]}});
  }
  auto write = [key = key_, source = source_,
                text = totals.serialize()](store::Connection& connection) {
    return store::save_source_state(connection, key, source, text);
  };
  auto written = co_await services_.store.write(std::move(write));
  if (!written) co_return fail(std::move(written.error()).in("keeping totals"));
  state_.totals = totals;
  state_.round =
      ScoringRound{.at = services_.clock.now(), .failed = std::move(reasons), .asked = true};
  state_.asked = state_.round;
  co_return Result<>{};
}

/// From what is kept alone, so that it is the same after a restart.
Async<> ScoringMonitor::evaluate() {
  struct Seen {
    std::optional<TimePoint> answered;
    Comparison comparison;
    Performance performance;
  };
  std::optional<std::string> positive;
  if (model_.columns.label) positive = model_.columns.label->positive;
  auto read = [key = key_, source = source_, over = scoring_.over, pairing = kind_.pairing,
               tolerance = Tolerance{scoring_.absolute, scoring_.relative},
               positive](store::Connection& connection) -> Result<Seen> {
    Seen seen;
    auto last = store::last_scored(connection, key, source);
    if (!last) return fail(std::move(last.error()));
    if (!*last) return seen;
    seen.answered = *last;
    store::ScoredFilter filter{
        .model = key, .source = source, .from = **last - over, .limit = kMostJudged};
    for (const bool labelled : {false, true}) {
      filter.labelled = labelled;
      if (labelled) filter.from.reset();
      auto rows = store::scored_rows(connection, filter);
      if (!rows) return fail(std::move(rows.error()));
      auto judged = judged_rows(std::move(*rows));
      if (!judged) return fail(std::move(judged.error()));
      if (labelled) {
        seen.performance = perform(*judged, pairing, positive);
        if (judged->empty()) seen.performance.kind = seen.comparison.kind;
      } else {
        seen.comparison = compare(*judged, pairing, tolerance);
      }
    }
    return seen;
  };
  auto seen = co_await services_.store.read_async(std::move(read));
  if (!seen) co_return fail(std::move(seen.error()).in("judging answers"));
  state_.answered = seen->answered;
  state_.comparison = std::move(seen->comparison);
  state_.performance = std::move(seen->performance);
  state_.has_labels = model_.endpoint->labels.has_value() || state_.performance.rows > 0;
  co_return Result<>{};
}

}  // namespace leeway::endpoint
