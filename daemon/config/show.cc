#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/config/diagnostics.h"
#include "daemon/config/document.h"
#include "daemon/config/keys.h"
#include "daemon/config/load.h"
#include "daemon/config/value_check.h"

namespace leeway::config {
namespace {

namespace json = boost::json;

constexpr std::size_t kCommentColumn = 48;

/// The entries of a section in the order of its description; user's own names in theirs.
std::vector<const Entry*> in_order(const Node& node, const Section* section) {
  std::vector<const Entry*> entries;
  for (const Entry& entry : node.entries) entries.push_back(&entry);
  if (section == nullptr) return entries;
  // The description and the tree are arrays, so addresses are their orders.
  const auto rank = [section](const Entry* entry) {
    return std::pair(section->find(entry->key), entry);
  };
  std::sort(entries.begin(), entries.end(),
            [&](const Entry* a, const Entry* b) { return rank(a) < rank(b); });
  return entries;
}

std::string origin(const Node& node, const Sources& sources) {
  if (!node.place.written()) return "default";
  return sources.path(node.place.file) + ":" + std::to_string(node.place.line);
}

/// As YAML would have to be written to read it back.
std::string scalar_text(const Node& node) {
  constexpr std::string_view kSpecial = ":#,[]{}&*!|>'\"%@`\\";
  const bool plain =
      !node.quoted && !node.text.empty() && node.text.front() != ' ' && node.text.back() != ' ' &&
      node.text.find_first_of("\n\t") == std::string::npos &&
      (node.text.find_first_of(kSpecial) == std::string::npos ||
       (kSpecial.find(node.text.front()) == std::string_view::npos &&
        node.text.find(": ") == std::string::npos && node.text.find(" #") == std::string::npos &&
        node.text.find_first_of(",[]{}") == std::string::npos));
  const bool reference = node.text.starts_with("${");
  return plain || reference ? node.text : json::serialize(json::value(node.text));
}

bool is_flat(const Node& list) {
  return std::all_of(list.items.begin(), list.items.end(),
                     [](const Node& item) { return item.is_scalar(); });
}

class TextWriter {
 public:
  explicit TextWriter(const Sources& sources) : sources_(sources) {}

  std::string take() { return std::move(out_); }

  /// @param lead  what stands in front of the first key: blanks, or blanks and "- "
  void section(const Node& node, const Section* section, std::string lead) {
    const std::string indent(lead.size(), ' ');
    for (const Entry* entry : in_order(node, section)) {
      const Key* key = section == nullptr ? nullptr : section->find(entry->key);
      value(lead + quoted_key(entry->key) + ":", entry->value, key, indent);
      lead = indent;
    }
  }

 private:
  static std::string quoted_key(const std::string& key) { return scalar_text(Node::scalar(key)); }

  void value(const std::string& start, const Node& node, const Key* key,
             const std::string& indent) {
    const Section* inner = key == nullptr ? nullptr : key->section;
    if (node.is_scalar()) return line(start + " " + scalar_text(node), node);
    if (node.is_map() ? node.entries.empty() : is_flat(node))
      return line(start + " " + flow(node), node);
    out_ += start + "\n";
    if (node.is_map()) {
      if (key != nullptr && key->shape == Shape::kNamed) {
        named(node, *key, indent + "  ");
      } else {
        section(node, inner, indent + "  ");
      }
      return;
    }
    for (const Node& item : node.items) section(item, inner, indent + "  - ");
  }

  void named(const Node& node, const Key& key, const std::string& indent) {
    Key one = key;
    one.shape = Shape::kOne;
    for (const Entry& entry : node.entries)
      value(indent + quoted_key(entry.key) + ":", entry.value, &one, indent);
  }

  static std::string flow(const Node& node) {
    if (node.is_map()) return "{}";
    std::string out = "[";
    for (const Node& item : node.items) out += (out.size() > 1 ? ", " : "") + scalar_text(item);
    return out + "]";
  }

