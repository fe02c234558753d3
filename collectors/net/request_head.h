#pragma once

#include <string>
#include <string_view>

#include "collectors/net/http_client.h"
#include "collectors/net/url.h"
#include "detectors/base/result.h"

namespace leeway::net {

/// Request line and fields as sent, with the empty line. kInvalidArgument for a method or a field
/// that would break the message, and for a field that is the client's business.
/// @param proxy  where the request goes instead of to the URL's server; null: none
Result<std::string> request_head(const HttpRequest& request, const Url& url,
                                 std::string_view user_agent, const Url* proxy = nullptr);

/// What asks `proxy` for a connection to the server of `url`.
std::string connect_head(const Url& url, const Url& proxy);

}  // namespace leeway::net
