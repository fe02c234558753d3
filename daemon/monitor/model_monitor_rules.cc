#include <algorithm>
#include <utility>

#include "daemon/log/log.h"
#include "daemon/monitor/model_monitor.h"
#include "daemon/monitor/window_records.h"

/// What a ModelMonitor makes of what it knows: it steps the rules, commits what they decide, and
/// shows it.
namespace leeway::monitor {
namespace {

/// Rules are looked at this often at most as long as no verdict changes.
constexpr Duration kCalm = std::chrono::seconds(5);

}  // namespace

ModelMonitor::Step ModelMonitor::step(const View& view) {
  const TimePoint now = services_.clock.now();
  const profile::Schema* schema = reference_ ? &reference_->reference.schema : nullptr;
  const rules::Facts facts = facts_of(view, schema, *model_, hooks_.dead_deliveries(), now);
  const rules::Moment moment{.now = now, .closed_windows = view.closed_windows};
  Step stepped;
  stepped.states = states_;
  const auto transitions = rules::step(rules_, stepped.states, facts, moment);
  stepped.decisions =
      decide({*config_, *model_, rules_, routes_, facts}, transitions, random_, now);
  if (stepped.states != states_) {
    stepped.decisions.rule_states = rules::serialize(stepped.states);
  }
  stepped.unmet = unmet_requirements(*model_, facts);
  return stepped;
}

Async<> ModelMonitor::step_rules() {
  const TimePoint now = services_.clock.now();
  view_.live = as_of(board_.reports(), now);
  Step stepped = step(view_);
  require(stepped.unmet);
  std::vector<store::LiveSample> samples = live_history_.due(view_.live, now);
  const bool decides = !stepped.decisions.empty() || held_to_reconsider();
  if (!decides && samples.empty()) co_return Result<>{};
  auto write = [key = key_, decisions = stepped.decisions, samples,
                plan = retraining_plan(*model_, stepped.unmet),
                now](store::Connection& connection) -> Result<std::vector<store::Retraining>> {
    if (auto saved = save_samples(connection, samples); !saved) {
      return fail(std::move(saved.error()));
    }
    return record_decisions(connection, key, decisions, plan, now);
  };
  auto written = co_await services_.store.write(std::move(write));
  if (!written) co_return fail(std::move(written.error()).in("committing decisions"));
  live_history_.wrote(samples);
  states_ = std::move(stepped.states);
  considered_ = unmet_;
  for (const store::Retraining& retraining : *written) note(retraining);
  if (decides) hooks_.decided();
  co_return Result<>{};
}

/// Until the next round. Looks at the rules whenever a source beside batches has something to say.
Task<bool> ModelMonitor::rest(Duration wait) {
  const Duration until = services_.clock.monotonic() + wait;
  Duration left = wait;
  do {
    const Duration calm = heard_ ? last_look_ + kCalm - services_.clock.monotonic() : left;
    auto woken = co_await wake_.wait_for(services_.clock, std::clamp(calm, Duration{0}, left));
    if (!woken) co_return false;
    const Duration now = services_.clock.monotonic();
    if (urgent_ || (heard_ && now >= last_look_ + kCalm)) {
      auto looked = co_await look();
      if (!looked && looked.error().code == ErrorCode::kCancelled) co_return false;
      if (!looked) {
        log::error("rules not looked at", {{"model", key_}, {"error", looked.error().message}});
      }
    }
    left = until - services_.clock.monotonic();
  } while (left > Duration{0});
  co_return true;
}

Async<> ModelMonitor::look() {
  urgent_ = heard_ = false;
  last_look_ = services_.clock.monotonic();
  if (!restored_) co_return Result<>{};
  auto stepped = co_await step_rules();
  publish();
  co_return stepped;
}

void ModelMonitor::require(std::vector<std::string> unmet) {
  if (unmet == unmet_) return;
  unmet_ = std::move(unmet);
  hooks_.unmet(*unmet_);
}

/// A held request waits for what may change between two windows: its requirements, or its end.
bool ModelMonitor::held_to_reconsider() const {
  if (!held_) return false;
  return considered_ != unmet_ ||
         services_.clock.now() > *held_ + retraining::Limits{}.held_at_most;
}

void ModelMonitor::note(const store::Retraining& retraining) {
  view_.retraining = store::to_string(retraining.state);
  held_.reset();
  if (retraining.state == store::RetrainingState::kHeld) held_ = retraining.requested_at;
  if (retraining.ended_at) view_.counters[{"leeway_retrainings_total", view_.retraining}] += 1.0;
  log::info("retraining", {{"model", key_},
                           {"id", retraining.id},
                           {"state", view_.retraining},
                           {"reason", retraining.reason}});
  publish();
}

void ModelMonitor::publish() {
  view_.firing.clear();
  for (const auto& [rule, state] : states_) {
    if (state.is_open()) view_.firing[rule] = rules::to_string(state.severity);
  }
  hooks_.publish(metrics_of(view_, *model_));
}

}  // namespace leeway::monitor
