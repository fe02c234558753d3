#include "tests/support/socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <system_error>
#include <utility>

namespace leeway::tests {
namespace {

constexpr std::size_t kLongestHead = 64 * 1024;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

tl::unexpected<Error> system_failure(std::string_view doing) {
  return fail(ErrorCode::kUnavailable,
              std::string(doing) + ": " + std::generic_category().message(errno));
}

Result<> wait_until_ready(int descriptor, short events, Deadline deadline) {
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() < 0) return fail(ErrorCode::kTimeout, "the deadline has passed");
    pollfd waiting{.fd = descriptor, .events = events, .revents = 0};
    const int ready = poll(&waiting, 1, static_cast<int>(std::min<long>(left.count(), 60'000)));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return system_failure("poll");
  }
}

Result<Socket> tcp_socket() {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return system_failure("socket");
  return Socket(descriptor);
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

Result<std::size_t> number(std::string_view text, int base) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end == text.data()) {
    return fail(ErrorCode::kCorrupt, "'" + std::string(text) + "' is no length");
  }
  return value;
}

}  // namespace

Socket::~Socket() {
  if (descriptor_ >= 0) close(descriptor_);
}

Socket::Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

Socket& Socket::operator=(Socket&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

Result<Socket> Socket::connect(std::uint16_t port, Deadline deadline) {
  auto made = tcp_socket();
  if (!made) return made;
  const sockaddr_in address = loopback(port);
  const auto* raw = reinterpret_cast<const sockaddr*>(&address);
  if (::connect(made->descriptor(), raw, sizeof address) == 0) return made;
  if (errno != EINPROGRESS) return system_failure("connect");
  if (auto ready = wait_until_ready(made->descriptor(), POLLOUT, deadline); !ready) {
    return fail(std::move(ready.error()).in("connect"));
  }
  int failure = 0;
  socklen_t length = sizeof failure;
  getsockopt(made->descriptor(), SOL_SOCKET, SO_ERROR, &failure, &length);
  if (failure == 0) return made;
  errno = failure;
  return system_failure("connect");
}

Result<Socket> Socket::listen(std::uint16_t port) {
  auto made = tcp_socket();
  if (!made) return made;
  const int yes = 1;  // connections of an earlier listener may still linger on this port
  setsockopt(made->descriptor(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const sockaddr_in address = loopback(port);
  const auto* raw = reinterpret_cast<const sockaddr*>(&address);
  if (bind(made->descriptor(), raw, sizeof address) != 0) return system_failure("bind");
  if (::listen(made->descriptor(), 128) != 0) return system_failure("listen");
  return made;
}

Result<Socket> Socket::accept(Deadline deadline) const {
  while (true) {
    const int accepted = accept4(descriptor_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted >= 0) return Socket(accepted);
    if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) return system_failure("accept");
    if (auto ready = wait_until_ready(descriptor_, POLLIN, deadline); !ready) {
      return fail(std::move(ready.error()).in("accept"));
    }
  }
}

std::uint16_t Socket::port() const {
  sockaddr_in address{};
  socklen_t length = sizeof address;
  getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &length);
  return ntohs(address.sin_port);
}

Result<> Socket::send(std::string_view bytes, Deadline deadline) const {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno != EAGAIN && errno != EINTR) {
      return system_failure("send");
    } else if (auto ready = wait_until_ready(descriptor_, POLLOUT, deadline); !ready) {
      return fail(std::move(ready.error()).in("send"));
    }
  }
  return {};
}

Result<std::string> Socket::receive(Deadline deadline) const {
  std::array<char, 16 * 1024> bytes{};
  while (true) {
    const ssize_t received = recv(descriptor_, bytes.data(), bytes.size(), 0);
    if (received >= 0) return std::string(bytes.data(), static_cast<std::size_t>(received));
    if (errno != EAGAIN && errno != EINTR) return system_failure("receive");
    if (auto ready = wait_until_ready(descriptor_, POLLIN, deadline); !ready) {
      return fail(std::move(ready.error()).in("receive"));
    }
  }
}

Result<> HttpReader::more(Deadline deadline) {
  auto bytes = socket_.receive(deadline);
  if (!bytes) return fail(std::move(bytes.error()));
  if (bytes->empty()) return fail(ErrorCode::kNotFound, "the peer has closed");
  buffer_ += *bytes;
  return {};
}

Result<std::string> HttpReader::take(std::size_t bytes, Deadline deadline) {
  while (buffer_.size() < bytes) {
    if (auto got = more(deadline); !got) {
      const bool is_cut = got.error().code == ErrorCode::kNotFound;
      return fail(is_cut ? Error{ErrorCode::kCorrupt, "the message ends too early"} : got.error());
    }
  }
  std::string taken = buffer_.substr(0, bytes);
  buffer_.erase(0, bytes);
  return taken;
}

Result<std::string> HttpReader::take_line(Deadline deadline) {
  std::size_t end = buffer_.find("\r\n");
  while (end == std::string::npos) {
    if (buffer_.size() > kLongestHead) return fail(ErrorCode::kCorrupt, "a line without end");
    if (auto got = more(deadline); !got) return fail(std::move(got.error()));
    end = buffer_.find("\r\n");
  }
  std::string line = buffer_.substr(0, end);
  buffer_.erase(0, end + 2);
  return line;
}

Result<std::string> HttpReader::take_chunks(Deadline deadline) {
  std::string body;
  while (true) {
    auto line = take_line(deadline);
    if (!line) return line;
    const auto length = number(*line, 16);
    if (!length) return fail(length.error());
    auto chunk = take(*length + 2, deadline);  // with the line break after it
    if (!chunk || *length == 0) return chunk ? Result<std::string>(body) : chunk;
    body.append(*chunk, 0, *length);
  }
}

Result<std::string> HttpReader::take_rest(Deadline deadline) {
  while (true) {
    auto got = more(deadline);
    if (got) continue;
    if (got.error().code != ErrorCode::kNotFound) return fail(std::move(got.error()));
    return std::exchange(buffer_, {});
  }
}

Result<HttpMessage> HttpReader::next(Deadline deadline, bool has_body) {
  HttpMessage message;
  auto line = take_line(deadline);
  if (!line) return fail(std::move(line.error()));
  if (line->find("HTTP/1.") == std::string::npos) {
    return fail(ErrorCode::kCorrupt, "'" + *line + "' is no HTTP");
  }
  message.start_line = std::move(*line);
  for (line = take_line(deadline); line && !line->empty(); line = take_line(deadline)) {
    const std::size_t colon = line->find(':');
    if (colon == std::string::npos) return fail(ErrorCode::kCorrupt, "a header without ':'");
    message.headers[lower(line->substr(0, colon))] =
        trimmed(std::string_view(*line).substr(colon + 1));
  }
  if (!line) return fail(std::move(line.error()));

  const bool is_answer = message.start_line.starts_with("HTTP/");
  const bool is_empty =
      is_answer && (message.start_line.find(" 204") == 8 || message.start_line.find(" 304") == 8);
  Result<std::string> body = std::string();
  if (!has_body || is_empty) return message;
  if (message.headers.contains("transfer-encoding")) {
    body = take_chunks(deadline);
  } else if (const auto length = message.headers.find("content-length");
             length != message.headers.end()) {
    const auto bytes = number(length->second, 10);
    if (!bytes) return fail(bytes.error());
    body = take(*bytes, deadline);
  } else if (is_answer) {
    body = take_rest(deadline);
  }
  if (!body) return fail(std::move(body.error()));
  message.body = std::move(*body);
  return message;
}

}  // namespace leeway::tests
