#include "daemon/config/layers.h"

#include <algorithm>
#include <utility>

namespace leeway::config {
namespace {

void normalize_one(Node& node, const Key& key) {
  if (key.section != nullptr) normalize(node, *key.section);
}

void normalize_value(Node& node, const Key& key) {
  if (key.shape == Shape::kOne) return normalize_one(node, key);
  if (key.shape == Shape::kNamed) {
    for (Entry& entry : node.entries) normalize_one(entry.value, key);
    return;
  }
  if (node.is_scalar() && key.section == nullptr) {
    Node list = Node::list(node.place);
    list.items.push_back(std::move(node));
    node = std::move(list);
  }
  for (Node& item : node.items) normalize_one(item, key);
}

bool is_named(const Node& item, std::string_view key, const Node& name) {
  const Node* own = item.find(key);
  return own != nullptr && own->is_scalar() && own->text == name.text;
}

Node merge_items(Node lower, Node upper, const Key& key) {
  for (Node& item : upper.items) {
    const Node* name = item.find(key.merge_by);
    const auto same =
        name == nullptr
            ? lower.items.end()
            : std::find_if(lower.items.begin(), lower.items.end(),
                           [&](const Node& other) { return is_named(other, key.merge_by, *name); });
    if (same == lower.items.end()) {
      lower.items.push_back(std::move(item));
    } else {
      *same = merge(std::move(*same), std::move(item), *key.section);
    }
  }
  lower.place = upper.place;
  return lower;
}

Node merge_value(Node lower, Node upper, const Key& key);

Node merge_named(Node lower, Node upper, const Key& key) {
  Key one = key;
  one.shape = Shape::kOne;
  for (Entry& entry : upper.entries) {
    Node below = lower.take(entry.key);
    if (!entry.value.is_null()) {
      lower.entries.push_back({std::move(entry.key), entry.place,
                               merge_value(std::move(below), std::move(entry.value), one)});
    }
  }
  lower.place = upper.place;
  return lower;
}

Node merge_value(Node lower, Node upper, const Key& key) {
  if (lower.is_list() && upper.is_list() && !key.merge_by.empty()) {
    return merge_items(std::move(lower), std::move(upper), key);
  }
  if (upper.is_map() && key.shape == Shape::kNamed) {
    return merge_named(lower.is_map() ? std::move(lower) : Node::map(upper.place), std::move(upper),
                       key);
  }
  if (upper.is_map() && key.section != nullptr && key.shape == Shape::kOne) {
    return merge(lower.is_map() ? std::move(lower) : Node::map(upper.place), std::move(upper),
                 *key.section);
  }
  return upper;
}

/// Choosing one alternative takes back the one that was inherited.
void drop_other_alternatives(Node& lower, const Node& upper, const Section& section) {
  const auto chosen =
      std::find_if(upper.entries.begin(), upper.entries.end(), [&section](const Entry& entry) {
        const Key* key = section.find(entry.key);
        return key != nullptr && key->alternative && !entry.value.is_null();
      });
  if (chosen == upper.entries.end()) return;
  for (const Key& key : section.keys) {
    if (key.alternative && key.name != chosen->key) lower.take(key.name);
  }
}

}  // namespace

void normalize(Node& node, const Section& section) {
  if (!section.short_form.empty() && (node.is_scalar() || node.is_list())) {
    const Place place = node.place;
    Node whole = Node::map(place);
    whole.entries.push_back({std::string(section.short_form), place, std::move(node)});
    node = std::move(whole);
  }
  for (Entry& entry : node.entries) {
    if (const Key* key = section.find(entry.key)) normalize_value(entry.value, *key);
  }
}

Node merge(Node lower, Node upper, const Section& section) {
  if (!lower.is_map() || !upper.is_map()) return upper;
  drop_other_alternatives(lower, upper, section);
  for (Entry& entry : upper.entries) {
    const Key* key = section.find(entry.key);
    Node below = lower.take(entry.key);
    if (entry.value.is_null()) continue;
    Node merged = key == nullptr ? std::move(entry.value)
                                 : merge_value(std::move(below), std::move(entry.value), *key);
    lower.entries.push_back({std::move(entry.key), entry.place, std::move(merged)});
  }
  lower.place = upper.place;
  return lower;
}

void prune(Node& node) {
  std::erase_if(node.entries, [](const Entry& entry) { return entry.value.is_null(); });
  for (Entry& entry : node.entries) prune(entry.value);
  for (Node& item : node.items) prune(item);
}

}  // namespace leeway::config
