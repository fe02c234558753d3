#include "daemon/config/values.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

namespace leeway::config {
namespace {

using std::chrono::hours;

constexpr std::array<std::pair<std::string_view, std::uint64_t>, 9> kSizeUnits = {{
    {"TiB", 1ULL << 40},
    {"TB", 1'000'000'000'000},
    {"GiB", 1ULL << 30},
    {"GB", 1'000'000'000},
    {"MiB", 1ULL << 20},
    {"MB", 1'000'000},
    {"KiB", 1ULL << 10},
    {"kB", 1'000},
    {"B", 1},
}};

constexpr std::array<std::pair<std::string_view, Duration>, 5> kPeriods = {{
    {"hour", hours(1)},
    {"day", hours(24)},
    {"week", hours(24 * 7)},
    {"month", hours(24 * 30)},
    {"year", hours(24 * 365)},
}};

/// Takes a whole number off the front of `text`.
template <class Number>
bool take(std::string_view& text, Number& number) {
  const char* end = text.data() + text.size();
  const auto [rest, problem] = std::from_chars(text.data(), end, number);
  if (problem != std::errc{} || rest == text.data()) return false;
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  return true;
}

void skip_blanks(std::string_view& text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
}

std::string number_text(double value) {
  std::array<char, 32> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

/// Dotted decimal, first part 127.
bool is_ipv4_loopback(std::string_view host) {
  for (int part = 0; part < 4; ++part) {
    int value = -1;
    if (!take(host, value) || value < 0 || value > 255 || (part == 0 && value != 127)) return false;
    if (part == 3) return host.empty();
    if (host.empty() || host.front() != '.') return false;
    host.remove_prefix(1);
  }
  return false;
}

}  // namespace

Result<ByteSize> parse_size(std::string_view text) {
  std::string_view rest = text;
  std::uint64_t number = 0;
  if (take(rest, number)) {
    for (const auto& [unit, bytes] : kSizeUnits) {
      std::uint64_t product = 0;
      if (rest == unit && !__builtin_mul_overflow(number, bytes, &product))
        return ByteSize{product};
    }
  }
  return fail(ErrorCode::kInvalidArgument,
              "'" + std::string(text) + "' is not a size like 64MiB or 10GiB");
}

std::string to_string(ByteSize size) {
  std::string shortest = std::to_string(size.bytes) + "B";
  for (const auto& [unit, bytes] : kSizeUnits) {
    if (size.bytes == 0 || size.bytes % bytes != 0) continue;
    std::string text = std::to_string(size.bytes / bytes) + std::string(unit);
    if (text.size() < shortest.size()) shortest = std::move(text);
  }
  return shortest;
}

Result<Rate> parse_rate(std::string_view text) {
  std::string_view rest = text;
  double count = 0.0;
  if (take(rest, count) && std::isfinite(count) && count >= 0.0) {
    skip_blanks(rest);
    if (rest.starts_with("per ")) {
      rest.remove_prefix(4);
      skip_blanks(rest);
      for (const auto& [name, per] : kPeriods) {
        if (rest == name) return Rate{.count = count, .per = per};
      }
    }
  }
  return fail(ErrorCode::kInvalidArgument,
              "'" + std::string(text) +
                  "' is not a rate like '1 per month' (hour, day, week, month, year)");
}

std::string to_string(const Rate& rate) {
  for (const auto& [name, per] : kPeriods) {
    if (rate.per == per) return number_text(rate.count) + " per " + std::string(name);
  }
  return number_text(rate.count) + " per " + to_string(rate.per);
}

Result<Hold> parse_hold(std::string_view text) {
  std::string_view rest = text;
  std::uint32_t windows = 0;
  if (take(rest, windows)) {
    skip_blanks(rest);
    if (windows > 0 && (rest == "windows" || rest == "window"))
      return Hold{.windows = windows, .duration = {}};
  }
  if (const auto duration = parse_duration(text)) return Hold{.windows = 0, .duration = *duration};
  return fail(ErrorCode::kInvalidArgument,
              "'" + std::string(text) +
                  "' is neither a number of windows like '2 windows' nor a duration like 10m");
}

std::string to_string(const Hold& hold) {
  if (hold.windows == 0) return to_string(hold.duration);
  return std::to_string(hold.windows) + (hold.windows == 1 ? " window" : " windows");
}

Result<Endpoint> parse_endpoint(std::string_view text) {
  const auto refuse = [text] {
    return fail(ErrorCode::kInvalidArgument,
                "'" + std::string(text) + "' is not an address like 127.0.0.1:9960");
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return refuse();
  std::string_view host = text.substr(0, colon);
  std::string_view port = text.substr(colon + 1);
  if (host.front() == '[') {
    if (host.size() < 4 || host.back() != ']') return refuse();
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return refuse();
  }
  if (host.find_first_of(" \t/[]") != std::string_view::npos) return refuse();
  Endpoint endpoint{.host = std::string(host), .port = 0};
  if (!take(port, endpoint.port) || !port.empty()) return refuse();
  return endpoint;
}

std::string to_string(const Endpoint& endpoint) {
  const bool ipv6 = endpoint.host.find(':') != std::string::npos;
  return (ipv6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" + std::to_string(endpoint.port);
}

bool is_loopback(const Endpoint& endpoint) {
  return endpoint.host == "localhost" || endpoint.host == "::1" || is_ipv4_loopback(endpoint.host);
}

}  // namespace leeway::config
