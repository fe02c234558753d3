#include "daemon/endpoints/answers.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <cmath>

#include "collectors/tables/cells.h"

namespace leeway::endpoint {
namespace {

namespace json = boost::json;
using endpoints::Output;
using endpoints::Value;

constexpr std::string_view kNames[] = {"class", "number", "score"};

std::string class_name(const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "1" : "0";
  std::string text = tables::plain_text(value);
  if (text == "true" || text == "True" || text == "TRUE") return "1";
  if (text == "false" || text == "False" || text == "FALSE") return "0";
  return text;
}

std::optional<double> number_of(const Value& value) {
  double number = endpoints::to_number(value);
  if (const auto* text = std::get_if<std::string>(&value)) {
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
  }
  if (!std::isfinite(number)) return std::nullopt;
  return number;
}

std::string names_of(const std::vector<Output>& outputs) {
  std::string names;
  for (const Output& output : outputs) {
    names += (names.empty() ? "'" : ", '") + output.name + "'";
  }
  return names;
}

Result<const Output*> find_output(const std::vector<Output>& outputs, const Picking& picking) {
  const auto named = [&](const std::string& name) -> const Output* {
    const auto found = std::ranges::find(outputs, name, &Output::name);
    return found == outputs.end() ? nullptr : &*found;
  };
  if (outputs.empty()) return fail(ErrorCode::kInvalidArgument, "the answer has no output");
  if (!picking.output.empty()) {
    if (const Output* output = named(picking.output)) return output;
    return fail(ErrorCode::kInvalidArgument,
                "the answer has no output '" + picking.output + "', it has " + names_of(outputs));
  }
  if (const Output* output = named(picking.column)) return output;
  if (outputs.size() == 1) return &outputs.front();
  return fail(ErrorCode::kInvalidArgument,
              "the answer has the outputs " + names_of(outputs) + "; say which with 'output'");
}

Result<std::size_t> find_position(const Output& output, const Picking& picking) {
  const std::string what = "output '" + output.name + "' has " + std::to_string(output.width) +
                           (output.width == 1 ? " value" : " values") + " a row";
  if (picking.position) {
    if (*picking.position < output.width) return *picking.position;
    return fail(ErrorCode::kInvalidArgument,
                what + ", none at 'position' " + std::to_string(*picking.position));
  }
  if (output.width == 1) return std::size_t{0};
  // Of a yes or no the second is yes, in every library.
  if (output.width == 2 && picking.kind == AnswerKind::kScore) return std::size_t{1};
  return fail(ErrorCode::kInvalidArgument, what + "; say which with 'position'");
}

json::value to_json(const Answer& answer) {
  if (const auto* number = std::get_if<double>(&answer)) return *number;
  if (const auto* text = std::get_if<std::string>(&answer)) return json::value(*text);
  return nullptr;
}

Answer from_json(const json::value& value) {
  if (value.is_null()) return {};
  if (value.is_string()) return std::string(value.as_string());
  return value.to_number<double>();
}

}  // namespace

std::string_view to_string(AnswerKind kind) { return kNames[static_cast<std::size_t>(kind)]; }

std::optional<AnswerKind> answer_kind(std::string_view name) {
  const auto* found = std::ranges::find(kNames, name);
  if (found == std::end(kNames)) return std::nullopt;
  return static_cast<AnswerKind>(found - std::begin(kNames));
}

Answer answer_of(const Value& value, AnswerKind kind) {
  if (std::holds_alternative<std::monostate>(value)) return {};
  if (kind == AnswerKind::kClass) return class_name(value);
  if (const auto number = number_of(value)) return *number;
  return {};
}

bool agree(const Answer& first, const Answer& second, double absolute, double relative) {
  const auto* a = std::get_if<double>(&first);
  const auto* b = std::get_if<double>(&second);
  if (a != nullptr && b != nullptr) return std::abs(*b - *a) <= absolute + relative * std::abs(*a);
  return first == second && !std::holds_alternative<std::monostate>(first);
}

AnswerKind kind_of(const std::vector<Value>& values) {
  bool any_fraction = false;
  for (const Value& value : values) {
    if (std::holds_alternative<std::monostate>(value)) continue;
    const auto number = number_of(value);
    if (!number) return AnswerKind::kClass;
    any_fraction = any_fraction || std::trunc(*number) != *number;
  }
  return any_fraction ? AnswerKind::kNumber : AnswerKind::kClass;
}

Result<Picked> pick(const std::vector<Output>& outputs, const Picking& picking) {
  const auto output = find_output(outputs, picking);
  if (!output) return fail(output.error());
  const auto position = find_position(**output, picking);
  if (!position) return fail(position.error());
  std::vector<Value> values;
  for (std::size_t row = 0; row < (*output)->rows(); ++row) {
    values.push_back((*output)->at(row, *position));
  }
  Picked picked{.kind = picking.kind.value_or(kind_of(values)), .answers = {}};
  for (const Value& value : values) picked.answers.push_back(answer_of(value, picked.kind));
  return picked;
}

std::string KeptAnswers::serialize() const {
  json::array list;
  for (const Answer& answer : answers) list.push_back(to_json(answer));
  return json::serialize(json::object{{"kind", to_string(kind)},
                                      {"recorded", to_json(recorded)},
                                      {"answers", std::move(list)},
                                      {"asked", asked}});
}

Result<KeptAnswers> KeptAnswers::parse(std::string_view text) {
  try {
    const json::object object = json::parse(text).as_object();
    const auto kind = answer_kind(std::string_view(object.at("kind").as_string()));
    if (!kind) return fail(ErrorCode::kCorrupt, "answers of an unknown kind");
    KeptAnswers kept{.kind = *kind,
                     .recorded = from_json(object.at("recorded")),
                     .answers = {},
                     .asked = object.at("asked").to_number<std::uint64_t>()};
    for (const json::value& answer : object.at("answers").as_array()) {
      kept.answers.push_back(from_json(answer));
    }
    return kept;
  } catch (const std::exception&) {  // whatever Boost.JSON throws
    return fail(ErrorCode::kCorrupt, "answers that are not well formed");
  }
}

}  // namespace leeway::endpoint
