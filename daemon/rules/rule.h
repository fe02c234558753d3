#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/rules/expression.h"
#include "detectors/base/time.h"

namespace leeway::rules {

/// The numbers are saved; never reuse one.
enum class Severity { kWarning = 1, kCritical = 2 };

std::string_view to_string(Severity severity);  ///< "warning", "critical"
std::optional<Severity> severity(std::string_view name);

/// How long something must last: a number of closed windows, or clock time.
struct Windows {
  std::uint32_t count = 0;

  bool operator==(const Windows&) const = default;
};
using Span = std::variant<Windows, Duration>;

/// "2 windows", "1 window", "90s".
std::string to_string(const Span& span);

/// A condition with what must come of it. Immutable once it is in a RuleSet.
struct Rule {
  std::string name;
  Expression condition;
  Span hold = Duration{0};         ///< `for`: opens after the condition has held that long
  Span keep_firing = Duration{0};  ///< resolves after it has not held that long
  Severity severity = Severity::kWarning;
  /// Alert targets, and "retraining". Nothing: the routes. Only "retraining": the routes as well,
  /// since somebody should know. An empty list: nobody is told.
  std::optional<std::vector<std::string>> then = {};
  std::string sentence = {};  ///< what it watches, for a person
  bool is_default = false;

  bool operator==(const Rule&) const = default;
};

/// `then:` and `requires:` use this word for the model's retraining.
inline constexpr std::string_view kRetraining = "retraining";

/// A rule as written in a model's `rules:`: one of the user's own, or a change to the rule of that
/// name, which names only what differs.
struct RuleChange {
  std::string name;
  bool enabled = true;
  std::optional<std::string> condition = {};  ///< `if`
  std::optional<Span> hold = {};              ///< `for`
  std::optional<Span> keep_firing = {};
  std::optional<Severity> severity = {};
  std::optional<std::vector<std::string>> then = {};
};

/// A mistake in one key of one rule; the caller knows the file and line of that key.
struct RuleError {
  std::size_t rule = 0;    ///< index into the changes
  std::string key;         ///< "name" or "if"
  std::size_t column = 0;  ///< inside the text of the key, from 1; 0 means the whole of it
  std::string message;
  std::string help;

  bool operator==(const RuleError&) const = default;
};

}  // namespace leeway::rules
