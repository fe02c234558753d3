#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/config/node.h"
#include "daemon/config/values.h"
#include "detectors/base/result.h"
#include "detectors/base/time.h"

/// Typed access to a tree that was checked and completed. Each reader asserts instead of failing.
namespace leeway::config::read {

inline const Node& section(const Node& node, std::string_view key) {
  const Node* found = node.find(key);
  LEEWAY_ASSERT(found != nullptr, "the tree was completed");
  return *found;
}

inline const std::string& text(const Node& node, std::string_view key) {
  const Node& found = section(node, key);
  LEEWAY_ASSERT(found.is_scalar(), "the types were checked");
  return found.text;
}

inline std::optional<std::string> maybe_text(const Node& node, std::string_view key) {
  const Node* found = node.find(key);
  return found == nullptr ? std::nullopt : std::optional(found->text);
}

/// @param parse  one of parse_duration, parse_size, ...
template <class Parse>
auto parsed(Parse&& parse, std::string_view text) {
  auto value = parse(text);
  LEEWAY_ASSERT(value, "the values were checked");
  return *std::move(value);
}

inline Duration duration(const Node& node, std::string_view key) {
  return parsed(parse_duration, text(node, key));
}

inline Rate rate(const Node& node, std::string_view key) {
  return parsed(parse_rate, text(node, key));
}

template <class Number>
Number number_of(std::string_view text) {
  Number number{};
  const auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  LEEWAY_ASSERT(problem == std::errc{}, "the values were checked");
  return number;
}

template <class Number>
Number number(const Node& node, std::string_view key) {
  return number_of<Number>(text(node, key));
}

inline std::vector<std::string> texts_of(const Node& list) {
  std::vector<std::string> texts;
  for (const Node& item : list.items) texts.push_back(item.text);
  return texts;
}

inline std::vector<std::string> texts(const Node& node, std::string_view key) {
  const Node* found = node.find(key);
  return found == nullptr ? std::vector<std::string>{} : texts_of(*found);
}

}  // namespace leeway::config::read
