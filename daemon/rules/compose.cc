#include "daemon/rules/compose.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <cmath>
#include <cstdio>

#include "daemon/rules/paths.h"
#include "detectors/base/bytes.h"

namespace leeway::rules {
namespace {

namespace json = boost::json;

constexpr std::size_t kFactsInSummary = 3;
constexpr std::size_t kFactsInDetails = 20;
constexpr std::size_t kLongestName = 64;
constexpr std::size_t kLongestNote = 200;
constexpr std::size_t kLongestNoteInSummary = 120;

/// At most `bytes` bytes, never half of a UTF-8 sequence.
std::string clipped(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) --bytes;
  return std::string(text.substr(0, bytes)) + "…";
}

std::string printed(const char* format, double number) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), format, number);
  return text.data();
}

/// To a precision that a person reads: "3d4h", "5h10m", "12s".
std::string rounded(Duration duration) {
  using std::chrono::hours;
  Duration step = std::chrono::seconds(1);
  if (duration >= hours(1)) step = std::chrono::minutes(1);
  if (duration >= hours(24)) step = hours(1);
  return leeway::to_string(duration - duration % step);
}

std::string rounded(TimePoint time) {
  return to_rfc3339(std::chrono::floor<std::chrono::seconds>(time));
}

std::string value_text(double value, Unit unit) {
  switch (unit) {
    case Unit::kRatio:
      return printed("%.3g", 100.0 * value) + " %";
    case Unit::kCount:
      return printed("%.0f", value);
    case Unit::kSeconds:
      return rounded(Duration(static_cast<std::int64_t>(value * 1e6)));
    case Unit::kState:
      return value == 2.0 ? "critical" : value == 1.0 ? "warning" : "ok";
    case Unit::kStatistic:
    case Unit::kFlag:
      break;
  }
  return printed("%.3g", value);
}

/// "psi of delay is 0.42 (threshold 0.12): values from 30 to 45 rose from 9 % to 21 % of rows".
std::string phrase(const Fact& fact, bool with_note) {
  const Path* path = find_path(fact.path);
  LEEWAY_ASSERT(path != nullptr, "Facts::add() takes no other path");
  std::string text(path->noun);
  if (const auto column = fact.label("column"); !column.empty()) {
    text += " of " + clipped(column, kLongestName);
  }
  if (const auto segment = fact.label("segment"); !segment.empty()) {
    text += " in " + clipped(segment, kLongestName);
  }
  if (const auto target = fact.label("target"); !target.empty()) {
    text += " for " + clipped(target, kLongestName);
  }
  if (!fact.value) return text + " is unknown (" + std::string(to_string(fact.verdict)) + ")";
  if (path->unit == Unit::kFlag && *fact.value == 1.0) return text;
  text += " is " + value_text(*fact.value, path->unit);
  if (fact.alpha && fact.p_value) {
    text +=
        " (p " + printed("%.2g", *fact.p_value) + ", level " + printed("%.3g", *fact.alpha) + ")";
  }
  if (fact.threshold) text += " (threshold " + value_text(*fact.threshold, path->unit) + ")";
  const bool notes = (with_note || path->unit == Unit::kState) && !fact.note.empty();
  return notes ? text + ": " + clipped(fact.note, kLongestNoteInSummary) : text;
}

std::string phrases(const std::vector<Fact>& evidence) {
  std::string text;
  for (std::size_t i = 0; i < std::min(evidence.size(), kFactsInSummary); ++i) {
    if (i > 0) text += "; ";
    text += phrase(evidence[i], i == 0);
  }
  if (evidence.size() > kFactsInSummary) {
    text += "; " + std::to_string(evidence.size() - kFactsInSummary) + " more";
  }
  return text;
}

std::string opening(const Transition& transition, const Actions& actions) {
  std::string text = ", " + transition.rule;
  if (!transition.evidence.empty()) text += ": " + phrases(transition.evidence);
  if (transition.first_window) {
    text += "; since the window of " + rounded(transition.first_window->begin);
  } else {
    text += "; since " + rounded(transition.since);
  }
  return actions.retrain ? text + "; a retraining was asked for" : text;
}

