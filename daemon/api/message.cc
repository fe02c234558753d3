#include "daemon/api/message.h"

#include <algorithm>
#include <utility>

#include "collectors/net/headers.h"

namespace leeway::api {
namespace {

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Percent and plus decoding; a percent sign without two digits stays as it is.
std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0;
    if (escape) {
      out += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::shared_ptr<const Pieces> one_piece(std::string text) {
  if (text.empty()) return nullptr;
  return std::make_shared<const Pieces>(
      Pieces{std::make_shared<const std::string>(std::move(text))});
}

bool may_have_body(int status) { return status >= 200 && status != 204 && status != 304; }

constexpr std::pair<int, std::string_view> kReasons[] = {
    {100, "Continue"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
};

}  // namespace

std::string_view Request::path() const {
  const auto all = target();
  return all.substr(0, all.find('?'));
}

std::string_view Request::query() const {
  const auto all = target();
  const auto mark = all.find('?');
  return mark == std::string_view::npos ? std::string_view{} : all.substr(mark + 1);
}

std::optional<std::string> Request::parameter(std::string_view name) const {
  for (auto rest = query(); !rest.empty();) {
    const auto end = std::min(rest.find('&'), rest.size());
    const auto one = rest.substr(0, end);
    const auto equals = std::min(one.find('='), one.size());
    if (decoded(one.substr(0, equals)) == name) {
      return decoded(one.substr(std::min(equals + 1, one.size())));
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return std::nullopt;
}

std::string_view Request::header(std::string_view name) const {
  for (const auto& [key, value] : fields_) {
    if (net::equal_ignoring_case(view(key), name)) return view(value);
  }
  return {};
}

std::size_t Response::body_size() const {
  std::size_t size = 0;
  if (!body) return size;
  for (const auto& piece : *body) size += piece->size();
  return size;
}

std::string Response::head_text() const {
  std::string text =
      "HTTP/1.1 " + std::to_string(status) + ' ' + std::string(reason_phrase(status)) + "\r\n";
  const std::size_t size = body_size();
  if (size != 0 && !content_type.empty()) text += "Content-Type: " + content_type + "\r\n";
  for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
  if (may_have_body(status)) text += "Content-Length: " + std::to_string(size) + "\r\n";
  return text;
}

Response Response::prepared(Response response) {
  response.head = std::make_shared<const std::string>(response.head_text());
  return response;
}

Response Response::text(int status, std::string body) {
  Response response;
  response.status = status;
  response.body = one_piece(std::move(body));
  return response;
}

Response Response::json(int status, std::string body) {
  Response response = text(status, std::move(body));
  response.content_type = "application/json";
  return response;
}

Response Response::method_not_allowed(std::string allow) {
  Response response = text(405, "method not allowed\n");
  response.headers.emplace_back("Allow", std::move(allow));
  return response;
}

Response Response::of(const Error& error) {
  int status = 500;
  switch (error.code) {
    case ErrorCode::kInvalidConfig:
    case ErrorCode::kInvalidArgument:
      status = 400;
      break;
    case ErrorCode::kNotFound:
      status = 404;
      break;
    case ErrorCode::kInsufficientData:
      status = 409;
      break;
    case ErrorCode::kUnavailable:
    case ErrorCode::kCancelled:
      status = 503;
      break;
    case ErrorCode::kTimeout:
      status = 504;
      break;
    case ErrorCode::kCorrupt:
      status = 500;
      break;
  }
  return text(status, error.message + "\n");
}

std::string_view reason_phrase(int status) {
  for (const auto& [known, reason] : kReasons) {
    if (known == status) return reason;
  }
  return "Status";
}

}  // namespace leeway::api
