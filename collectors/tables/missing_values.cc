#include "collectors/tables/missing_values.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace leeway::tables {

bool read_number(std::string_view text, double& number) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return false;
  text = text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

std::string_view write_number(double number, std::array<char, kNumberBytes>& text) {
  constexpr double kExact = 9007199254740992.0;  // 2^53: whole doubles below it are integers
  const bool whole = std::abs(number) < kExact && std::trunc(number) == number;
  char* const begin = text.data();
  const auto written =
      whole ? std::to_chars(begin, begin + text.size(), static_cast<std::int64_t>(number))
            : std::to_chars(begin, begin + text.size(), number);
  return {begin, static_cast<std::size_t>(written.ptr - begin)};
}

MissingValues::MissingValues(std::vector<std::string> texts) : texts_(std::move(texts)) {
  for (const std::string& text : texts_) {
    if (double number = 0.0; read_number(text, number)) numbers_.push_back(number);
  }
}

bool MissingValues::contains(std::string_view text) const {
  return std::find(texts_.begin(), texts_.end(), text) != texts_.end();
}

bool MissingValues::contains(double number) const {
  return std::find(numbers_.begin(), numbers_.end(), number) != numbers_.end();
}

}  // namespace leeway::tables
