#include "collectors/net/retry_after.h"

#include <date/date.h>

#include <algorithm>
#include <charconv>
#include <sstream>

namespace leeway::net {
namespace {

std::optional<TimePoint> parse_as(const char* format, const std::string& text) {
  std::istringstream in(text);
  in.imbue(std::locale::classic());
  date::sys_seconds time;
  in >> date::parse(format, time);
  if (in.fail() || in.peek() != std::istringstream::traits_type::eof()) return std::nullopt;
  return time;
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace

std::optional<TimePoint> parse_http_date(std::string_view text) {
  const std::string copy(trimmed(text));
  for (const char* format :
       {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"}) {
    if (const auto time = parse_as(format, copy)) return time;
  }
  return std::nullopt;
}

std::string to_http_date(TimePoint time) {
  return date::format("%a, %d %b %Y %H:%M:%S GMT", date::floor<std::chrono::seconds>(time));
}

std::optional<Duration> parse_retry_after(std::string_view value, TimePoint now) {
  const auto text = trimmed(value);
  // Nobody means more than 10 years; the bound keeps the sum with any time from overflowing.
  constexpr std::int64_t kMost = 10LL * 366 * 24 * 3600;
  const bool digits =
      !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (digits) {
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc{}) seconds = kMost;
    return std::chrono::seconds(std::min(seconds, kMost));
  }
  const auto date = parse_http_date(text);
  if (!date) return std::nullopt;
  return std::clamp<Duration>(*date - now, Duration::zero(), std::chrono::seconds(kMost));
}

}  // namespace leeway::net
