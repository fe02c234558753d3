#include "collectors/endpoints/rows.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace leeway::endpoints {
namespace {

constexpr std::size_t kShown = 60;

std::string shortest(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
  std::array<char, 32> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  return {buffer.data(), end};
}

/// Cut where no character of UTF-8 is torn apart.
std::string shortened(std::string text) {
  if (text.size() <= kShown) return text;
  std::size_t end = kShown - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  text.resize(end);
  return text + "...";
}

struct ToNumber {
  double operator()(std::monostate) const { return std::numeric_limits<double>::quiet_NaN(); }
  double operator()(const std::string&) const { return std::numeric_limits<double>::quiet_NaN(); }
  double operator()(bool on) const { return on ? 1 : 0; }
  double operator()(double number) const { return number; }
  double operator()(std::int64_t number) const { return static_cast<double>(number); }
};

struct ToText {
  std::string operator()(std::monostate) const { return "missing"; }
  std::string operator()(const std::string& text) const { return "'" + shortened(text) + "'"; }
  std::string operator()(bool on) const { return on ? "true" : "false"; }
  std::string operator()(double number) const { return shortest(number); }
  std::string operator()(std::int64_t number) const { return std::to_string(number); }
};

}  // namespace

double to_number(const Value& value) { return std::visit(ToNumber{}, value); }

std::string to_text(const Value& value) { return std::visit(ToText{}, value); }

std::vector<double> numbers(const Output& output, std::size_t column) {
  std::vector<double> out;
  out.reserve(output.rows());
  for (std::size_t row = 0; row < output.rows(); ++row) {
    out.push_back(to_number(output.at(row, column)));
  }
  return out;
}

}  // namespace leeway::endpoints
