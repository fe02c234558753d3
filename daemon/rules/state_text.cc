#include <boost/json.hpp>
#include <exception>
#include <stdexcept>

#include "daemon/rules/state.h"

namespace leeway::rules {
namespace {

namespace json = boost::json;

constexpr int kVersion = 1;

json::object written(const Streak& streak) {
  json::object out{{"since", to_micros(streak.since)},
                   {"observations", streak.observations},
                   {"windows", streak.windows},
                   {"last_window", streak.last_window}};
  if (streak.last_observed) out["last_observed"] = to_micros(*streak.last_observed);
  return out;
}

json::object written(const State& state) {
  json::object out{{"phase", to_string(state.phase)},      {"streak", written(state.streak)},
                   {"since", to_micros(state.since)},      {"opened", to_micros(state.opened)},
                   {"opened_window", state.opened_window}, {"severity", to_string(state.severity)},
                   {"held", json::value_from(state.held)}, {"condition", state.condition}};
  if (const auto& window = state.first_window) {
    out["first_window"] = json::array{to_micros(window->begin), to_micros(window->end)};
  }
  return out;
}

TimePoint time(const json::value& value) { return from_micros(value.to_number<std::int64_t>()); }

State::Phase phase(std::string_view name) {
  for (const auto phase : {State::Phase::kPending, State::Phase::kFiring, State::Phase::kKeeping}) {
    if (to_string(phase) == name) return phase;
  }
  throw std::invalid_argument("unknown phase '" + std::string(name) + "'");
}

Streak read_streak(const json::object& in) {
  Streak streak{.since = time(in.at("since")),
                .observations = in.at("observations").to_number<std::uint64_t>(),
                .windows = in.at("windows").to_number<std::uint64_t>(),
                .last_window = in.at("last_window").to_number<std::uint64_t>()};
  if (const json::value* observed = in.if_contains("last_observed")) {
    streak.last_observed = time(*observed);
  }
  return streak;
}

State read_state(const json::object& in) {
  State state;
  state.phase = phase(in.at("phase").as_string());
  state.streak = read_streak(in.at("streak").as_object());
  state.since = time(in.at("since"));
  state.opened = time(in.at("opened"));
  state.opened_window = in.at("opened_window").to_number<std::uint64_t>();
  const auto known = severity(in.at("severity").as_string());
  if (!known) throw std::invalid_argument("unknown severity");
  state.severity = *known;
  for (const json::value& key : in.at("held").as_array()) state.held.emplace(key.as_string());
  state.condition = in.at("condition").as_string();
  if (const json::value* window = in.if_contains("first_window")) {
    state.first_window = EventSpan{time(window->at(0)), time(window->at(1))};
  }
  return state;
}

}  // namespace

std::string serialize(const States& states) {
  json::object rules;
  for (const auto& [name, state] : states) {
    if (state.phase != State::Phase::kInactive) rules[name] = written(state);
  }
  return json::serialize(json::object{{"version", kVersion}, {"rules", std::move(rules)}});
}

Result<States> parse_states(std::string_view text) {
  try {
    const json::value whole = json::parse(json::string_view(text.data(), text.size()));
    const json::object& root = whole.as_object();
    if (root.at("version").to_number<int>() != kVersion) {
      throw std::invalid_argument("version " + json::serialize(root.at("version")) +
                                  " is of a newer Leeway");
    }
    States states;
    for (const auto& [name, state] : root.at("rules").as_object()) {
      states.emplace(name, read_state(state.as_object()));
    }
    return states;
  } catch (const std::exception& error) {
    return fail(ErrorCode::kCorrupt, std::string("states of rules: ") + error.what());
  }
}

}  // namespace leeway::rules
