#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "daemon/config/keys.h"
#include "daemon/config/load.h"
#include "daemon/config/yaml.h"

namespace leeway::config {
namespace {

namespace json = boost::json;

json::string_view view(std::string_view text) { return {text.data(), text.size()}; }

json::array words(Words choices) {
  json::array out;
  for (const auto choice : choices) out.push_back(json::value(view(choice)));
  return out;
}

/// Whole numbers without a fraction, which reads better.
json::value number(std::string_view text) {
  const char* end = text.data() + text.size();
  std::int64_t whole = 0;
  if (std::from_chars(text.data(), end, whole).ptr == end) return whole;
  double value = 0.0;
  std::from_chars(text.data(), end, value);
  return value;
}

bool is_number(std::string_view text) {
  double value = 0.0;
  const auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  return problem == std::errc{} && rest == text.data() + text.size();
}

json::object pattern(std::string_view text) {
  return {{"type", "string"}, {"pattern", view(text)}};
}

json::object numeric(const Key& key, std::string_view type) {
  return {{"type", view(type)}, {"minimum", number(key.low)}, {"maximum", number(key.high)}};
}

/// Whether "${each.KEY}" fits without an alternative of its own.
bool takes_any_text(Type type) {
  switch (type) {
    case Type::kText:
    case Type::kEndpoint:
    case Type::kPath:
    case Type::kHidden:
    case Type::kRule:
    case Type::kCron:
    case Type::kTimeZone:
    case Type::kPattern:
      return true;
    default:
      return false;
  }
}

/// One value, apart from lists and placeholders.
json::object scalar(const Key& key) {
  switch (key.type) {
    case Type::kBoolean:
      return {{"type", "boolean"}};
    case Type::kInteger:
      return numeric(key, "integer");
    case Type::kNumber:
      return numeric(key, "number");
    case Type::kChoice:
      return {{"enum", words(key.choices)}};
    case Type::kName:
      return pattern(R"(^([A-Za-z0-9][A-Za-z0-9._-]{0,127}|.*\$\{each\..*)$)");
    case Type::kDuration:
      return pattern("^(0|([0-9]+(w|d|h|ms|us|m|s))+)$");
    case Type::kSize:
      return pattern("^[0-9]+(B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)$");
    case Type::kRate:
      return pattern("^[0-9.]+ *per +(hour|day|week|month|year)$");
    case Type::kHold:
      return pattern("^([0-9]+ *windows?|0|([0-9]+(w|d|h|ms|us|m|s))+)$");
    case Type::kTime:
      return pattern("^[0-9]{4}-[0-9]{2}-[0-9]{2}");
    case Type::kSecret:
      return pattern(R"(^\$\{(credential|file|env):[^}]+\}$)");
    case Type::kLink:
    case Type::kHiddenLink:
      return pattern(R"(^(https?://|\$\{))");
    default:
      return {{"type", json::array{"string", "number", "boolean"}}};
  }
}

json::object any_of(json::array alternatives) {
  if (alternatives.size() == 1) return std::move(alternatives.front().as_object());
  return {{"anyOf", std::move(alternatives)}};
}

json::value to_json(const Node& node) {
  if (node.is_list()) {
    json::array items;
    for (const Node& item : node.items) items.push_back(to_json(item));
    return items;
  }
  if (node.is_map()) {
    json::object entries;
    for (const Entry& entry : node.entries) entries[entry.key] = to_json(entry.value);
    return entries;
  }
  if (!node.quoted && is_number(node.text)) return number(node.text);
  if (!node.quoted && (node.text == "true" || node.text == "false")) return node.text == "true";
  return json::value(node.text);
}

/// Collects a definition for each section, whole and in part (for `defaults`), once.
class Schema {
 public:
  json::object take() && {
    json::object definitions;
    for (auto& [name, definition] : definitions_) definitions[name] = std::move(definition);
    return definitions;
  }

