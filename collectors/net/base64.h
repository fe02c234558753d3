#pragma once

#include <string>
#include <string_view>

namespace leeway::net {

/// With padding, on one line (RFC 4648, 4).
std::string base64(std::string_view bytes);

}  // namespace leeway::net
