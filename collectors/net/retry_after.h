#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "detectors/base/time.h"

namespace leeway::net {

/// How long a Retry-After field asks to wait: seconds, or an HTTP date (all three forms of RFC
/// 9110, 5.6.7) seen from `now`. Zero for a date that has passed, nothing for what cannot be read.
std::optional<Duration> parse_retry_after(std::string_view value, TimePoint now);

/// "Sun, 06 Nov 1994 08:49:37 GMT".
std::string to_http_date(TimePoint time);
std::optional<TimePoint> parse_http_date(std::string_view text);

}  // namespace leeway::net
