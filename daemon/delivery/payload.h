#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <string>
#include <string_view>

#include "detectors/base/time.h"

namespace leeway::delivery {

/// Standard Webhooks asks for less.
inline constexpr std::size_t kMaxPayloadBytes = 20'000;

/// {"type": type, "timestamp": ..., "data": data}, at most kMaxPayloadBytes long: a message that is
/// too long loses the ends of its longest lists and texts and gets "truncated": true in `data`,
/// because a shortened alert is better than none.
std::string event_payload(std::string_view type, TimePoint at, boost::json::object data);

}  // namespace leeway::delivery
