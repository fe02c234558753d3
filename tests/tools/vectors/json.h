#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/base/result.h"

namespace leeway::vectors {

namespace json = boost::json;

/// Parses JSON with every number rounded correctly; Boost.JSON 1.81 itself may be off in the last
/// bit, which moves a value over an edge.
Result<json::value> parse_exactly(std::string_view text);

/// A number, or one of the strings "NaN", "Infinity", "-Infinity"; nothing for all else.
std::optional<double> number(const json::value& value);

/// A number as JSON: infinities and NaN as those strings, nothing as null.
json::value to_json(double value);
json::value to_json(std::optional<double> value);

/// A member, or null.
const json::value& member(const json::object& object, std::string_view name);

double number_or(const json::object& params, std::string_view name, double otherwise);
std::string text_or(const json::object& params, std::string_view name, std::string_view otherwise);

/// An array of values, or of what a generator spec makes.
json::array expand(const json::value& input);

/// What is there of a numeric input, NaN included, and how many are missing.
struct Numbers {
  std::vector<double> values{};
  std::uint64_t missing = 0;

  std::vector<double> sorted() const;  ///< ascending, without NaN
};
Numbers numbers(const json::value& input);

struct Texts {
  std::vector<std::string> values{};
  std::uint64_t missing = 0;
};
Texts texts(const json::value& input);

std::vector<std::uint64_t> counts(const json::value& input);

template <class T>
json::array to_array(const std::vector<T>& values) {
  json::array array;
  for (const T& value : values) array.emplace_back(value);
  return array;
}
json::array to_array(const std::vector<double>& values);

}  // namespace leeway::vectors
