#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "detectors/base/result.h"

namespace leeway {

/// Event time and clock time: microseconds since 1970-01-01T00:00:00Z, without leap seconds.
using Duration = std::chrono::microseconds;
using TimePoint = std::chrono::time_point<std::chrono::system_clock, Duration>;

constexpr std::int64_t to_micros(TimePoint time) { return time.time_since_epoch().count(); }
constexpr TimePoint from_micros(std::int64_t micros) { return TimePoint{Duration{micros}}; }
constexpr double to_seconds(Duration duration) {
  return static_cast<double>(duration.count()) * 1e-6;
}

/// "2001-02-03T04:05:06Z", with microseconds only where there are some. Years 0000 to 9999.
std::string to_rfc3339(TimePoint time);

/// Reads what to_rfc3339 writes, also with an offset ("+01:00"), a space for the T, or a date
/// alone.
Result<TimePoint> parse_time(std::string_view text);

/// "36h", "2h30m", "90s", "250ms", "7d", "2w": units us ms s m h d w, largest first, no sign.
Result<Duration> parse_duration(std::string_view text);

/// The shortest form that parse_duration reads back: "1d", "1h30m", "0s".
std::string to_string(Duration duration);

}  // namespace leeway
