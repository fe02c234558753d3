#include "tests/daemon/config/json_schema.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <regex>
#include <set>
#include <string_view>

namespace leeway::config::testing {
namespace {

namespace json = boost::json;

std::string_view view(json::string_view text) { return {text.data(), text.size()}; }

bool is_of(const json::value& value, std::string_view type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_bool();
  if (type == "null") return value.is_null();
  if (type == "integer") return value.is_int64();
  return type == "number" && (value.is_int64() || value.is_double());
}

double as_number(const json::value& value) { return value.to_number<double>(); }

class Validator {
 public:
  explicit Validator(const json::object& root) : root_(root) {}

  std::vector<std::string> take() { return std::move(violations_); }

  void check(const json::object& schema, const json::value& value, const std::string& path) {
    for (const auto& [key, rule] : schema) keyword(view(key), rule, schema, value, path);
  }

 private:
  void refuse(const std::string& path, std::string_view keyword) {
    violations_.push_back(path + ": " + std::string(keyword));
  }

  bool accepts(const json::object& schema, const json::value& value) {
    Validator inner(root_);
    inner.check(schema, value, {});
    return inner.violations_.empty();
  }

  static bool matches_type(const json::value& rule, const json::value& value) {
    if (rule.is_string()) return is_of(value, view(rule.as_string()));
    return std::any_of(
        rule.as_array().begin(), rule.as_array().end(),
        [&](const json::value& type) { return is_of(value, view(type.as_string())); });
  }

  /// The keywords that look at the value alone.
  bool holds(std::string_view key, const json::value& rule, const json::value& value) {
    if (key == "type") return matches_type(rule, value);
    if (key == "enum")
      return std::find(rule.as_array().begin(), rule.as_array().end(), value) !=
             rule.as_array().end();
    if (key == "const") return rule == value;
    if (key == "minimum") return !is_of(value, "number") || as_number(value) >= as_number(rule);
    if (key == "maximum") return !is_of(value, "number") || as_number(value) <= as_number(rule);
    if (key == "minItems") return !value.is_array() || value.as_array().size() >= rule.to_number<std::size_t>();
    if (key == "pattern") {
      return !value.is_string() ||
             std::regex_search(value.as_string().c_str(),
                               std::regex(rule.as_string().c_str(), std::regex::ECMAScript));
    }
    if (key == "required") {
      return !value.is_object() ||
             std::all_of(rule.as_array().begin(), rule.as_array().end(),
                         [&](const json::value& name) {
                           return value.as_object().contains(name.as_string());
                         });
    }
    return key == "description" || key == "default" || key == "$schema" || key == "$defs" ||
           key == "title";
  }

  void keyword(std::string_view key, const json::value& rule, const json::object& schema,
               const json::value& value, const std::string& path) {
    if (key == "$ref") {
      check(root_.at("$defs").as_object().at(rule.as_string().subview(8)).as_object(), value, path);
    } else if (key == "anyOf") {
      const auto& all = rule.as_array();
      const bool any = std::any_of(
          all.begin(), all.end(), [&](const auto& one) { return accepts(one.as_object(), value); });
      if (!any) refuse(path, key);
    } else if (key == "items") {
      if (value.is_array()) {
        for (const auto& item : value.as_array()) check(rule.as_object(), item, path + "[]");
      }
    } else if (key == "properties" || key == "additionalProperties" || key == "propertyNames") {
      if (value.is_object()) members(key, rule, schema, value.as_object(), path);
    } else if (!holds(key, rule, value)) {
      refuse(path, key);
    }
  }

  void members(std::string_view key, const json::value& rule, const json::object& schema,
               const json::object& object, const std::string& path) {
    const json::value* known = schema.if_contains("properties");
    for (const auto& [name, member] : object) {
      const std::string inner = path + "." + std::string(view(name));
      const json::value* own = known == nullptr ? nullptr : known->as_object().if_contains(name);
      if (key == "propertyNames") {
        check(rule.as_object(), json::value(name), inner);
      } else if (key == "properties") {
        if (own != nullptr) check(own->as_object(), member, inner);
      } else if (own == nullptr && rule.is_bool()) {
        refuse(inner, key);
      } else if (own == nullptr) {
        check(rule.as_object(), member, inner);
      }
    }
  }

  const json::object& root_;
  std::vector<std::string> violations_;
};

json::value convert(const YAML::Node& node) {
  if (node.IsNull()) return nullptr;
  if (node.IsSequence()) {
    json::array items;
    for (const auto& item : node) items.push_back(convert(item));
    return items;
  }
  if (node.IsMap()) {
    json::object members;
    for (const auto& member : node) members[member.first.Scalar()] = convert(member.second);
    return members;
  }
  const std::string& text = node.Scalar();
  if (node.Tag() != "?") return json::value(text);
  if (text == "true" || text == "false") return text == "true";
  static const std::regex kInteger("-?[0-9]+");
  static const std::regex kNumber("-?[0-9]+\\.[0-9]+");
  if (std::regex_match(text, kInteger)) return std::stoll(text);
  if (std::regex_match(text, kNumber)) return std::stod(text);
  return json::value(text);
}

}  // namespace

std::vector<std::string> violations(const json::object& schema, const json::value& instance) {
  Validator validator(schema);
  validator.check(schema, instance, {});
  return validator.take();
}

json::value yaml_as_json(const std::string& text) { return convert(YAML::Load(text)); }

}  // namespace leeway::config::testing
