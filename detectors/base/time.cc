#include "detectors/base/time.h"

#include <array>
#include <cstdio>
#include <utility>

namespace leeway {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<std::pair<std::string_view, std::int64_t>, 7> kUnits = {{
    {"w", 604'800'000'000},
    {"d", 86'400'000'000},
    {"h", 3'600'000'000},
    {"m", 60'000'000},
    {"s", 1'000'000},
    {"ms", 1'000},
    {"us", 1},
}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes exactly `digits` digits off the front; -1 if they are not there.
int take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return -1;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (!is_digit(text[i])) return -1;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

Duration take_fraction(std::string_view& text) {
  if (!take(text, '.')) return Duration{0};
  std::int64_t micros = 0;
  std::int64_t scale = 100'000;
  while (!text.empty() && is_digit(text.front())) {
    micros += (text.front() - '0') * scale;
    scale /= 10;
    text.remove_prefix(1);
  }
  return Duration{micros};
}

}  // namespace

std::string to_rfc3339(TimePoint time) {
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date{std::chrono::sys_days{day.time_since_epoch()}};
  const std::chrono::hh_mm_ss<Duration> clock{time - day};
  std::array<char, 64> text{};
  const int written = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  std::string out(text.data(), static_cast<std::size_t>(written));
  if (clock.subseconds().count() != 0) {
    std::array<char, 16> fraction{};
    std::snprintf(fraction.data(), fraction.size(), ".%06d",
                  static_cast<int>(clock.subseconds().count()));
    out += fraction.data();
  }
  return out + "Z";
}

Result<TimePoint> parse_time(std::string_view text) {
  const std::string whole(text);
  const auto refuse = [&whole] {
    return fail(ErrorCode::kInvalidArgument,
                "'" + whole + "' is not a time like 2001-02-03T04:05:06Z");
  };
  const int year = take_number(text, 4);
  if (year < 0 || !take(text, '-')) return refuse();
  const int month = take_number(text, 2);
  if (month < 0 || !take(text, '-')) return refuse();
  const int day = take_number(text, 2);
  const std::chrono::year_month_day date{
      std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
      std::chrono::day{static_cast<unsigned>(day < 0 ? 0 : day)}};
  if (!date.ok()) return refuse();
  TimePoint time = std::chrono::sys_days{date};
  if (text.empty()) return time;

  if (!take(text, 'T') && !take(text, ' ')) return refuse();
  const int hour = take_number(text, 2);
  if (hour < 0 || hour > 23 || !take(text, ':')) return refuse();
  const int minute = take_number(text, 2);
  if (minute < 0 || minute > 59) return refuse();
  time += hours{hour} + minutes{minute};
  if (take(text, ':')) {
    const int second = take_number(text, 2);
    if (second < 0 || second > 60) return refuse();
    time += seconds{second};
    time += take_fraction(text);
  }
  if (text.empty() || text == "Z") return time;

  const bool east = text.front() == '+';
  if (!east && text.front() != '-') return refuse();
  text.remove_prefix(1);
  const int offset_hours = take_number(text, 2);
  take(text, ':');
  const int offset_minutes = take_number(text, 2);
  if (offset_hours < 0 || offset_hours > 23 || offset_minutes < 0 || offset_minutes > 59 ||
      !text.empty())
    return refuse();
  const auto offset = hours{offset_hours} + minutes{offset_minutes};
  return east ? time - offset : time + offset;
}

Result<Duration> parse_duration(std::string_view text) {
  const std::string whole(text);
  const auto refuse = [&whole] {
    return fail(ErrorCode::kInvalidArgument,
                "'" + whole + "' is not a duration like 90s, 1h30m or 7d");
  };
  if (text == "0") return Duration{0};
  if (text.empty()) return refuse();
  std::int64_t total = 0;
  std::size_t next_unit = 0;
  while (!text.empty()) {
    std::int64_t number = 0;
    std::size_t digits = 0;
    for (; digits < text.size() && is_digit(text[digits]) && digits < 13; ++digits)
      number = number * 10 + (text[digits] - '0');
    if (digits == 0) return refuse();
    text.remove_prefix(digits);
    std::size_t letters = 0;
    while (letters < text.size() && !is_digit(text[letters])) ++letters;
    const std::string_view unit = text.substr(0, letters);
    text.remove_prefix(letters);
    std::size_t found = next_unit;
    while (found < kUnits.size() && kUnits[found].first != unit) ++found;
    if (found == kUnits.size()) return refuse();
    next_unit = found + 1;
    std::int64_t part = 0;
    if (__builtin_mul_overflow(number, kUnits[found].second, &part) ||
        __builtin_add_overflow(total, part, &total))
      return refuse();
  }
  return Duration{total};
}

std::string to_string(Duration duration) {
  std::int64_t rest = duration.count();
  if (rest == 0) return "0s";
  std::string out = rest < 0 ? "-" : "";
  if (rest < 0) rest = -rest;
  for (const auto& [unit, micros] : kUnits) {
    if (unit == "w" && rest % micros != 0) continue;  // "10d", not "1w3d"
    if (rest >= micros) out += std::to_string(rest / micros) + std::string(unit);
    rest %= micros;
  }
  return out;
}

}  // namespace leeway
