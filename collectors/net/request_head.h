#pragma once

#include <string>
#include <string_view>

#include "collectors/net/http_client.h"
#include "collectors/net/url.h"
#include "detectors/base/result.h"

namespace leeway::net {

/// Request line and fields as sent, with the empty line. kInvalidArgument for a method or a field
/// that would break the message, and for a field that is the client's business.
Result<std::string> request_head(const HttpRequest& request, const Url& url,
                                 std::string_view user_agent);

}  // namespace leeway::net
