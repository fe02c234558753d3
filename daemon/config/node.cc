#include "daemon/config/node.h"

#include <algorithm>
#include <utility>

namespace leeway::config {

Node* Node::find(std::string_view key) {
  const auto found =
      std::find_if(entries.begin(), entries.end(), [key](const Entry& e) { return e.key == key; });
  return found == entries.end() ? nullptr : &found->value;
}

const Node* Node::find(std::string_view key) const { return const_cast<Node*>(this)->find(key); }

const Node* Node::at(std::string_view path) const {
  const Node* node = this;
  while (node != nullptr && !path.empty()) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    node = node->find(path.substr(0, dot));
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return node;
}

Node& Node::set(std::string_view key, Node value) {
  if (Node* known = find(key)) return *known = std::move(value);
  const Place at = value.place;
  entries.push_back({std::string(key), at, std::move(value)});
  return entries.back().value;
}

Node Node::take(std::string_view key) {
  const auto found =
      std::find_if(entries.begin(), entries.end(), [key](const Entry& e) { return e.key == key; });
  if (found == entries.end()) return {};
  Node value = std::move(found->value);
  entries.erase(found);
  return value;
}

Node Node::scalar(std::string text, Place place) {
  Node node;
  node.kind = Kind::kScalar;
  node.place = place;
  node.text = std::move(text);
  return node;
}

Node Node::list(Place place) {
  Node node;
  node.kind = Kind::kList;
  node.place = place;
  return node;
}

Node Node::map(Place place) {
  Node node;
  node.kind = Kind::kMap;
  node.place = place;
  return node;
}

std::string_view what(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kNull:
      return "nothing";
    case Node::Kind::kScalar:
      return node.quoted ? "a text" : "a value";
    case Node::Kind::kList:
      return "a list";
    case Node::Kind::kMap:
      return "a section";
  }
  return "something";
}

}  // namespace leeway::config
