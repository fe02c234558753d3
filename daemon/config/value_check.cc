#include "daemon/config/value_check.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <utility>

#include "daemon/config/links.h"
#include "daemon/config/values.h"
#include "detectors/base/names.h"
#include "detectors/base/time.h"

namespace leeway::config {
namespace {

using Outcome = std::optional<Problem>;

Outcome problem(std::string sentence) {
  return Problem{.sentence = std::move(sentence), .column = 0};
}

template <class Number>
std::optional<Number> whole_number(std::string_view text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || rest != end) return std::nullopt;
  return number;
}

std::optional<double> finite_number(std::string_view text) {
  const auto number = whole_number<double>(text);
  return number && std::isfinite(*number) ? number : std::nullopt;
}

/// Comparable with low and high of the key, in whatever unit the type counts.
std::optional<double> magnitude(Type type, std::string_view text) {
  const auto of = [](const auto& result, auto&& amount) -> std::optional<double> {
    if (!result) return std::nullopt;
    return static_cast<double>(amount(*result));
  };
  switch (type) {
    case Type::kInteger:
      return of(whole_number<std::int64_t>(text), [](auto number) { return number; });
    case Type::kNumber:
      return finite_number(text);
    case Type::kDuration:
      return of(parse_duration(text), [](Duration duration) { return duration.count(); });
    case Type::kSize:
      return of(parse_size(text), [](ByteSize size) { return size.bytes; });
    case Type::kRate:
      return of(parse_rate(text),
                [](const Rate& rate) { return rate.count / to_seconds(rate.per); });
    case Type::kHold:
      return of(parse_hold(text), [](const Hold& hold) { return hold.duration.count(); });
    default:
      return std::nullopt;
  }
}

Outcome check_magnitude(const Node& node, const Key& key) {
  const bool number = key.type == Type::kInteger || key.type == Type::kNumber;
  if (number && node.quoted)
    return problem("expected " + expectation(key) + ", got the text \"" + node.text + "\"");
  const auto value = magnitude(key.type, node.text);
  if (!value) return problem("'" + node.text + "' is not " + expectation(key));
  const auto low = magnitude(key.type, key.low);
  const auto high = magnitude(key.type, key.high);
  if ((low && *value < *low) || (high && *value > *high)) {
    return problem(node.text + " is out of range, expected " + std::string(key.low) + " to " +
                   std::string(key.high));
  }
  return std::nullopt;
}

constexpr std::size_t kWordsInMessage = 8;

Outcome check_choice(const Node& node, const Key& key, std::string_view section) {
  if (std::find(key.choices.begin(), key.choices.end(), node.text) != key.choices.end())
    return std::nullopt;
  const std::string place = std::string(section) + "." + std::string(key.name);
  if (is_planned(place, node.text)) return problem(not_available(node.text));
  const std::string near = suggestion(node.text, {key.choices.begin(), key.choices.end()});
  // A long list hides the name that was meant.
  const bool is_long = key.choices.size() > kWordsInMessage && !near.empty();
  return problem("'" + node.text + "' is not " + (is_long ? "known here" : expectation(key)) +
                 near);
}

/// "s3" of "s3://bucket/key"; nothing for a path.
std::string_view scheme_of(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon < 2) return {};
  const std::string_view scheme = text.substr(0, colon);
  const bool letters = std::all_of(scheme.begin(), scheme.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-';
  });
  const bool known = is_planned("path", scheme);
  return letters && (known || text.substr(colon).starts_with("://")) ? scheme : std::string_view{};
}

Outcome check_path(Node& node, const Sources& sources) {
  if (node.text.empty()) return problem("expected a path, got an empty text");
  if (const auto scheme = scheme_of(node.text); !scheme.empty()) {
    if (is_planned("path", scheme))
      return problem(not_available(std::string(scheme) + ":") + "; give a path");
    return problem("'" + node.text + "' is not a path");
  }
  const auto folder = std::filesystem::path(sources.folder(node.place.file));
  node.text = (folder / node.text).lexically_normal().string();
  return std::nullopt;
}

Outcome ask(const Checkers::Check& check, std::string_view text) {
  return check ? check(text) : std::nullopt;
}

Outcome check_rule(const Node& node, const Key& key, const Checkers& checkers) {
  if (std::find(key.choices.begin(), key.choices.end(), node.text) != key.choices.end())
    return std::nullopt;
  if (node.text.empty()) return problem("expected a condition, got an empty text");
  return ask(checkers.rule, node.text);
}

Outcome check_name(const Node& node) {
  if (is_plain_name(node.text)) return std::nullopt;
  return problem(
      "'" + node.text +
      "' is not a name: letters, digits, '.', '_' and '-', at most 128, a letter or digit first");
}

/// "$$" becomes a dollar; a reference has no business here.
Outcome resolve_dollars(std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '$' && i + 1 < text.size() && text[i + 1] == '{') {
      const std::string reference = text.substr(i, text.find('}', i) - i + 1);
      if (reference.starts_with("${each."))
        return problem("'" + reference + "' needs a 'for_each' in the model");
      return problem("'" + reference +
                     "' can only stand where a secret is expected; write '$$' for a dollar");
    }
    if (text[i] == '$' && i + 1 < text.size() && text[i + 1] == '$') ++i;
    out += text[i];
  }
  text = std::move(out);
  return std::nullopt;
}

