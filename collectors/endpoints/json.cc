#include "collectors/endpoints/json.h"

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/stream_parser.hpp>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

namespace leeway::endpoints {
namespace {

constexpr std::size_t kMaxDepth = 64;

struct BareToken {
  std::string_view written;
  std::string_view escaped;  ///< as a JSON string that no server sends
  std::string_view parsed;
  double number;
};

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::array<BareToken, 3> kBareTokens{{
    {"NaN", R"("\u0001NaN")", "\x01NaN", std::numeric_limits<double>::quiet_NaN()},
    {"-Infinity", R"("\u0001-Infinity")", "\x01-Infinity", -kInfinity},
    {"Infinity", R"("\u0001Infinity")", "\x01Infinity", kInfinity},
}};

const BareToken* token_at(std::string_view text) {
  for (const auto& token : kBareTokens) {
    if (text.starts_with(token.written)) return &token;
  }
  return nullptr;
}

const BareToken* token_of(std::string_view parsed) {
  if (!parsed.starts_with('\x01')) return nullptr;
  for (const auto& token : kBareTokens) {
    if (parsed == token.parsed) return &token;
  }
  return nullptr;
}

bool may_have_bare_tokens(std::string_view text) {
  return text.find("NaN") != std::string_view::npos ||
         text.find("Infinity") != std::string_view::npos;
}

/// The text with its bare tokens, those outside of strings, quoted.
std::string quote_bare_tokens(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 64);
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string && c == '\\' && i + 1 < text.size()) {
      out += c;
      out += text[++i];
      continue;
    }
    if (c == '"') in_string = !in_string;
    const auto* token = in_string || c == '"' ? nullptr : token_at(text.substr(i));
    if (token == nullptr) {
      out += c;
      continue;
    }
    out += token->escaped;
    i += token->written.size() - 1;
  }
  return out;
}

/// The scalars of nested lists, in their order.
Result<> flatten(const json::value& value, std::vector<Value>& into) {
  if (const auto* list = value.if_array()) {
    for (const auto& one : *list) {
      if (auto done = flatten(one, into); !done) return done;
    }
    return {};
  }
  auto cell = to_value(value);
  if (!cell) return fail(std::move(cell.error()));
  into.push_back(std::move(*cell));
  return {};
}

tl::unexpected<Error> wrong_rows(std::string_view name, std::size_t got, std::size_t wanted) {
  return fail(ErrorCode::kCorrupt, "output '" + std::string(name) + "' has " + std::to_string(got) +
                                       " rows for " + std::to_string(wanted));
}

/// One output from one element a row.
Result<Output> read_column(const json::array& elements, std::size_t rows, std::string_view name) {
  Output output{.name = std::string(name)};
  for (const auto& element : elements) {
    if (auto done = flatten(element, output.values); !done) {
      return fail(std::move(done.error()).in("output '" + std::string(name) + "'"));
    }
  }
  // One row's values in a list of their own: [0.1, 0.9] for one row of two classes.
  const std::size_t count = rows == 1 ? 1 : elements.size();
  if (rows != 0 && count != rows) return wrong_rows(name, count, rows);
  if (count == 0 || output.values.size() % count != 0) {
    return fail(ErrorCode::kCorrupt,
                "output '" + std::string(name) + "' has rows of different lengths");
  }
  output.width = output.values.size() / count;
  return output;
}

Result<std::vector<Output>> read_records(const json::array& records, std::size_t rows) {
  if (rows != 0 && records.size() != rows) return wrong_rows("predictions", records.size(), rows);
  std::vector<Output> outputs;
  for (const auto& [key, ignored] : records.front().as_object()) {
    json::array column;
    for (const auto& record : records) {
      const auto* cell = member(&record, key);
      if (cell == nullptr) {
        return fail(ErrorCode::kCorrupt, "output '" + std::string(key) + "' is not in every row");
      }
      column.push_back(*cell);
    }
    // A list a row, also for one row: the row's own list is one level further in.
    auto output = read_column(column, column.size(), key);
    if (!output) return fail(std::move(output.error()));
    outputs.push_back(std::move(*output));
  }
  return outputs;
}

}  // namespace

