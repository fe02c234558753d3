#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "detectors/base/result.h"

namespace leeway::tests {

struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;                            ///< as sent: chunked coding is undone, gzip is not
};

struct HttpRequest {
  std::string method = "GET";
  std::string target = "/";
  std::map<std::string, std::string> headers = {};
  std::string body = {};
};

/// One HTTP/1.1 request to 127.0.0.1 on a blocking socket, without any library that is under test.
/// kUnavailable if nobody listens, kTimeout when the deadline passes, kCorrupt for no HTTP.
Result<HttpAnswer> http(std::uint16_t port, const HttpRequest& request,
                        std::chrono::milliseconds deadline = std::chrono::seconds(5));

/// GET; see http().
Result<HttpAnswer> http_get(std::uint16_t port, std::string_view target,
                            std::chrono::milliseconds deadline = std::chrono::seconds(5));

/// Whether somebody accepts connections on a port of the loopback before the deadline.
bool wait_for_port(std::uint16_t port, std::chrono::milliseconds deadline);

/// Whether a GET is answered with 200 before the deadline.
bool wait_for_ok(std::uint16_t port, std::string_view target, std::chrono::milliseconds deadline);

}  // namespace leeway::tests
