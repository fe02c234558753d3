#include "collectors/compute/quantity.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace leeway::compute {
namespace {

constexpr double kKibi = 1024.0;

constexpr std::array<std::pair<std::string_view, double>, 16> kSuffixes = {{
    {"", 1.0},
    {"n", 1e-9},
    {"u", 1e-6},
    {"m", 1e-3},
    {"k", 1e3},
    {"M", 1e6},
    {"G", 1e9},
    {"T", 1e12},
    {"P", 1e15},
    {"E", 1e18},
    {"Ki", kKibi},
    {"Mi", kKibi* kKibi},
    {"Gi", kKibi* kKibi* kKibi},
    {"Ti", kKibi* kKibi* kKibi* kKibi},
    {"Pi", kKibi* kKibi* kKibi* kKibi* kKibi},
    {"Ei", kKibi* kKibi* kKibi* kKibi* kKibi* kKibi},
}};

/// "e3", "E-2": an exponent, which only digits tell from the suffix E.
std::optional<double> exponent(std::string_view text) {
  if (text.size() < 2 || (text[0] != 'e' && text[0] != 'E')) return std::nullopt;
  text.remove_prefix(text[1] == '+' ? 2 : 1);
  int power = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), power);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return std::pow(10.0, power);
}

}  // namespace

std::optional<double> parse_quantity(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  double number = 0.0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + digits, number, std::chars_format::fixed);
  if (error != std::errc{} || end != text.data() + digits) return std::nullopt;
  const std::string_view suffix = text.substr(digits);
  if (negative) number = -number;
  for (const auto& [name, factor] : kSuffixes) {
    if (suffix == name) return number * factor;
  }
  const auto power = exponent(suffix);
  if (!power) return std::nullopt;
  return number * *power;
}

}  // namespace leeway::compute
