#include "tests/support/http_get.h"

#include <charconv>
#include <utility>

#include "tests/support/process.h"
#include "tests/support/socket.h"

namespace leeway::tests {
namespace {

std::string written(const HttpRequest& request, std::uint16_t port) {
  std::string text = request.method + " " + request.target + " HTTP/1.1\r\n";
  text += "Host: 127.0.0.1:" + std::to_string(port) + "\r\nConnection: close\r\n";
  for (const auto& [name, value] : request.headers) text += name + ": " + value + "\r\n";
  if (!request.body.empty()) {
    text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  return text + "\r\n" + request.body;
}

Result<int> status_of(std::string_view line) {
  int status = 0;
  if (line.size() >= 12 && line.starts_with("HTTP/1.")) {
    std::from_chars(line.data() + 9, line.data() + 12, status);
  }
  if (status >= 100) return status;
  return fail(ErrorCode::kCorrupt, "'" + std::string(line) + "' is no answer of HTTP/1.1");
}

}  // namespace

Result<HttpAnswer> http(std::uint16_t port, const HttpRequest& request,
                        std::chrono::milliseconds deadline) {
  const Deadline end = std::chrono::steady_clock::now() + deadline;
  const auto socket = Socket::connect(port, end);
  if (!socket) return fail(socket.error());
  if (auto sent = socket->send(written(request, port), end); !sent) {
    return fail(std::move(sent.error()));
  }
  auto message = HttpReader(*socket).next(end, request.method != "HEAD");
  if (!message) return fail(std::move(message.error()).in(request.method + " " + request.target));
  const auto status = status_of(message->start_line);
  if (!status) return fail(status.error());
  return HttpAnswer{
      .status = *status, .headers = std::move(message->headers), .body = std::move(message->body)};
}

Result<HttpAnswer> http_get(std::uint16_t port, std::string_view target,
                            std::chrono::milliseconds deadline) {
  return http(port, {.method = "GET", .target = std::string(target)}, deadline);
}

bool wait_for_port(std::uint16_t port, std::chrono::milliseconds deadline) {
  const Deadline end = std::chrono::steady_clock::now() + deadline;
  return eventually([&] { return Socket::connect(port, end).has_value(); }, deadline);
}

bool wait_for_ok(std::uint16_t port, std::string_view target, std::chrono::milliseconds deadline) {
  const auto is_ok = [&] {
    const auto answer = http_get(port, target, std::chrono::seconds(1));
    return answer && answer->status == 200;
  };
  return eventually(is_ok, deadline);
}

}  // namespace leeway::tests
