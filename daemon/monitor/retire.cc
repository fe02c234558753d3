#include "daemon/monitor/retire.h"

#include <limits>
#include <map>
#include <utility>

#include "daemon/log/log.h"
#include "daemon/monitor/decisions.h"
#include "daemon/rules/engine.h"
#include "daemon/store/live.h"

namespace leeway::monitor {
namespace {

/// What the store still knows of a model: enough to name it in a message.
struct Gone {
  config::Model model;
  rules::States states;
  std::optional<std::string> held;  ///< a request for retraining
};

Result<> add_states(store::Connection& connection, const std::string& key, Gone& gone) {
  auto text = store::rule_states(connection, key);
  if (!text) return fail(std::move(text.error()));
  if (!*text) return {};
  auto states = rules::parse_states(**text);
  if (!states) return fail(std::move(states.error()).in("rule states of " + key));
  gone.states = std::move(*states);
  return {};
}

config::Model model_of(const std::string& key) {
  config::Model model;
  const std::size_t slash = key.find('/');
  model.name = slash == std::string::npos ? key : key.substr(slash + 1);
  for (const auto environment : {config::Environment::kDevelopment, config::Environment::kStaging,
                                 config::Environment::kProduction}) {
    if (key.starts_with(config::to_string(environment))) model.environment = environment;
  }
  return model;
}

Result<std::map<std::string, Gone>> find_gone(store::Connection& connection,
                                              const config::Config& config) {
  constexpr std::size_t kAll = std::numeric_limits<std::int32_t>::max();
  std::map<std::string, Gone> gone;
  auto firing = store::incidents(
      connection, {.model = {}, .state = store::IncidentState::kFiring, .limit = kAll});
  if (!firing) return fail(std::move(firing.error()));
  for (const store::Incident& incident : *firing) {
    if (config.find(incident.model) == nullptr) gone.try_emplace(incident.model);
  }
  auto held = store::retrainings(
      connection, {.model = {}, .state = store::RetrainingState::kHeld, .limit = kAll});
  if (!held) return fail(std::move(held.error()));
  for (const store::Retraining& retraining : *held) {
    if (config.find(retraining.model) == nullptr) gone[retraining.model].held = retraining.id;
  }
  auto watched = store::models_with_source_states(connection);
  if (!watched) return fail(std::move(watched.error()));
  for (const std::string& key : *watched) {
    if (config.find(key) == nullptr) gone.try_emplace(key);
  }
  for (auto& [key, each] : gone) {
    each.model = model_of(key);
    if (Result<> added = add_states(connection, key, each); !added) {
      return fail(std::move(added.error()));
    }
  }
  return gone;
}

Result<> write_end(store::Connection& connection, const std::string& key,
                   const Decisions& decisions, const std::optional<std::string>& held,
                   TimePoint now) {
  auto written = write_decisions(connection, key, decisions, now);
  if (!written) return fail(std::move(written.error()));
  if (Result<> done = store::forget_source_states(connection, key); !done) return done;
  if (!held) return {};
  auto cancelled = retraining::cancel(connection, *held, "the configuration", now);
  if (!cancelled) return fail(std::move(cancelled.error()));
  return {};
}

}  // namespace

Async<std::size_t> retire_models(Services services, std::shared_ptr<const config::Config> config,
                                 Random& random) {
  auto read = [config](store::Connection& connection) { return find_gone(connection, *config); };
  auto found = co_await services.store.read_async(std::move(read));
  if (!found) co_return fail(std::move(found.error()));
  const std::vector<rules::Route> routes = routes_of(*config);
  const TimePoint now = services.clock.now();
  std::size_t ended = 0;
  for (auto& [key, gone] : *found) {
    const rules::RuleSet none;
    const rules::Facts facts;
    const auto transitions =
        rules::step(none, gone.states, facts, {.now = now, .closed_windows = 0});
    Decisions decisions =
        decide({*config, gone.model, none, routes, facts}, transitions, random, now);
    decisions.rule_states = rules::serialize(gone.states);
    auto write = [model = key, decisions, held = gone.held, now](store::Connection& connection) {
      return write_end(connection, model, decisions, held, now);
    };
    auto written = co_await services.store.write(std::move(write));
    if (!written) co_return fail(std::move(written.error()).in("ending the incidents of " + key));
    ended += decisions.incidents.size();
    log::info("model gone", {{"model", key}, {"incidents", decisions.incidents.size()}});
  }
  co_return ended;
}

}  // namespace leeway::monitor
