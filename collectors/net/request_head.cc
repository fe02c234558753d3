#include "collectors/net/request_head.h"

#include <algorithm>
#include <array>

#include "collectors/net/base64.h"

namespace leeway::net {
namespace {

constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";

/// A token of RFC 9110, 5.6.2.
bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

bool is_field_value(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool is_ours(std::string_view name) {
  constexpr std::array kOurs = {std::string_view("host"), std::string_view("content-length"),
                                std::string_view("connection"),
                                std::string_view("transfer-encoding")};
  return std::ranges::any_of(
      kOurs, [name](std::string_view ours) { return equal_ignoring_case(name, ours); });
}

std::string proxy_authorization(const Url& proxy) {
  if (proxy.credentials.empty()) return "";
  return "Proxy-Authorization: Basic " + base64(proxy.credentials) + "\r\n";
}

}  // namespace

std::string connect_head(const Url& url, const Url& proxy) {
  const bool has_port = url.authority.ends_with(':' + std::to_string(url.port));
  const auto where = has_port ? url.authority : url.authority + ':' + std::to_string(url.port);
  return "CONNECT " + where + " HTTP/1.1\r\nHost: " + where + "\r\n" + proxy_authorization(proxy) +
         "\r\n";
}

Result<std::string> request_head(const HttpRequest& request, const Url& url,
                                 std::string_view user_agent, const Url* proxy) {
  if (!is_token(request.method)) {
    return fail(ErrorCode::kInvalidArgument, "the method is no HTTP token");
  }
  const bool passed_on = proxy != nullptr && !url.tls;
  std::string head = request.method + ' ' + (passed_on ? "http://" + url.authority : "") +
                     url.target + " HTTP/1.1\r\nHost: " + url.authority +
                     "\r\nConnection: " + (request.own_connection ? "close" : "keep-alive") +
                     "\r\n";
  if (passed_on) head += proxy_authorization(*proxy);
  for (const auto& [name, value] : request.headers) {
    if (!is_token(name) || is_ours(name)) {
      return fail(ErrorCode::kInvalidArgument, "a header field may not be named '" + name + "'");
    }
    if (!is_field_value(value)) {
      return fail(ErrorCode::kInvalidArgument,
                  "header field '" + name + "' has a line break in it");
    }
    head += name + ": " + value + "\r\n";
  }
  if (!request.headers.find("user-agent"))
    head += "User-Agent: " + std::string(user_agent) + "\r\n";
  if (!url.credentials.empty() && !request.headers.find("authorization")) {
    head += "Authorization: Basic " + base64(url.credentials) + "\r\n";
  }
  const bool has_content =
      request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (has_content || !request.body.empty()) {
    head += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  return head + "\r\n";
}

}  // namespace leeway::net
