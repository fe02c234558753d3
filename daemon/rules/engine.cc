#include "daemon/rules/engine.h"

#include <algorithm>
#include <utility>

#include "daemon/rules/evidence.h"

namespace leeway::rules {
namespace {

/// The condition as `state` has reason to see it: an unknown fact that never held the rule up does
/// not keep it up either. The second look can only calm, never start anything.
Evaluation look(const Rule& rule, const State& state, const Facts& facts) {
  Evaluation seen = evaluate(rule.condition, facts);
  if (seen.truth != Truth::kUnknown || state.phase == State::Phase::kInactive) return seen;
  Evaluation again = evaluate(rule.condition, facts, state.held);
  return again.truth == Truth::kFalse ? again : seen;
}

Transition transition(Transition::Kind kind, std::string_view rule, const State& state,
                      TimePoint now) {
  return {.kind = kind,
          .reason = Transition::Reason::kCondition,
          .rule = std::string(rule),
          .severity = state.severity,
          .at = now,
          .opened = state.opened,
          .opened_window = state.opened_window,
          .since = state.since,
          .first_window = state.first_window};
}

void step_rule(const Rule& rule, States& states, const Facts& facts, const Moment& moment,
               std::vector<Transition>& transitions) {
  State& state = states[rule.name];
  const State before = state;
  const Evaluation seen = look(rule, state, facts);
  switch (advance(state, rule, seen, moment, facts.window)) {
    case Change::kOpened:
      transitions.push_back(transition(Transition::Kind::kOpened, rule.name, state, moment.now));
      transitions.back().evidence = explain(seen.matching, facts);
      break;
    case Change::kResolved:
      transitions.push_back(transition(Transition::Kind::kResolved, rule.name, before, moment.now));
      transitions.back().evidence = explain(lookup(before.held, facts), facts);
      break;
    case Change::kNone:
      break;
  }
  if (state.phase == State::Phase::kInactive) states.erase(rule.name);
}

}  // namespace

RuleSet::RuleSet(std::vector<Rule> rules) : rules_(std::move(rules)) {
  for (auto rule = rules_.begin(); rule != rules_.end(); ++rule) {
    LEEWAY_ASSERT(std::find_if(rules_.begin(), rule,
                               [&](const Rule& other) { return other.name == rule->name; }) == rule,
                  "merge() refuses a name that is written twice");
  }
}

const Rule* RuleSet::find(std::string_view name) const {
  const auto found = std::ranges::find(rules_, name, &Rule::name);
  return found == rules_.end() ? nullptr : &*found;
}

std::vector<Transition> step(const RuleSet& rules, States& states, const Facts& facts,
                             const Moment& moment) {
  std::vector<Transition> transitions;
  for (auto state = states.begin(); state != states.end();) {
    if (rules.find(state->first) != nullptr) {
      ++state;
      continue;
    }
    if (state->second.is_open()) {
      transitions.push_back(
          transition(Transition::Kind::kResolved, state->first, state->second, moment.now));
      transitions.back().reason = Transition::Reason::kRuleRemoved;
    }
    state = states.erase(state);
  }
  for (const Rule& rule : rules.rules()) step_rule(rule, states, facts, moment, transitions);
  return transitions;
}

}  // namespace leeway::rules