std::string ending(const Transition& transition) {
  std::string text = ", " + transition.rule + " resolved after " +
                     rounded(std::max(Duration{0}, transition.at - transition.opened));
  if (transition.reason == Transition::Reason::kRuleRemoved) {
    return text + ": the rule is no longer configured";
  }
  return transition.evidence.empty() ? text : text + ": " + phrases(transition.evidence);
}

json::value optional_number(const std::optional<double>& number) {
  return number && std::isfinite(*number) ? json::value(*number) : json::value(nullptr);
}

json::object details_of(const Fact& fact) {
  json::object labels;
  for (const auto& [name, text] : fact.labels) labels[name] = clipped(text, kLongestName);
  json::object out{{"path", fact.path},
                   {"labels", std::move(labels)},
                   {"value", optional_number(fact.value)},
                   {"threshold", optional_number(fact.threshold)},
                   {"benchmark", optional_number(fact.benchmark)},
                   {"verdict", to_string(fact.verdict)}};
  if (fact.alpha) {
    out["p_value"] = optional_number(fact.p_value);
    out["alpha"] = optional_number(fact.alpha);
  }
  if (!fact.note.empty()) out["note"] = clipped(fact.note, kLongestNote);
  return out;
}

json::array details_of(const std::vector<Fact>& evidence) {
  json::array out;
  for (std::size_t i = 0; i < std::min(evidence.size(), kFactsInDetails); ++i) {
    out.push_back(details_of(evidence[i]));
  }
  return out;
}

json::object details_of(const Transition& transition, const Subject& subject) {
  const bool is_open = transition.kind == Transition::Kind::kOpened;
  json::object out{{"incident", incident_id(subject, transition)},
                   {"state", is_open ? "firing" : "resolved"},
                   {"model", subject.model},
                   {"environment", subject.environment},
                   {"team", subject.team},
                   {"rule", transition.rule},
                   {"severity", to_string(transition.severity)},
                   {"since", to_rfc3339(transition.since)},
                   {"opened", to_rfc3339(transition.opened)}};
  if (!is_open) {
    const bool is_removed = transition.reason == Transition::Reason::kRuleRemoved;
    out["resolved"] = to_rfc3339(transition.at);
    out["reason"] = is_removed ? "rule_removed" : "condition";
  }
  if (const auto& window = transition.first_window) {
    out["window"] =
        json::object{{"begin", to_rfc3339(window->begin)}, {"end", to_rfc3339(window->end)}};
  }
  out["findings"] = details_of(transition.evidence);
  out["findings_total"] = transition.evidence.size();
  return out;
}

}  // namespace

Message compose(const Transition& transition, const Rule* rule, const Subject& subject,
                const Actions& actions) {
  Message message;
  message.summary = subject.model;
  if (!subject.environment.empty()) message.summary += " (" + subject.environment + ")";
  message.summary += transition.kind == Transition::Kind::kOpened ? opening(transition, actions)
                                                                  : ending(transition);
  message.details = details_of(transition, subject);
  if (rule != nullptr) {
    message.details["condition"] = to_string(rule->condition);
    message.details["for"] = to_string(rule->hold);
    if (!rule->sentence.empty()) message.details["meaning"] = rule->sentence;
  }
  message.details["actions"] =
      json::object{{"alert", json::array(actions.alert.begin(), actions.alert.end())},
                   {"retraining", actions.retrain}};
  return message;
}

std::string incident_id(const Subject& subject, const Transition& transition) {
  ByteWriter identity;
  identity.text(subject.environment);
  identity.text(subject.model);
  identity.text(transition.rule);
  identity.i64(to_micros(transition.opened));
  identity.u64(transition.opened_window);
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "inc_%016llx",
                static_cast<unsigned long long>(hash64(identity.bytes())));
  return text.data();
}

}  // namespace leeway::rules
