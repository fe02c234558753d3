#include "daemon/rules/check.h"

#include <algorithm>
#include <array>
#include <vector>

#include "detectors/base/names.h"

namespace leeway::rules {
namespace {

std::string joined(const auto& names) {
  std::string text;
  for (const std::string_view name : names) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

std::string in_quotes(std::string_view name) { return "'" + std::string(name) + "'"; }

std::optional<Misfit> check_share(const Test& test, const Path& path) {
  if (!path.judged) {
    return Misfit{
        .message = "share() needs verdicts, which " + in_quotes(path.name) + " has none of",
        .help = "share() is the share of findings that are critical"};
  }
  const auto* number = std::get_if<double>(&test.operand);
  if (number != nullptr && *number >= 0.0 && *number <= 1.0) return std::nullopt;
  return Misfit{.of_operand = true,
                .message = "share() is compared with a number from 0 to 1",
                .help = "30 % is written 0.3"};
}

std::optional<Misfit> check_own(Own own, const Path& path) {
  const bool fits = own == Own::kThreshold ? path.has_threshold() : path.has_benchmark;
  if (fits) return std::nullopt;
  const std::string word = own == Own::kThreshold ? "threshold" : "benchmark";
  return Misfit{.of_operand = true, .message = in_quotes(path.name) + " has no " + word};
}

std::optional<Misfit> check_number(double number, const Path& path) {
  const bool is_whole = number == 0.0 || number == 1.0;
  switch (path.unit) {
    case Unit::kSeconds:
      return Misfit{.of_operand = true,
                    .message = in_quotes(path.name) + " is a time, and a number has no unit",
                    .help = "compare it with a duration such as 90s or 6h"};
    case Unit::kRatio:
      if (number >= 0.0 && number <= 1.0) break;
      return Misfit{.of_operand = true,
                    .message = in_quotes(path.name) + " lies between 0 and 1",
                    .help = "30 % is written 0.3"};
    case Unit::kState:
      if (is_whole || number == 2.0) break;
      return Misfit{.of_operand = true,
                    .message = in_quotes(path.name) + " is 0 (ok), 1 (warning) or 2 (critical)"};
    case Unit::kFlag:
      if (is_whole) break;
      return Misfit{.of_operand = true, .message = in_quotes(path.name) + " is 0 or 1"};
    case Unit::kStatistic:
    case Unit::kCount:
      break;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Misfit> check(const Test& test, const Path& path) {
  if (test.quantifier == Quantifier::kShare) return check_share(test, path);
  if (const auto* own = std::get_if<Own>(&test.operand)) return check_own(*own, path);
  if (const auto* number = std::get_if<double>(&test.operand)) return check_number(*number, path);
  if (path.unit == Unit::kSeconds) return std::nullopt;
  return Misfit{.of_operand = true,
                .message = in_quotes(path.name) + " is no time, and a duration is"};
}

std::optional<Misfit> check_label(std::string_view label, const Test& test, const Path& path) {
  if (std::ranges::find(path.labels, label) == path.labels.end()) {
    const std::string message = in_quotes(path.name) + " has no label " + in_quotes(label);
    if (path.labels.empty()) return Misfit{.message = message, .help = "it has no labels at all"};
    if (const auto nearest = nearest_name(label, path.labels)) {
      return Misfit{.message = message, .help = "did you mean '" + *nearest + "'?"};
    }
    return Misfit{.message = message, .help = "it has " + joined(path.labels)};
  }
  if (std::ranges::find(test.selector, label, &Match::label) == test.selector.end()) {
    return std::nullopt;
  }
  return Misfit{.message = "label " + in_quotes(label) + " is named twice"};
}

std::string help_for_path(std::string_view name) {
  constexpr std::array<std::string_view, 4> kKeywords{"and", "or", "not", "share"};
  for (const std::string_view word : kKeywords) {
    const bool same =
        std::ranges::equal(name, word, [](char a, char b) { return a == b || a - 'A' == b - 'a'; });
    if (same) return "keywords are in small letters, and a test begins with a name";
  }
  const auto names = path_names();
  if (const auto nearest = nearest_name(name, names)) return "did you mean '" + *nearest + "'?";
  std::vector<std::string_view> alike;
  const std::string_view room = name.substr(0, name.find('.'));
  for (const std::string_view candidate : names) {
    if (candidate.substr(0, candidate.find('.')) == room) alike.push_back(candidate);
  }
  return "there are " + joined(alike.empty() ? names : alike);
}

std::string help_for_operand(std::string_view text, const Path& path) {
  if (text.ends_with('%')) return "30 % is written 0.3";
  if (path.unit == Unit::kState) return "a state is 0 (ok), 1 (warning) or 2 (critical)";
  constexpr std::array<std::string_view, 2> kWords{"benchmark", "threshold"};
  if (const auto nearest = nearest_name(text, kWords)) return "did you mean '" + *nearest + "'?";
  return {};
}

}  // namespace leeway::rules
