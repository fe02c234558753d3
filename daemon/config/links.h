#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/config/values.h"

namespace leeway::config {

/// What keeps `text` from being an http:// or https:// address with a host, or nothing.
std::optional<std::string> check_link(std::string_view text);

/// The same for an address with secret parts, as far as it can be seen without reading them. A
/// literal password is refused, and the sentence never repeats the address.
std::optional<std::string> check_link(const Secret& secret);

}  // namespace leeway::config
