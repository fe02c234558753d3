#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "collectors/async/async.h"

namespace leeway::tests {

using Socket = asio::ip::tcp::socket;

/// Reads up to the end of a request head; empty if the other side closes before.
inline Task<std::string> read_head(Socket& socket) {
  std::string head;
  const auto [error, bytes] =
      co_await asio::async_read_until(socket, asio::dynamic_buffer(head), "\r\n\r\n", kAsTuple);
  static_cast<void>(bytes);
  co_return error ? std::string() : head;
}

inline Task<> send(Socket& socket, std::string text) {
  const auto [error, bytes] = co_await asio::async_write(socket, asio::buffer(text), kAsTuple);
  static_cast<void>(error);
  static_cast<void>(bytes);
}

/// A TCP server that does with each connection what its script says; the connection is closed when
/// the script ends. For peers that stall, lie or leave.
class RawPeer {
 public:
  using Script = std::function<Task<>(Socket&)>;

  RawPeer(asio::io_context& io, Script script)
      : acceptor_(io, {asio::ip::address_v4::loopback(), 0}), script_(std::move(script)) {
    asio::co_spawn(io, accept(), asio::detached);
  }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  std::string url(std::string_view path, std::string_view scheme = "http") const {
    return std::string(scheme) + "://127.0.0.1:" + std::to_string(port()) + std::string(path);
  }
  int connections() const { return connections_; }

 private:
  Task<> accept() {
    for (;;) {
      auto [error, socket] = co_await acceptor_.async_accept(kAsTuple);
      if (error) co_return;
      ++connections_;
      asio::co_spawn(acceptor_.get_executor(), serve(std::move(socket)), asio::detached);
    }
  }

  Task<> serve(Socket socket) { co_await script_(socket); }

  asio::ip::tcp::acceptor acceptor_;
  Script script_;
  int connections_ = 0;
};

}  // namespace leeway::tests
