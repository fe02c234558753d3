#include "collectors/endpoints/golden.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace leeway::endpoints {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool is_number(const Value& value) {
  return std::holds_alternative<double>(value) || std::holds_alternative<std::int64_t>(value);
}

/// 0 for equal values, infinite for values that no tolerance makes equal.
double difference(const Value& expected, const Value& got) {
  if (!is_number(expected) || !is_number(got)) return expected == got ? 0 : kInfinity;
  const double e = to_number(expected);
  const double g = to_number(got);
  if (e == g || (std::isnan(e) && std::isnan(g))) return 0;
  return std::isfinite(e) && std::isfinite(g) ? std::abs(g - e) : kInfinity;
}

double allowed(const GoldenOutput& output, const Value& expected) {
  const double e = std::abs(to_number(expected));
  return output.absolute + (std::isfinite(e) ? output.relative * e : 0);
}

std::string place(const Output& output, std::size_t index) {
  std::string out = "output '" + output.name + "' row " + std::to_string(index / output.width);
  if (output.width > 1) out += " column " + std::to_string(index % output.width);
  return out;
}

const Output* find(const std::vector<Output>& outputs, const GoldenOutput& golden,
                   std::size_t golden_outputs) {
  const auto found = std::ranges::find(outputs, golden.expected.name, &Output::name);
  if (found != outputs.end()) return &*found;
  // A single output has the name that the server happens to give it.
  return outputs.size() == 1 && golden_outputs == 1 ? &outputs.front() : nullptr;
}

void mismatch(GoldenResult& result, const std::string& sentence) {
  if (result.sentence.empty()) result.sentence = "golden '" + result.name + "': " + sentence;
}

void compare_values(const GoldenOutput& golden, const Output& got, GoldenResult& result) {
  const Output& expected = golden.expected;
  for (std::size_t i = 0; i < expected.values.size(); ++i) {
    const double d = difference(expected.values[i], got.values[i]);
    const double limit = allowed(golden, expected.values[i]);
    ++result.compared;
    result.largest_difference = std::max(result.largest_difference, d);
    if (d <= limit) continue;
    ++result.different;
    std::string sentence = place(expected, i) + " is " + to_text(got.values[i]) + ", was " +
                           to_text(expected.values[i]);
    if (is_number(expected.values[i])) sentence += " (allowed ± " + to_text(limit) + ")";
    mismatch(result, sentence);
  }
}

}  // namespace

GoldenResult compare(const GoldenCase& golden, const std::vector<Output>& got) {
  GoldenResult result{.name = golden.name};
  bool shapes_match = true;
  for (const auto& output : golden.outputs) {
    const Output& expected = output.expected;
    const Output* answer = find(got, output, golden.outputs.size());
    if (answer == nullptr) {
      mismatch(result, "output '" + expected.name + "' is gone");
      shapes_match = false;
    } else if (answer->width != expected.width || answer->values.size() != expected.values.size()) {
      mismatch(result, "output '" + expected.name + "' has " + std::to_string(answer->rows()) +
                           " rows of " + std::to_string(answer->width) + ", had " +
                           std::to_string(expected.rows()) + " of " +
                           std::to_string(expected.width));
      shapes_match = false;
    } else {
      compare_values(output, *answer, result);
    }
  }
  result.matched = shapes_match && result.different == 0;
  if (result.different > 1) {
    result.sentence += "; " + std::to_string(result.different) + " of " +
                       std::to_string(result.compared) + " values differ";
  }
  return result;
}

}  // namespace leeway::endpoints
