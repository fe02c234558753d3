#include "tests/tools/vectors/json.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <charconv>
#include <cmath>
#include <limits>

#include "tests/tools/vectors/generate.h"

namespace leeway::vectors {
namespace {

/// Builds a value as Boost.JSON's own parser does, but reads doubles with std::from_chars. The
/// whole text is given at once, so that a number is never handed over in parts; keys and strings
/// may be.
class Handler {
 public:
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

  using Code = json::error_code;

  Handler() { stack_.reset(); }
  json::value release() { return stack_.release(); }

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code&) { return true; }
  bool on_object_end(std::size_t n, Code&) { return stack_.push_object(n), true; }
  bool on_array_begin(Code&) { return true; }
  bool on_array_end(std::size_t n, Code&) { return stack_.push_array(n), true; }
  bool on_key_part(json::string_view text, std::size_t, Code&) {
    return stack_.push_chars(text), true;
  }
  bool on_key(json::string_view text, std::size_t, Code&) { return stack_.push_key(text), true; }
  bool on_string_part(json::string_view text, std::size_t, Code&) {
    return stack_.push_chars(text), true;
  }
  bool on_string(json::string_view text, std::size_t, Code&) {
    return stack_.push_string(text), true;
  }
  bool on_number_part(json::string_view, Code& code) {
    return code = json::error::exception, false;
  }
  bool on_int64(std::int64_t value, json::string_view, Code&) {
    return stack_.push_int64(value), true;
  }
  bool on_uint64(std::uint64_t value, json::string_view, Code&) {
    return stack_.push_uint64(value), true;
  }
  bool on_double(double, json::string_view text, Code&) {
    double exact = 0.0;
    std::from_chars(text.data(), text.data() + text.size(), exact);
    return stack_.push_double(exact), true;
  }
  bool on_bool(bool value, Code&) { return stack_.push_bool(value), true; }
  bool on_null(Code&) { return stack_.push_null(), true; }
  bool on_comment_part(json::string_view, Code&) { return true; }
  bool on_comment(json::string_view, Code&) { return true; }

 private:
  json::value_stack stack_;
};

}  // namespace

Result<json::value> parse_exactly(std::string_view text) {
  json::basic_parser<Handler> parser{json::parse_options{}};
  json::error_code code;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), code);
  const bool blank = text.find_first_not_of(" \n\r\t", read) == std::string_view::npos;
  if (code || !parser.done() || !blank)
    return fail(ErrorCode::kCorrupt, "is not JSON: " + code.message());
  return parser.handler().release();
}

std::optional<double> number(const json::value& value) {
  if (value.is_double()) return value.get_double();
  if (value.is_int64()) return static_cast<double>(value.get_int64());
  if (value.is_uint64()) return static_cast<double>(value.get_uint64());
  if (!value.is_string()) return std::nullopt;
  const std::string_view text(value.get_string());
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  return std::nullopt;
}

json::value to_json(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0.0 ? "Infinity" : "-Infinity";
  return value;
}

json::value to_json(std::optional<double> value) {
  return value ? to_json(*value) : json::value(nullptr);
}

const json::value& member(const json::object& object, std::string_view name) {
  static const json::value kNull;
  const json::value* const found = object.if_contains(name);
  return found != nullptr ? *found : kNull;
}

double number_or(const json::object& params, std::string_view name, double otherwise) {
  return number(member(params, name)).value_or(otherwise);
}

std::string text_or(const json::object& params, std::string_view name, std::string_view otherwise) {
  const json::value& value = member(params, name);
  return std::string(value.is_string() ? std::string_view(value.get_string()) : otherwise);
}

json::array expand(const json::value& input) {
  if (input.is_array()) return input.get_array();
  return input.is_object() ? generate(input.get_object()) : json::array{};
}

std::vector<double> Numbers::sorted() const {
  std::vector<double> sorted;
  std::copy_if(values.begin(), values.end(), std::back_inserter(sorted),
               [](double v) { return !std::isnan(v); });
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

Numbers numbers(const json::value& input) {
  Numbers made;
  for (const json::value& value : expand(input)) {
    if (const auto found = number(value)) {
      made.values.push_back(*found);
    } else {
      ++made.missing;
    }
  }
  return made;
}

Texts texts(const json::value& input) {
  Texts made;
  for (const json::value& value : expand(input)) {
    if (value.is_string()) {
      made.values.emplace_back(value.get_string());
    } else {
      ++made.missing;
    }
  }
  return made;
}

std::vector<std::uint64_t> counts(const json::value& input) {
  std::vector<std::uint64_t> made;
  for (const json::value& value : expand(input)) made.push_back(value.to_number<std::uint64_t>());
  return made;
}

json::array to_array(const std::vector<double>& values) {
  json::array array;
  for (const double value : values) array.push_back(to_json(value));
  return array;
}

}  // namespace leeway::vectors
