#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "detectors/base/result.h"

namespace leeway::tests {

using Deadline = std::chrono::steady_clock::time_point;

/// A file descriptor that is closed with the object. Every wait on it ends at a deadline.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  ~Socket();
  Socket(Socket&& other) noexcept;
  Socket& operator=(Socket&& other) noexcept;

  static Result<Socket> connect(std::uint16_t port, Deadline deadline);  ///< to 127.0.0.1
  static Result<Socket> listen(std::uint16_t port);  ///< on 127.0.0.1; 0: a free port

  Result<Socket> accept(Deadline deadline) const;

  int descriptor() const { return descriptor_; }
  std::uint16_t port() const;  ///< of our own side

  Result<> send(std::string_view bytes, Deadline deadline) const;
  /// What has arrived; empty once the peer has closed.
  Result<std::string> receive(Deadline deadline) const;

 private:
  int descriptor_ = -1;
};

/// Headers by their names in lower case.
using Headers = std::map<std::string, std::string>;

struct HttpMessage {
  std::string start_line;  ///< "GET / HTTP/1.1" or "HTTP/1.1 200 OK"
  Headers headers;
  std::string body;
};

/// Reads HTTP/1.1 messages one after the other from a connection.
class HttpReader {
 public:
  explicit HttpReader(const Socket& socket) : socket_(socket) {}

  /// kNotFound if the peer closed instead of sending another message, kCorrupt for no HTTP.
  /// @param has_body  false for the answer to HEAD
  Result<HttpMessage> next(Deadline deadline, bool has_body = true);

 private:
  Result<> more(Deadline deadline);
  Result<std::string> take(std::size_t bytes, Deadline deadline);
  Result<std::string> take_line(Deadline deadline);
  Result<std::string> take_chunks(Deadline deadline);
  Result<std::string> take_rest(Deadline deadline);

  const Socket& socket_;
  std::string buffer_;
};

}  // namespace leeway::tests