/// For texts that may hold secrets: the sentence names no literal part.
Outcome check_secret(const Node& node, const Key& key, Sources& sources) {
  const auto secret = Secret::parse(node.text, sources.folder(node.place.file));
  const bool literal = !node.text.starts_with("${") || (secret && !secret->is_reference());
  if (key.type == Type::kSecret && literal) {
    sources.hide(node.place);
    return problem(
        "a secret is not written here but referred to: ${credential:NAME}, ${file:PATH} or "
        "${env:NAME}");
  }
  if (!secret) {
    if (literal) sources.hide(node.place);
    return problem(literal ? "the reference to a secret is none of ${credential:NAME}, "
                             "${file:PATH} and ${env:NAME}"
                           : secret.error().message);
  }
  if (key.type != Type::kHiddenLink) return std::nullopt;
  const auto wrong = check_link(*secret);
  if (!wrong) return std::nullopt;
  if (node.text.find('@') != std::string::npos) sources.hide(node.place);
  return problem(*wrong);
}

Outcome check_type(Node& node, const Key& key, std::string_view section, const Checkers& checkers,
                   const Sources& sources) {
  switch (key.type) {
    case Type::kName:
      return check_name(node);
    case Type::kChoice:
      return check_choice(node, key, section);
    case Type::kBoolean:
      if (!node.quoted && (node.text == "true" || node.text == "false")) return std::nullopt;
      return problem("'" + node.text + "' is not " + expectation(key));
    case Type::kInteger:
    case Type::kNumber:
    case Type::kDuration:
    case Type::kSize:
    case Type::kRate:
    case Type::kHold:
      return check_magnitude(node, key);
    case Type::kTime:
      if (auto time = parse_time(node.text); !time) return problem(std::move(time.error().message));
      return std::nullopt;
    case Type::kEndpoint:
      if (auto endpoint = parse_endpoint(node.text); !endpoint)
        return problem(std::move(endpoint.error().message));
      return std::nullopt;
    case Type::kLink:
      if (auto wrong = check_link(node.text)) return problem(std::move(*wrong));
      return std::nullopt;
    case Type::kPath:
      return check_path(node, sources);
    case Type::kRule:
      return check_rule(node, key, checkers);
    case Type::kCron:
      return ask(checkers.cron, node.text);
    case Type::kTimeZone:
      return ask(checkers.time_zone, node.text);
    case Type::kPattern:
      return ask(checkers.pattern, node.text);
    default:
      return std::nullopt;
  }
}

bool may_hold_secrets(Type type) {
  return type == Type::kSecret || type == Type::kHidden || type == Type::kHiddenLink;
}

std::string listed(Words words) {
  std::string out;
  for (const auto word : words) out += (out.empty() ? "" : ", ") + std::string(word);
  return out;
}

}  // namespace

std::optional<Problem> check_value(Node& node, const Key& key, std::string_view section,
                                   const Checkers& checkers, Sources& sources) {
  if (may_hold_secrets(key.type)) return check_secret(node, key, sources);
  if (auto wrong = resolve_dollars(node.text)) return wrong;
  return check_type(node, key, section, checkers, sources);
}

std::string expectation(const Key& key) {
  switch (key.type) {
    case Type::kText:
      return "a text";
    case Type::kName:
      return "a name";
    case Type::kChoice:
      return "one of " + listed(key.choices);
    case Type::kBoolean:
      return "true or false";
    case Type::kInteger:
      return "a whole number";
    case Type::kNumber:
      return "a number";
    case Type::kDuration:
      return "a duration like 90s, 1h30m or 7d";
    case Type::kSize:
      return "a size like 64MiB or 10GiB";
    case Type::kRate:
      return "a rate like '1 per month' (hour, day, week, month, year)";
    case Type::kHold:
      return "a number of windows like '2 windows' or a duration like 10m";
    case Type::kTime:
      return "a time like 2026-12-01 or 2026-12-01T06:00:00Z";
    case Type::kEndpoint:
      return "an address like 127.0.0.1:9960";
    case Type::kLink:
      return "an address like https://host/path";
    case Type::kPath:
      return "a path";
    case Type::kSecret:
      return "a reference like ${credential:NAME}";
    case Type::kHidden:
      return "a text";
    case Type::kHiddenLink:
      return "an address like https://host/path";
    case Type::kRule:
      return "a condition like 'drift.share >= 0.3'";
    case Type::kCron:
      return "a cron line like '0 3 * * 0'";
    case Type::kTimeZone:
      return "a time zone like 'Europe/Berlin'";
    case Type::kPattern:
      return "a regular expression like '^[0-9]{5}$'";
    case Type::kForEach:
      return "a list of rows or { file: CSV }";
    case Type::kSection:
      return "a section";
  }
  return "a value";
}

std::string suggestion(std::string_view word, const std::vector<std::string_view>& candidates) {
  const auto nearest = nearest_name(word, candidates);
  return nearest ? "; did you mean '" + *nearest + "'?" : "";
}

bool is_plain_name(std::string_view text) {
  const auto is_alphanumeric = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return !text.empty() && text.size() <= 128 && is_alphanumeric(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
         });
}

std::string not_available(std::string_view word) {
  return "'" + std::string(word) + "' is not available in this version of Leeway";
}

}  // namespace leeway::config