Result<json::value> parse_json(std::string_view text) {
  json::error_code error;
  json::parse_options options;
  options.max_depth = kMaxDepth;
  json::stream_parser parser({}, options);
  const std::string quoted = may_have_bare_tokens(text) ? quote_bare_tokens(text) : std::string();
  const std::string_view source = quoted.empty() ? text : quoted;
  const auto used = parser.write_some(source.data(), source.size(), error);
  const auto blank = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; };
  std::size_t end = used;
  while (!error && end < source.size() && blank(source[end])) ++end;
  if (!error && !parser.done()) parser.finish(error);
  if (error || end != source.size()) {
    return fail(ErrorCode::kCorrupt, "not JSON at byte " + std::to_string(used));
  }
  return parser.release();
}

Result<Value> to_value(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return Value();
    case json::kind::bool_:
      return Value(value.get_bool());
    case json::kind::int64:
      return Value(value.get_int64());
    case json::kind::uint64:
      return Value(static_cast<double>(value.get_uint64()));
    case json::kind::double_:
      return Value(value.get_double());
    case json::kind::string: {
      const std::string_view text = value.get_string();
      if (const auto* token = token_of(text)) return Value(token->number);
      return Value(std::string(text));
    }
    case json::kind::array:
    case json::kind::object:
      break;
  }
  return fail(ErrorCode::kCorrupt, "a list or an object stands where one value belongs");
}

json::value from_value(const Value& value) {
  const auto convert = [](const auto& one) -> json::value {
    using T = std::decay_t<decltype(one)>;
    if constexpr (std::is_same_v<T, std::monostate>) {
      return nullptr;
    } else {
      return json::value(one);
    }
  };
  return std::visit(convert, value);
}

const json::value* member(const json::value* value, std::string_view key) {
  const auto* object = value == nullptr ? nullptr : value->if_object();
  return object == nullptr ? nullptr : object->if_contains(key);
}

std::string text_of(const json::value* value) {
  if (value == nullptr) return "";
  if (const auto* text = value->if_string()) return std::string(*text);
  if (const auto* number = value->if_int64()) return std::to_string(*number);
  if (const auto* number = value->if_uint64()) return std::to_string(*number);
  if (value->is_double()) return to_text(Value(value->get_double()));
  return "";
}

std::uint64_t count_of(const json::value* value) {
  if (value == nullptr) return 0;
  if (const auto* text = value->if_string()) {
    std::uint64_t number = 0;
    std::from_chars(text->data(), text->data() + text->size(), number);
    return number;
  }
  json::error_code error;
  const auto number = value->to_number<std::uint64_t>(error);
  return error ? 0 : number;
}

const json::value* at_pointer(const json::value& root, std::string_view pointer) {
  json::error_code error;
  return root.find_pointer(pointer, error);
}

Result<std::vector<Output>> read_outputs(const json::value& value, std::size_t rows,
                                         std::string_view name) {
  if (const auto* object = value.if_object()) {
    std::vector<Output> outputs;
    for (const auto& [key, inner] : *object) {
      auto more = read_outputs(inner, rows, key);
      if (!more) return more;
      for (auto& output : *more) outputs.push_back(std::move(output));
    }
    return outputs;
  }
  const auto* list = value.if_array();
  const json::array one{value};
  if (list == nullptr) list = &one;
  if (!list->empty() && list->front().is_object()) return read_records(*list, rows);
  auto output = read_column(*list, rows, name);
  if (!output) return fail(std::move(output.error()));
  std::vector<Output> outputs;
  outputs.push_back(std::move(*output));
  return outputs;
}

json::value cells_of(const Rows& rows) {
  json::array out;
  for (const auto& row : rows.cells) {
    json::array cells;
    for (const auto& cell : row) cells.push_back(from_value(cell));
    out.push_back(std::move(cells));
  }
  return out;
}

json::value records_of(const Rows& rows) {
  json::array out;
  for (const auto& row : rows.cells) {
    json::object record;
    for (std::size_t i = 0; i < rows.names.size(); ++i) {
      record.emplace(rows.names[i], from_value(row[i]));
    }
    out.push_back(std::move(record));
  }
  return out;
}

}  // namespace leeway::endpoints
