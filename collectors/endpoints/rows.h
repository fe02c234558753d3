#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace leeway::endpoints {

/// One cell of a row that a model is asked about, or of what it answers. std::monostate: missing.
/// Numbers may be infinite or NaN where a server answers so (TensorFlow Serving does).
using Value = std::variant<std::monostate, double, std::int64_t, bool, std::string>;

/// The number that a value stands for (true is 1), NaN for text and for a missing one.
double to_number(const Value& value);

/// As a finding may show it, text cut at 60 bytes: "0.25", "'cat'", "missing".
std::string to_text(const Value& value);

/// What a model is asked about: a few rows, not a table. Every row has a cell for every name.
struct Rows {
  std::vector<std::string> names;  ///< of the features, in the order of the cells
  std::vector<std::vector<Value>> cells;

  std::size_t size() const { return cells.size(); }
};

/// One output of a model for all rows that it was asked about.
struct Output {
  std::string name;             ///< as the server names it; "predictions" where it has no name
  std::size_t width = 1;        ///< values a row: 1, or the number of classes, or of dimensions
  std::vector<Value> values{};  ///< rows × width, row after row

  std::size_t rows() const { return width == 0 ? 0 : values.size() / width; }
  const Value& at(std::size_t row, std::size_t column) const {
    return values[row * width + column];
  }
};

/// One number a row of an output, for comparisons of scores: `column` of `width`.
std::vector<double> numbers(const Output& output, std::size_t column = 0);

}  // namespace leeway::endpoints
