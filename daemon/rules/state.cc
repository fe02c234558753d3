#include "daemon/rules/state.h"

#include <algorithm>

namespace leeway::rules {
namespace {

/// The newest time at which one of them was observed; nothing if one is as new as the look itself.
std::optional<TimePoint> newest(const std::vector<Fact>& facts) {
  std::optional<TimePoint> newest;
  for (const Fact& fact : facts) {
    if (!fact.observed_at) return std::nullopt;
    newest = std::max(newest, fact.observed_at);
  }
  return newest;
}

Streak begun(const Moment& moment, std::optional<TimePoint> observed = {}) {
  return {.since = moment.now,
          .observations = 1,
          .windows = 1,
          .last_window = moment.closed_windows,
          .last_observed = observed};
}

void continue_streak(Streak& streak, const Moment& moment, std::optional<TimePoint> observed = {}) {
  streak.since = std::min(streak.since, moment.now);
  // An observation that was counted already says nothing more, however often it is looked at.
  if (!observed || observed != streak.last_observed) {
    streak.observations = 2;
    streak.last_observed.reset();
  }
  if (streak.last_window == moment.closed_windows) return;
  ++streak.windows;
  streak.last_window = moment.closed_windows;
}

void hold(State& state, const std::vector<Fact>& matching) {
  state.held.clear();
  for (const Fact& fact : matching) state.held.insert(fact.key());
}

Change saw_true(State& state, const Rule& rule, const Evaluation& seen, const Moment& moment,
                const std::optional<EventSpan>& window) {
  hold(state, seen.matching);
  if (state.is_open()) {
    state.phase = State::Phase::kFiring;
    return Change::kNone;
  }
  if (state.phase == State::Phase::kInactive) {
    state.phase = State::Phase::kPending;
    state.streak = begun(moment, newest(seen.matching));
    state.since = moment.now;
    state.first_window = window;
  } else {
    continue_streak(state.streak, moment, newest(seen.matching));
  }
  if (!has_lasted(state.streak, rule.hold, moment.now)) return Change::kNone;
  state.phase = State::Phase::kFiring;
  state.opened = moment.now;
  state.opened_window = moment.closed_windows;
  state.severity = rule.severity;
  return Change::kOpened;
}

Change saw_false(State& state, const Rule& rule, const Moment& moment) {
  if (!state.is_open()) {
    state = State{};
    return Change::kNone;
  }
  if (state.phase == State::Phase::kFiring) {
    state.phase = State::Phase::kKeeping;
    state.streak = begun(moment);
  } else {
    continue_streak(state.streak, moment);
  }
  if (!has_lasted(state.streak, rule.keep_firing, moment.now)) return Change::kNone;
  state = State{};
  return Change::kResolved;
}

/// What was counted for another condition says nothing of this one; an incident stays open.
void adopt_condition(State& state, const std::string& condition) {
  if (state.condition != condition) {
    state.held.clear();
    if (state.is_open()) {
      state.phase = State::Phase::kFiring;
    } else {
      state = State{};
    }
  }
  state.condition = condition;
}

}  // namespace

std::string_view to_string(State::Phase phase) {
  switch (phase) {
    case State::Phase::kInactive:
      return "inactive";
    case State::Phase::kPending:
      return "pending";
    case State::Phase::kFiring:
      return "firing";
    case State::Phase::kKeeping:
      return "keeping";
  }
  return "inactive";
}

bool has_lasted(const Streak& streak, const Span& span, TimePoint now) {
  if (const auto* windows = std::get_if<Windows>(&span)) return streak.windows >= windows->count;
  const Duration duration = std::get<Duration>(span);
  if (duration <= Duration{0}) return true;
  return streak.observations >= 2 && now - streak.since >= duration;
}

Change advance(State& state, const Rule& rule, const Evaluation& seen, const Moment& moment,
               const std::optional<EventSpan>& window) {
  adopt_condition(state, to_string(rule.condition));
  switch (seen.truth) {
    case Truth::kTrue:
      return saw_true(state, rule, seen, moment, window);
    case Truth::kFalse:
      return saw_false(state, rule, moment);
    case Truth::kUnknown:
      break;
  }
  return Change::kNone;
}

}  // namespace leeway::rules
