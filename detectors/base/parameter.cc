#include "detectors/base/parameter.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "detectors/base/names.h"

namespace leeway {
namespace {

constexpr double kLargestInteger = 9007199254740992.0;  // 2^53: all up to here are doubles

std::string text_of(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.6g", value);
  return text.data();
}

std::string text_of(const ParameterValue& value) {
  if (const double* number = std::get_if<double>(&value)) return text_of(*number);
  if (const bool* on = std::get_if<bool>(&value)) return *on ? "true" : "false";
  return "'" + std::string(std::get<std::string_view>(value)) + "'";
}

std::string choices_of(const Parameter& parameter) {
  std::string names;
  for (const std::string_view name : parameter.choices) {
    names += names.empty() ? "one of " : ", ";
    names += name;
  }
  return names;
}

bool in_range(const Parameter& parameter, double value) {
  if (parameter.open) return value > parameter.least && value < parameter.most;
  return value >= parameter.least && value <= parameter.most;
}

/// The given value in its final form: a choice as the name that the description holds.
std::optional<ParameterValue> accepted(const Parameter& parameter, const ParameterValue& given) {
  const double* number = std::get_if<double>(&given);
  switch (parameter.type) {
    case ParameterType::kNumber:
      if (number && std::isfinite(*number) && in_range(parameter, *number)) return *number;
      break;
    case ParameterType::kInteger:
      if (number && *number == std::floor(*number) && std::abs(*number) <= kLargestInteger &&
          in_range(parameter, *number)) {
        return *number;
      }
      break;
    case ParameterType::kSwitch:
      if (std::holds_alternative<bool>(given)) return given;
      break;
    case ParameterType::kChoice:
      if (const auto* name = std::get_if<std::string_view>(&given)) {
        const auto found = std::ranges::find(parameter.choices, *name);
        if (found != parameter.choices.end()) return *found;
      }
      break;
  }
  return std::nullopt;
}

std::string expected(const Parameter& parameter) {
  const std::string range = range_of(parameter);
  switch (parameter.type) {
    case ParameterType::kNumber:
      return range.empty() ? "a number" : "a number " + range;
    case ParameterType::kInteger:
      return range.empty() ? "a whole number" : "a whole number " + range;
    case ParameterType::kSwitch:
      return "true or false";
    case ParameterType::kChoice:
      break;
  }
  return range;
}

std::string unknown(std::string_view name, std::span<const Parameter> known) {
  std::vector<std::string_view> names;
  for (const Parameter& parameter : known) names.push_back(parameter.name);
  const auto near = nearest_name(name, names);
  return "unknown parameter '" + std::string(name) + "'" +
         (near ? "; did you mean '" + *near + "'?" : "");
}

const Parameter* find(std::span<const Parameter> known, std::string_view name) {
  const auto found = std::ranges::find(known, name, &Parameter::name);
  return found == known.end() ? nullptr : &*found;
}

enum class Tag : std::uint8_t { kNumber = 0, kSwitch = 1, kText = 2 };

void write_value(ByteWriter& out, const ParameterValue& value) {
  if (const double* number = std::get_if<double>(&value)) {
    out.u8(static_cast<std::uint8_t>(Tag::kNumber));
    out.f64(*number);
  } else if (const bool* on = std::get_if<bool>(&value)) {
    out.u8(static_cast<std::uint8_t>(Tag::kSwitch));
    out.u8(*on ? 1 : 0);
  } else {
    out.u8(static_cast<std::uint8_t>(Tag::kText));
    out.text(std::get<std::string_view>(value));
  }
}

ParameterValue read_value(ByteReader& in) {
  switch (static_cast<Tag>(in.u8())) {
    case Tag::kNumber:
      return in.f64();
    case Tag::kSwitch:
      return in.u8() != 0;
    case Tag::kText:
      return in.text();
  }
  in.refuse();
  return 0.0;
}

}  // namespace

std::string range_of(const Parameter& parameter) {
  if (parameter.type == ParameterType::kChoice) return choices_of(parameter);
  const bool below = std::isfinite(parameter.least);
  const bool above = std::isfinite(parameter.most);
  if (below && above) {
    return "between " + text_of(parameter.least) + " and " + text_of(parameter.most) +
           (parameter.open ? " (exclusive)" : "");
  }
  if (below) return (parameter.open ? "> " : ">= ") + text_of(parameter.least);
  if (above) return (parameter.open ? "< " : "<= ") + text_of(parameter.most);
  return {};
}

Result<Parameters> Parameters::check(std::span<const Parameter> known, const Given& given) {
  std::string wrong;
  const auto say = [&wrong](const std::string& sentence) {
    wrong += (wrong.empty() ? "" : "; ") + sentence;
  };
  for (const auto& [name, value] : given) {
    if (!find(known, name)) say(unknown(name, known));
  }
  Parameters parameters;
  for (const Parameter& parameter : known) {
    const std::string name = "'" + std::string(parameter.name) + "'";
    const auto found = given.find(parameter.name);
    if (found == given.end()) {
      if (parameter.otherwise) {
        parameters.values_.emplace(parameter.name, *parameter.otherwise);
      } else {
        say(name + " is missing, must be " + expected(parameter));
      }
    } else if (const auto value = accepted(parameter, found->second)) {
      parameters.values_.emplace(parameter.name, *value);
    } else {
      say(name + " is " + text_of(found->second) + ", must be " + expected(parameter));
    }
  }
  if (!wrong.empty()) return fail(ErrorCode::kInvalidConfig, wrong);
  return parameters;
}

const ParameterValue& Parameters::value(std::string_view name) const {
  const auto found = values_.find(name);
  LEEWAY_ASSERT(found != values_.end(), "a detector asks for parameters that it describes");
  return found->second;
}

double Parameters::number(std::string_view name) const { return std::get<double>(value(name)); }

std::uint64_t Parameters::integer(std::string_view name) const {
  return static_cast<std::uint64_t>(number(name));
}

bool Parameters::on(std::string_view name) const { return std::get<bool>(value(name)); }

std::string_view Parameters::choice(std::string_view name) const {
  return std::get<std::string_view>(value(name));
}

void Parameters::write(ByteWriter& out) const {
  out.varint(values_.size());
  for (const auto& [name, value] : values_) {
    out.text(name);
    write_value(out, value);
  }
}

Result<Parameters> Parameters::read(std::span<const Parameter> known, ByteReader& in) {
  Given given;
  const std::size_t count = in.count(2);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name(in.text());
    given.emplace(name, read_value(in));
  }
  if (!in.ok()) return fail(ErrorCode::kCorrupt, "parameters: are cut off or not well formed");
  auto parameters = check(known, given);
  if (!parameters) return fail(std::move(parameters.error()).in("parameters"));
  return parameters;
}

}  // namespace leeway
