#include "daemon/config/key_text.h"

namespace leeway::config {
namespace {

std::string one_type(const Key& key) {
  switch (key.type) {
    case Type::kText:
      return "text";
    case Type::kName:
      return "name";
    case Type::kBoolean:
      return "`true`, `false`";
    case Type::kInteger:
      return "whole number";
    case Type::kNumber:
      return "number";
    case Type::kDuration:
      return "duration";
    case Type::kSize:
      return "size";
    case Type::kRate:
      return "rate";
    case Type::kHold:
      return "`N windows` or duration";
    case Type::kTime:
      return "time";
    case Type::kEndpoint:
      return "address and port";
    case Type::kLink:
      return "http(s) address";
    case Type::kPath:
      return "path";
    case Type::kSecret:
      return "secret reference";
    case Type::kHidden:
      return "text, with secret references";
    case Type::kHiddenLink:
      return "http(s) address, with secret references";
    case Type::kRule:
      return "condition";
    case Type::kCron:
      return "cron line";
    case Type::kTimeZone:
      return "time zone";
    case Type::kPattern:
      return "regular expression";
    case Type::kForEach:
      return "rows, or `{ file: CSV }`";
    case Type::kSection:
    case Type::kChoice:
      break;
  }
  std::string out;
  if (key.type == Type::kSection) return "section";
  for (const auto choice : key.choices) out += (out.empty() ? "" : ", ") + code(choice);
  return out;
}

}  // namespace

std::string code(std::string_view text) { return "`" + std::string(text) + "`"; }

std::string type_text(const Key& key) {
  std::string text = one_type(key);
  if (key.shape == Shape::kList) text = "list: " + text;
  if (key.shape == Shape::kNamed) text = "by name: " + text;
  if (!key.word.empty()) text = code(key.word) + " or " + text;
  return text;
}

std::string default_text(const Key& key) {
  if (key.required) return "*required*";
  if (!key.derived.empty()) return std::string(key.derived);
  if (key.fallback.empty() || key.fallback == "{}") return "";
  return code(key.fallback);
}

std::string range_text(const Key& key) {
  if (key.low.empty()) return "";
  return std::string(key.low) + " to " + std::string(key.high);
}

}  // namespace leeway::config
