#include "collectors/compute/asking.h"

#include <boost/json/parse.hpp>
#include <utility>

namespace leeway::compute {
namespace {

constexpr std::size_t kMostQuoted = 300;

ErrorCode code_of(int status) {
  const bool ours =
      status == 400 || status == 401 || status == 403 || status == 404 || status == 422;
  return ours ? ErrorCode::kInvalidConfig : ErrorCode::kUnavailable;
}

/// What the peer said, cut short.
std::string on_one_line(std::string_view body) {
  std::string text(body.substr(0, kMostQuoted));
  for (char& letter : text) {
    if (static_cast<unsigned char>(letter) < 0x20) letter = ' ';
  }
  return text;
}

Async<std::string> ask(net::HttpClient& http, Peer peer, net::HttpRequest request) {
  request.tls = peer.tls;
  request.limits.total = peer.timeout;
  request.limits.max_response_bytes = peer.max_bytes;
  if (peer.authorization) {
    auto field = peer.authorization();
    if (!field) co_return fail(field.error());
    request.headers.add("Authorization", std::move(*field));
  }
  auto answer = co_await http.send(std::move(request));
  if (!answer) co_return fail(std::move(answer.error().error));
  if (answer->status == 200) co_return std::move(answer->body);
  co_return fail(code_of(answer->status), "'" + peer.url + "' answers " +
                                              std::to_string(answer->status) + ": " +
                                              on_one_line(answer->body));
}

}  // namespace

Async<std::string> get_text(net::HttpClient& http, Peer peer, std::string target) {
  net::HttpRequest request;
  request.url = peer.url + target;
  co_return co_await ask(http, std::move(peer), std::move(request));
}

Async<std::string> post_form(net::HttpClient& http, Peer peer, std::string target,
                             std::string fields) {
  net::HttpRequest request;
  request.method = "POST";
  request.url = peer.url + target;
  request.headers.add("Content-Type", "application/x-www-form-urlencoded");
  request.body = std::move(fields);
  co_return co_await ask(http, std::move(peer), std::move(request));
}

Result<boost::json::value> parse_json(std::string_view text, std::string_view what) {
  boost::system::error_code error;
  auto value = boost::json::parse(text, error);
  if (error)
    return fail(ErrorCode::kCorrupt, std::string(what) + " is no JSON: " + error.message());
  return value;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                       (byte >= 'a' && byte <= 'z') || letter == '-' || letter == '.' ||
                       letter == '_' || letter == '~';
    if (plain) {
      out += letter;
    } else {
      out += '%';
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    }
  }
  return out;
}

}  // namespace leeway::compute
