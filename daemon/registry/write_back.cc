#include "daemon/registry/write_back.h"

#include <algorithm>
#include <utility>

#include "daemon/log/log.h"
#include "daemon/registry/results.h"
#include "daemon/registry/server.h"
#include "daemon/store/history.h"
#include "daemon/store/live.h"

namespace leeway::registry {
namespace {

constexpr std::string_view kSource = "write_back";
constexpr Duration kRetryFirst = std::chrono::minutes(1);
constexpr Duration kRetryLongest = std::chrono::minutes(10);
constexpr Duration kGiveUp = std::chrono::hours(24 * 7);
constexpr double kJitter = 0.1;

/// Of the newest window that was judged before `since`.
Result<std::optional<TimePoint>> last_before(store::Connection& connection,
                                             const std::string& model, TimePoint since) {
  auto windows = store::windows(connection, {.model = model, .newest_first = true});
  if (!windows) return fail(std::move(windows.error()));
  for (const store::Window& window : *windows) {
    if (window.judged_at && *window.judged_at < since) return std::optional(window.start);
  }
  return std::optional<TimePoint>();
}

}  // namespace

WriteBack::WriteBack(monitor::Services services, net::HttpClient& client, monitor::LiveBoard& board,
                     const config::Model& model, ReferenceOf reference, std::uint64_t seed)
    : services_(services),
      board_(board),
      configured_(*model.registry),
      key_(model.key()),
      reference_(std::move(reference)),
      since_(services.clock.now()),
      random_(seed),
      mlflow_(client, server_of(configured_)) {}

Task<> WriteBack::run() {
  while (true) {
    busy_ = true;
    Result<> done = co_await restore();
    if (done) done = co_await work();
    looked_ = services_.clock.now();
    if (!done && done.error().code == ErrorCode::kCancelled) break;
    if (done) {
      failures_ = 0;
      trouble_.clear();
    } else {
      failed(done.error());
    }
    publish();
    busy_ = false;
    if (!co_await services_.clock.sleep(pause())) break;
  }
}

Duration WriteBack::pause() {
  Duration wait = configured_.every;
  if (failures_ > 0) {
    const auto doublings = std::min<std::size_t>(failures_ - 1, 8);
    wait = std::min(kRetryFirst * (std::int64_t{1} << doublings), kRetryLongest);
  }
  const double jitter = random_.uniform() * kJitter * static_cast<double>(wait.count());
  return wait + Duration(static_cast<std::int64_t>(jitter));
}

void WriteBack::failed(const Error& error) {
  ++failures_;
  in_doubt_ = true;
  if (error.message != trouble_) {
    log::warn("results not written", {{"model", key_}, {"error", error.message}});
  }
  trouble_ = error.message;
}

Async<> WriteBack::restore() {
  if (restored_) co_return Result<>{};
  struct Stored {
    std::optional<std::string> state;
    std::optional<TimePoint> last;
  };
  auto read = [key = key_, since = since_](store::Connection& connection) -> Result<Stored> {
    auto state = store::source_state(connection, key, kSource);
    if (!state) return fail(std::move(state.error()));
    auto last = last_before(connection, key, since);
    if (!last) return fail(std::move(last.error()));
    return Stored{std::move(*state), *last};
  };
  auto stored = co_await services_.store.read_async(std::move(read));
  if (!stored) co_return fail(std::move(stored.error()).in("reading how far results are written"));
  state_ = {.place = place_of(configured_), .done = stored->last};
  if (stored->state) {
    auto before = parse_write_back(*stored->state);
    if (!before) {
      log::warn("results begin anew", {{"model", key_}, {"error", before.error().message}});
    } else if (before->place == state_.place) {
      state_ = std::move(*before);
    }
  }
  // From now on it is known which windows were not there yet, also after a crash.
  auto saved = co_await save();
  if (saved) restored_ = true;
  co_return saved;
}

/// Those that are judged and not written, the oldest first; up to one whose rows just changed.
Async<std::vector<store::Window>> WriteBack::waiting() {
  auto read = [key = key_, done = state_.done](store::Connection& connection) {
    return store::windows(connection, {.model = key, .from = done});
  };
  auto windows = co_await services_.store.read_async(std::move(read));
  if (!windows) co_return fail(std::move(windows.error()).in("reading judged windows"));
  std::erase_if(*windows, [done = state_.done](const store::Window& window) {
    return done && window.start <= *done;
  });
  const auto unsettled = std::ranges::find_if(*windows, [](const store::Window& window) {
    return window.state != store::WindowState::kJudged &&
           window.state != store::WindowState::kSkipped;
  });
  windows->erase(unsettled, windows->end());
  co_return std::move(*windows);
}

Async<> WriteBack::work() {
  auto windows = co_await waiting();
  if (!windows) co_return fail(std::move(windows.error()));
  pending_ = windows->size();
  for (store::Window& window : *windows) {
    if (auto handled = co_await handle(std::move(window)); !handled) co_return handled;
    --pending_;
  }
  co_return Result<>{};
}

Async<> WriteBack::handle(store::Window window) {
  const TimePoint start = window.start;
  const bool is_one_version =
      window.state == store::WindowState::kJudged && window.version != store::kMixedVersions;
  if (is_one_version && services_.clock.now() - *window.judged_at > kGiveUp) {
    ++state_.dropped;
    log::warn("results dropped", {{"model", key_}, {"window", start}, {"reason", trouble_}});
  } else if (is_one_version) {
    auto written = co_await write(std::move(window));
    const bool refused = !written && written.error().code == ErrorCode::kInvalidArgument;
    if (!written && !(refused && refused_ == start)) {
      if (refused) refused_ = start;  // whether the run still is there is looked at first
      co_return fail(std::move(written.error()).in("window " + to_rfc3339(start)));
    }
    ++(refused ? state_.dropped : state_.written);
    if (refused) {
      log::warn("results dropped",
                {{"model", key_}, {"window", start}, {"reason", written.error().message}});
    }
  }
  state_.done = start;
  co_return co_await save();
}

Async<> WriteBack::write(store::Window window) {
  auto read = [key = key_, start = window.start](store::Connection& connection) {
    return store::findings(connection, key, start);
  };
  auto findings = co_await services_.store.read_async(std::move(read));
  if (!findings) co_return fail(std::move(findings.error()));
  const auto reference = reference_();
  Results results =
      results_of(window, *findings, reference ? &reference->reference.schema : nullptr);

  auto run = co_await run_for(window.version);
  if (!run) co_return fail(std::move(run.error()));
  if (in_doubt_) {
    auto known = co_await mlflow_.run(*run);
    if (known && !known->active) {
      known = Result<Run>(fail(ErrorCode::kNotFound, "run " + *run + " was deleted"));
    }
    if (!known) {
      if (known.error().code == ErrorCode::kNotFound) state_.run.clear();
      co_return fail(std::move(known.error()));
    }
    std::erase_if(results.metrics, [&known](const Metric& metric) {
      const auto newest = known->steps.find(metric.key);
      return newest != known->steps.end() && newest->second >= metric.step;
    });
  }
  in_doubt_ = true;
  for (auto from = results.metrics.begin(); from != results.metrics.end();) {
    const auto left = static_cast<std::size_t>(results.metrics.end() - from);
    const auto to = from + static_cast<std::ptrdiff_t>(std::min(left, kMetricsPerBatch));
    auto logged = co_await mlflow_.log_batch(*run, {from, to},
                                             to == results.metrics.end() ? results.tags : Tags{});
    if (!logged) co_return logged;
    from = to;
  }
  in_doubt_ = false;
  co_return Result<>{};
}

/// The run of a version: the one that is configured or was used last, else the one that is there,
/// else a new one.
Async<std::string> WriteBack::run_for(std::string version) {
  if (!configured_.write_back->run.empty()) co_return configured_.write_back->run;
  if (version.empty()) version = "unknown";
  if (!state_.run.empty() && state_.run_version == version) co_return state_.run;
  auto experiment = co_await mlflow_.experiment_id(configured_.write_back->experiment);
  if (!experiment) {
    co_return fail(std::move(experiment.error())
                       .in("experiment '" + configured_.write_back->experiment + "'"));
  }
  const Tags tags{{"leeway.model", key_}, {"leeway.version", version}};
  auto run = co_await mlflow_.find_run(*experiment, tags);
  if (!run) co_return fail(std::move(run.error()).in("looking for the run"));
  std::string id = run->value_or("");
  in_doubt_ = true;
  if (id.empty()) {
    Tags all = tags;
    all.insert({{"leeway.registered_model", configured_.model}, {"mlflow.source.name", "leeway"}});
    auto made = co_await mlflow_.create_run(*experiment, key_ + " version " + version,
                                            services_.clock.now(), all);
    if (!made) co_return fail(std::move(made.error()).in("making a run"));
    id = std::move(*made);
    in_doubt_ = false;
  }
  state_.run = id;
  state_.run_version = version;
  co_return id;
}

Async<> WriteBack::save() {
  auto write = [key = key_, text = serialize(state_)](store::Connection& connection) {
    return store::save_source_state(connection, key, kSource, text);
  };
  auto written = co_await services_.store.write(std::move(write));
  if (!written)
    co_return fail(std::move(written.error()).in("keeping how far results are written"));
  co_return Result<>{};
}

void WriteBack::publish() {
  monitor::LiveReport report;
  Finding finding;
  finding.measure = "registry.write_back";
  finding.value = trouble_.empty() ? 1.0 : 0.0;
  finding.verdict = trouble_.empty() ? Verdict::kOk : Verdict::kWarning;
  finding.note = trouble_;
  report.findings.push_back(
      {.finding = std::move(finding),
       .observed_at = *looked_,
       .good_until = *looked_ + 3 * std::max(configured_.every, kRetryLongest)});
  const auto series = [&report](exporter::Family family, std::size_t value,
                                std::vector<std::pair<std::string_view, std::string>> labels) {
    report.series.push_back(
        {.family = family, .labels = std::move(labels), .value = static_cast<double>(value)});
  };
  using exporter::Family;
  series(Family::kRegistryWindows, state_.written, {{"outcome", "written"}});
  series(Family::kRegistryWindows, state_.dropped, {{"outcome", "dropped"}});
  series(Family::kRegistryWindowsPending, pending_, {});
  report.details = {
      {"experiment", configured_.write_back->experiment},
      {"run", configured_.write_back->run.empty() ? state_.run : configured_.write_back->run},
      {"written", state_.written},
      {"dropped", state_.dropped},
      {"pending", pending_},
      {"sentence", trouble_}};
  board_.publish(kSource, std::move(report));
}

}  // namespace leeway::registry
