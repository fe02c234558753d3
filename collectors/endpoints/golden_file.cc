#include "collectors/endpoints/golden.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <limits>
#include <utility>

#include "collectors/endpoints/json.h"

namespace leeway::endpoints {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::size_t kMaxValues = 1'000'000;

bool is_number(const Value& value) {
  return std::holds_alternative<double>(value) || std::holds_alternative<std::int64_t>(value);
}

Result<std::vector<Value>> read_values(const json::value* list, const std::string& where) {
  if (list == nullptr || !list->is_array()) {
    return fail(ErrorCode::kCorrupt, where + ": a list is missing");
  }
  std::vector<Value> out;
  for (const auto& one : list->get_array()) {
    auto value = to_value(one);
    if (!value) return fail(std::move(value.error()).in(where));
    out.push_back(std::move(*value));
  }
  if (out.size() > kMaxValues) return fail(ErrorCode::kCorrupt, where + ": too many values");
  // What JSON cannot write, where the rest of the list shows that numbers are meant.
  if (std::ranges::none_of(out, is_number)) return out;
  for (auto& value : out) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) continue;
    if (*text == "NaN") {
      value = std::numeric_limits<double>::quiet_NaN();
    } else if (*text == "Infinity" || *text == "-Infinity") {
      value = *text == "Infinity" ? kInfinity : -kInfinity;
    }
  }
  return out;
}

Result<double> read_tolerance(const json::value* value, double otherwise,
                              const std::string& where) {
  if (value == nullptr) return otherwise;
  json::error_code error;
  const double number = value->to_number<double>(error);
  if (error || !(number >= 0) || !std::isfinite(number)) {
    return fail(ErrorCode::kCorrupt, where + ": a tolerance must be a number of at least 0");
  }
  return number;
}

Result<GoldenOutput> read_output(const json::value& value, const std::string& where) {
  GoldenOutput out;
  out.expected.name = text_of(member(&value, "name"));
  if (out.expected.name.empty()) return fail(ErrorCode::kCorrupt, where + ": name is missing");
  const auto* width = member(&value, "width");
  out.expected.width = width == nullptr ? 1 : static_cast<std::size_t>(count_of(width));
  auto values = read_values(member(&value, "values"), where + ": values");
  if (!values) return fail(std::move(values.error()));
  out.expected.values = std::move(*values);
  const std::size_t count = out.expected.values.size();
  if (out.expected.width == 0 || count == 0 || count % out.expected.width != 0) {
    return fail(ErrorCode::kCorrupt, where + ": values must be rows of `width` each, and some");
  }
  const auto absolute = read_tolerance(member(&value, "absolute"), out.absolute, where);
  const auto relative = read_tolerance(member(&value, "relative"), out.relative, where);
  if (!absolute) return fail(absolute.error());
  if (!relative) return fail(relative.error());
  out.absolute = *absolute;
  out.relative = *relative;
  return out;
}

Result<Rows> read_rows(const json::value& value, const std::string& where) {
  Rows rows;
  const auto* names = member(&value, "names");
  const auto* cells = member(&value, "cells");
  if (names == nullptr || !names->is_array() || cells == nullptr || !cells->is_array()) {
    return fail(ErrorCode::kCorrupt, where + ": lists 'names' and 'cells' are needed");
  }
  for (const auto& name : names->get_array()) rows.names.push_back(text_of(&name));
  for (const auto& row : cells->get_array()) {
    auto values = read_values(&row, where + ": cells");
    if (!values) return fail(std::move(values.error()));
    if (values->size() != rows.names.size()) {
      return fail(ErrorCode::kCorrupt, where + ": row " + std::to_string(rows.size()) + " has " +
                                           std::to_string(values->size()) + " cells for " +
                                           std::to_string(rows.names.size()) + " names");
    }
    rows.cells.push_back(std::move(*values));
  }
  if (rows.cells.empty()) return fail(ErrorCode::kCorrupt, where + ": there is no row");
  return rows;
}

Result<GoldenCase> read_case(const json::value& value, std::size_t index) {
  GoldenCase out{.name = text_of(member(&value, "name"))};
  if (out.name.empty()) out.name = std::to_string(index);
  const std::string where = "golden '" + out.name + "'";
  const auto* rows = member(&value, "rows");
  const auto* body = member(&value, "body");
  if ((rows == nullptr) == (body == nullptr)) {
    return fail(ErrorCode::kCorrupt, where + ": needs either 'rows' or 'body'");
  }
  if (body != nullptr) out.body = json::serialize(*body);
  if (rows != nullptr) {
    auto read = read_rows(*rows, where + ": rows");
    if (!read) return fail(std::move(read.error()));
    out.rows = std::move(*read);
  }
  const auto* outputs = member(&value, "outputs");
  if (outputs == nullptr || !outputs->is_array() || outputs->get_array().empty()) {
    return fail(ErrorCode::kCorrupt, where + ": a list 'outputs' is needed");
  }
  for (const auto& one : outputs->get_array()) {
    auto output = read_output(one, where + ": outputs");
    if (!output) return fail(std::move(output.error()));
    out.outputs.push_back(std::move(*output));
  }
  return out;
}

json::value write_value(const Value& value) {
  const auto* number = std::get_if<double>(&value);
  if (number == nullptr || std::isfinite(*number)) return from_value(value);
  return json::value(to_text(value));  // "NaN", "Infinity", "-Infinity"
}

json::array write_values(const std::vector<Value>& values) {
  json::array out;
  for (const auto& value : values) out.push_back(write_value(value));
  return out;
}

json::object write_case(const GoldenCase& golden) {
  json::object out{{"name", golden.name}};
  if (golden.body.empty()) {
    json::array names;
    json::array cells;
    for (const auto& name : golden.rows.names) names.emplace_back(name);
    for (const auto& row : golden.rows.cells) cells.push_back(write_values(row));
    out["rows"] = json::object{{"names", std::move(names)}, {"cells", std::move(cells)}};
  } else {
    auto body = parse_json(golden.body);
    out["body"] = body ? std::move(*body) : json::value(golden.body);
  }
  json::array outputs;
  for (const auto& output : golden.outputs) {
    outputs.push_back(json::object{{"name", output.expected.name},
                                   {"width", output.expected.width},
                                   {"values", write_values(output.expected.values)},
                                   {"absolute", output.absolute},
                                   {"relative", output.relative}});
  }
  out["outputs"] = std::move(outputs);
  return out;
}

}  // namespace

Result<std::vector<GoldenCase>> parse_golden(std::string_view text) {
  const auto root = parse_json(text);
  if (!root) return fail(root.error());
  const auto* list = member(&*root, "golden");
  if (list == nullptr || !list->is_array()) {
    return fail(ErrorCode::kCorrupt, "a list 'golden' is missing");
  }
  std::vector<GoldenCase> out;
  for (const auto& one : list->get_array()) {
    auto golden = read_case(one, out.size());
    if (!golden) return fail(std::move(golden.error()));
    out.push_back(std::move(*golden));
  }
  return out;
}

std::string write_golden(const std::vector<GoldenCase>& cases) {
  json::array list;
  for (const auto& golden : cases) list.push_back(write_case(golden));
  return json::serialize(json::object{{"golden", std::move(list)}});
}

}  // namespace leeway::endpoints
