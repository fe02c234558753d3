#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/config/sources.h"

namespace leeway::config {

struct Entry;

/// A value as written, before anybody asks what it means. It keeps its place through every merge,
/// so that messages and `config show` can say where it came from.
struct Node {
  enum class Kind { kNull, kScalar, kList, kMap };

  Kind kind = Kind::kNull;
  Place place;
  std::string text;     ///< of a scalar
  bool quoted = false;  ///< tells the text "1" from the number 1
  std::vector<Node> items;
  std::vector<Entry> entries;  ///< in the order written; no key twice

  bool is_null() const { return kind == Kind::kNull; }
  bool is_scalar() const { return kind == Kind::kScalar; }
  bool is_list() const { return kind == Kind::kList; }
  bool is_map() const { return kind == Kind::kMap; }

  Node* find(std::string_view key);
  const Node* find(std::string_view key) const;
  /// Through maps: "window.size"; null as soon as a key is missing.
  const Node* at(std::string_view path) const;
  Node& set(std::string_view key, Node value);  ///< adds or replaces
  Node take(std::string_view key);              ///< removes; a null node if there is none

  static Node scalar(std::string text, Place place = {});
  static Node list(Place place = {});
  static Node map(Place place = {});
};

struct Entry {
  std::string key;
  Place place;  ///< of the key
  Node value;
};

/// "a list", "a section", "a text", ...: how a message calls what it found.
std::string_view what(const Node& node);

}  // namespace leeway::config