  void line(const std::string& text, const Node& node) {
    out_ += text;
    out_.append(text.size() < kCommentColumn ? kCommentColumn - text.size() : 2, ' ');
    out_ += "# " + origin(node, sources_) + "\n";
  }

  const Sources& sources_;
  std::string out_;
};

json::value typed(const Node& node, Type type) {
  const char* end = node.text.data() + node.text.size();
  if (type == Type::kBoolean) return node.text == "true";
  if (type == Type::kInteger) {
    std::int64_t number = 0;
    std::from_chars(node.text.data(), end, number);
    return number;
  }
  if (type == Type::kNumber) {
    double number = 0.0;
    std::from_chars(node.text.data(), end, number);
    return number;
  }
  return json::value(node.text);
}

/// Every value with its path: {"path": "window.size", "value": "1d", "from": "leeway.yaml:12"}.
class JsonWriter {
 public:
  explicit JsonWriter(const Sources& sources) : sources_(sources) {}

  json::array take() { return std::move(values_); }

  void section(const Node& node, const Section* section, const std::string& path) {
    for (const Entry* entry : in_order(node, section)) {
      const Key* key = section == nullptr ? nullptr : section->find(entry->key);
      value(entry->value, key, join(path, entry->key));
    }
  }

 private:
  void value(const Node& node, const Key* key, const std::string& path) {
    const Type type = key == nullptr ? Type::kText : key->type;
    if (node.is_scalar()) {
      add(path, typed(node, type), node);
    } else if (node.is_list() && is_flat(node)) {
      json::array items;
      for (const Node& item : node.items) items.push_back(typed(item, type));
      add(path, std::move(items), node);
    } else if (node.is_list()) {
      for (std::size_t i = 0; i < node.items.size(); ++i)
        section(node.items[i], key->section, join(path, i));
    } else if (key != nullptr && key->shape == Shape::kNamed) {
      Key one = *key;
      one.shape = Shape::kOne;
      for (const Entry& entry : node.entries) value(entry.value, &one, join(path, entry.key));
    } else {
      section(node, key == nullptr ? nullptr : key->section, path);
    }
  }

  void add(const std::string& path, json::value value, const Node& node) {
    values_.push_back(json::object{
        {"path", path}, {"value", std::move(value)}, {"from", origin(node, sources_)}});
  }

  const Sources& sources_;
  json::array values_;
};

}  // namespace

Result<const Model*> find_model(const Config& config, std::string_view name) {
  std::vector<const Model*> found;
  std::vector<std::string_view> names;
  for (const Model& model : config.models) {
    names.push_back(model.name);
    if (model.name == name || model.key() == name) found.push_back(&model);
  }
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    return fail(ErrorCode::kNotFound,
                "no model is called '" + std::string(name) + "'" + suggestion(name, names));
  }
  std::string keys;
  for (const Model* const model : found) keys += (keys.empty() ? "'" : ", '") + model->key() + "'";
  return fail(ErrorCode::kInvalidArgument, "'" + std::string(name) + "' is ambiguous: " + keys);
}

Result<std::string> Document::show(std::string_view model, Format format) const {
  const Node* node = &tree_->root;
  const Section* section = &kRoot;
  std::string key;
  if (!model.empty()) {
    const auto found = find_model(*config_, model);
    if (!found) return fail(found.error());
    node = &tree_->models[static_cast<std::size_t>(*found - config_->models.data())];
    section = &kModel;
    key = (*found)->key();
  }
  if (format == Format::kText) {
    TextWriter writer(tree_->sources);
    writer.section(*node, section, {});
    return writer.take();
  }
  JsonWriter writer(tree_->sources);
  writer.section(*node, section, {});
  json::object out;
  if (!key.empty()) out["model"] = key;
  out["values"] = writer.take();
  return json::serialize(out) + "\n";
}

}  // namespace leeway::config
