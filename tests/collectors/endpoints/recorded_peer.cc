#include "tests/collectors/endpoints/recorded_peer.h"

#include <boost/asio/completion_condition.hpp>
#include <boost/asio/read.hpp>
#include <fstream>
#include <iterator>

namespace leeway::tests {
namespace {

constexpr std::string_view kMark = ">>> ";
constexpr std::string_view kUnknown =
    "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 21\r\n\r\n"
    "{\"error\":\"no record\"}";

/// Lines end as HTTP wants it, and the length is there.
std::string framed(std::string_view recorded) {
  const auto split = recorded.find("\n\n");
  std::string head;
  for (const char c : recorded.substr(0, split))
    head += c == '\n' ? std::string("\r\n") : std::string(1, c);
  std::string body(split == std::string_view::npos ? "" : recorded.substr(split + 2));
  if (body.ends_with('\n')) body.pop_back();
  return head + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::map<std::string, std::string> load(std::string_view name) {
  const std::string path = std::string(LEEWAY_SOURCE_DIR) +
                           "/tests/collectors/endpoints/exchanges/" + std::string(name) + ".txt";
  std::ifstream file(path, std::ios::binary);
  const std::string all((std::istreambuf_iterator<char>(file)), {});
  std::map<std::string, std::string> answers;
  std::string_view rest = all;
  for (auto at = rest.find(kMark); at != std::string_view::npos; at = rest.find(kMark)) {
    rest.remove_prefix(at + kMark.size());
    const auto end = rest.find('\n');
    const std::string line(rest.substr(0, end));
    rest.remove_prefix(end + 1);
    answers[line] = framed(rest.substr(0, rest.find(kMark)));
  }
  return answers;
}

std::size_t length_in(const std::string& head) {
  const auto at = head.find("Content-Length: ");
  return at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
}

}  // namespace

RecordedPeer::RecordedPeer(asio::io_context& io, std::string_view name)
    : answers_(load(name)), peer_(io, [this](Socket& socket) { return serve(socket); }) {}

Asked RecordedPeer::last(std::string_view line) const {
  for (auto one = asked_.rbegin(); one != asked_.rend(); ++one) {
    if (one->line.starts_with(line)) return *one;
  }
  return {};
}

void RecordedPeer::replace(std::string line, std::string response) {
  answers_[std::move(line)] = framed(response);
}

Task<> RecordedPeer::serve(Socket& socket) {
  for (std::string buffer;;) {
    const auto [error, bytes] =
        co_await asio::async_read_until(socket, asio::dynamic_buffer(buffer), "\r\n\r\n", kAsTuple);
    if (error) co_return;
    Asked asked{.line = buffer.substr(0, buffer.find(" HTTP/1.1")),
                .head = buffer.substr(0, bytes),
                .body = {}};
    buffer.erase(0, bytes);
    const std::size_t length = length_in(asked.head);
    if (buffer.size() < length) {
      const auto [unread, more] =
          co_await asio::async_read(socket, asio::dynamic_buffer(buffer),
                                    asio::transfer_exactly(length - buffer.size()), kAsTuple);
      if (unread) co_return;
    }
    asked.body = buffer.substr(0, length);
    buffer.erase(0, length);
    const auto found = answers_.find(asked.line);
    asked_.push_back(std::move(asked));
    co_await send(socket, found == answers_.end() ? std::string(kUnknown) : found->second);
  }
}

}  // namespace leeway::tests
