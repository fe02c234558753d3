#pragma once

#include <gmock/gmock.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/read.hpp>
#include <memory>
#include <string>
#include <utility>

#include "daemon/api/server.h"
#include "tests/support/coroutines.h"
#include "tests/support/raw_peer.h"

namespace leeway::api {

/// A server on a virtual clock; real sockets on the loopback, all on one thread.
class ServerFixture : public testing::Test {
 protected:
  using Socket = tests::Socket;

  void serve(ServerOptions options = {}) {
    auto server = Server::listen(io_.get_executor(), clock_, std::move(options), handlers_);
    ASSERT_TRUE(server.has_value()) << server.error().message;
    server_ = std::move(*server);
  }

  void TearDown() override {
    if (!server_) return;
    tests::Started<Result<>> stopped(io_, server_->stop(std::chrono::seconds(0)));
    until([&] { return stopped.done(); });
  }

  /// Lets real sockets do their work until `condition` holds.
  template <class Condition>
  void until(Condition condition) {
    clock_.settle();
    io_.restart();
    while (!condition()) {
      ASSERT_NE(io_.run_one_for(std::chrono::seconds(10)), 0U) << "nothing happens";
    }
    clock_.settle();
  }

  Socket connected() {
    Socket socket(io_);
    socket.connect({asio::ip::address_v4::loopback(), server_->port()});
    return socket;
  }

  void send(Socket& socket, std::string_view text) { asio::write(socket, asio::buffer(text)); }

  /// What comes until the server closes.
  std::string rest_of(Socket& socket) {
    tests::Started<std::string> rest(io_, read_rest(socket));
    until([&] { return rest.done(); });
    return rest.done() ? rest.value() : "nothing";
  }

  /// What comes up to and with `end`.
  std::string read_until(Socket& socket, std::string_view end) {
    tests::Started<std::string> text(io_, read_to(socket, std::string(end)));
    until([&] { return text.done(); });
    return text.done() ? text.value() : "nothing";
  }

  std::string ask(std::string_view text) {
    auto socket = connected();
    send(socket, text);
    return rest_of(socket);
  }

  static Task<std::string> read_rest(Socket& socket) {
    std::string text;
    const auto [error, bytes] =
        co_await asio::async_read(socket, asio::dynamic_buffer(text), kAsTuple);
    static_cast<void>(bytes);
    co_return error == asio::error::eof ? text : text + "<" + error.message() + ">";
  }

  static Task<std::string> read_to(Socket& socket, std::string end) {
    std::string text;
    const auto [error, bytes] =
        co_await asio::async_read_until(socket, asio::dynamic_buffer(text), end, kAsTuple);
    co_return error ? text + "<" + error.message() + ">" : text.substr(0, bytes);
  }

  asio::io_context io_;
  VirtualClock clock_{io_.get_executor(), from_micros(784'111'777'000'000)};
  Handlers handlers_;
  std::unique_ptr<Server> server_;
};

}  // namespace leeway::api