  json::object reference(const Section& section, bool part) {
    const std::string name =
        (section.name.empty() ? "root" : std::string(section.name)) + (part ? ".part" : "");
    if (const auto [known, is_new] = definitions_.try_emplace(name); is_new) {
      json::object definition = this->section(section, part);
      definitions_[name] = std::move(definition);
    }
    return {{"$ref", "#/$defs/" + name}};
  }

 private:
  /// A model has something to watch, or takes it over from a named set.
  static json::array watched() {
    json::array ways;
    for (const char* key : {"batches", "endpoint", "compute", "extends"}) {
      ways.push_back(json::object{{"required", json::array{key}}});
    }
    return ways;
  }

  json::object section(const Section& section, bool part) {
    json::object properties;
    json::array required;
    for (const Key& key : section.keys) {
      if (part && key.own) continue;
      properties[view(key.name)] = property(key, part);
      if (key.required && !part) required.push_back(json::value(view(key.name)));
    }
    json::object out{{"type", "object"},
                     {"description", view(section.sentence)},
                     {"properties", std::move(properties)},
                     {"additionalProperties", false}};
    if (!required.empty()) out["required"] = std::move(required);
    if (&section == &kModel && !part) out["anyOf"] = watched();
    return out;
  }

  json::object property(const Key& key, bool part) {
    json::object out = any_of(shaped(key, part || key.partial));
    out["description"] = view(key.sentence);
    if (!key.fallback.empty()) out["default"] = to_json(parse_yaml(key.fallback));
    return out;
  }

  json::array shaped(const Key& key, bool part) {
    json::array out;
    const json::object item = any_of(one(key, part));
    switch (key.shape) {
      case Shape::kOne:
        out = one(key, part);
        break;
      case Shape::kList: {
        json::object list{{"type", "array"}, {"items", item}};
        if (key.nonempty) list["minItems"] = 1;
        out.push_back(std::move(list));
        if (key.section == nullptr) out.push_back(item);
        break;
      }
      case Shape::kNamed: {
        json::object map{{"type", "object"}, {"additionalProperties", item}};
        if (!key.choices.empty() && key.section != nullptr)
          map["propertyNames"] = json::object{{"enum", words(key.choices)}};
        out.push_back(std::move(map));
        break;
      }
    }
    if (!key.word.empty()) out.push_back(json::object{{"const", view(key.word)}});
    if (!key.required) out.push_back(json::object{{"type", "null"}});
    return out;
  }

  json::array one(const Key& key, bool part) {
    if (key.type == Type::kForEach) return for_each();
    if (key.section == nullptr) {
      json::array out = {scalar(key)};
      if (!takes_any_text(key.type)) out.push_back(pattern(R"(\$\{each\.)"));
      return out;
    }
    json::array out = {reference(*key.section, part)};
    if (const Key* short_form = key.section->find(key.section->short_form)) {
      for (auto& alternative : shaped(*short_form, part)) {
        if (alternative != json::value(json::object{{"type", "null"}}))
          out.push_back(std::move(alternative));
      }
    }
    return out;
  }

  static json::array for_each() {
    const json::object value{{"type", json::array{"string", "number", "boolean"}}};
    const json::object row{{"type", "object"}, {"additionalProperties", value}};
    const json::object file{
        {"type", "object"},
        {"properties", json::object{{"file", json::object{{"type", "string"}}}}},
        {"required", json::array{"file"}},
        {"additionalProperties", false}};
    return {json::object{{"type", "array"}, {"items", row}}, file};
  }

  std::map<std::string, json::object> definitions_;
};

}  // namespace

std::string schema() {
  Schema schema;
  json::object root{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                    {"title", "Leeway configuration"}};
  for (const auto& [name, value] : schema.reference(kRoot, false)) root[name] = value;
  root["$defs"] = std::move(schema).take();
  return json::serialize(root) + "\n";
}

}  // namespace leeway::config
