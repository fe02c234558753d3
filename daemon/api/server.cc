#include "daemon/api/server.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <list>
#include <utility>

#include "collectors/async/notifier.h"
#include "collectors/async/task_group.h"
#include "collectors/net/stream.h"
#include "collectors/net/tls_context.h"
#include "daemon/api/session.h"

namespace leeway::api {
namespace {

using tcp = asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// How often the sessions are looked at: a quarter of the shortest deadline.
Duration sweep_period(const ServerOptions& options) {
  const Duration shortest =
      std::min({options.request_timeout, options.write_timeout, options.idle_timeout});
  return std::clamp<Duration>(shortest / 4, milliseconds(50), seconds(5));
}

std::uint32_t sweeps(Duration timeout, Duration period) {
  return static_cast<std::uint32_t>((timeout + period - Duration(1)) / period);
}

Result<> open(tcp::acceptor& acceptor, const std::string& address, std::uint16_t port) {
  const std::string where = address + ':' + std::to_string(port);
  error_code error;
  const auto ip = asio::ip::make_address(address, error);
  if (error) return fail(ErrorCode::kInvalidConfig, "'" + address + "' is no IP address");
  const tcp::endpoint endpoint(ip, port);
  acceptor.open(endpoint.protocol(), error);
  if (!error) {
    net::close_on_exec(acceptor.native_handle());
    acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  }
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
  if (error) return fail(ErrorCode::kUnavailable, "listening on " + where + ": " + error.message());
  return {};
}

}  // namespace

class Server::Impl {
 public:
  Impl(const asio::any_io_executor& executor, Clock& clock, ServerOptions options,
       Handlers handlers)
      : clock_(clock),
        shared_(clock, std::move(options), std::move(handlers)),
        acceptor_(executor),
        tasks_(executor),
        period_(sweep_period(shared_.options)) {
    shared_.patience = {.request = sweeps(shared_.options.request_timeout, period_),
                        .write = sweeps(shared_.options.write_timeout, period_),
                        .idle = sweeps(shared_.options.idle_timeout, period_)};
  }

  Result<> start() {
    if (auto ok = reload_certificates(); !ok) return ok;
    if (auto ok = open(acceptor_, shared_.options.address, shared_.options.port); !ok) return ok;
    port_ = acceptor_.local_endpoint().port();
    tasks_.spawn(accept(), "accepting connections");
    return {};
  }

  Result<> reload_certificates() {
    const auto& tls = shared_.options.tls;
    if (!tls) return {};
    auto context =
        net::make_server_context(tls->certificate_file, tls->key_file, tls->client_ca_file);
    if (!context) return fail(std::move(context.error()));
    tls_ = std::move(*context);
    return {};
  }

  std::uint16_t port() const { return port_; }

  ServerStatistics statistics() const {
    ServerStatistics statistics = shared_.statistics;
    statistics.open = sessions_.size();
    return statistics;
  }

  Async<> stop(Duration deadline) {
    shared_.stopping = true;
    error_code ignored;
    acceptor_.close(ignored);
    for (auto& session : sessions_) session.stop();
    const auto joined = co_await tasks_.join(clock_, deadline);
    if (joined) co_return Result<>{};
    const std::size_t busy = shared_.statistics.busy;
    for (auto& session : sessions_) session.close();
    tasks_.stop();
    const auto ended = co_await tasks_.join(clock_, seconds(1));
    if (!ended) co_return fail(ended.error());
    co_return fail(ErrorCode::kTimeout,
                   std::to_string(busy) + " requests were cut off after " + to_string(deadline));
  }

 private:
  Task<> accept() {
    while (!shared_.stopping) {
      auto [error, socket] = co_await acceptor_.async_accept(kAsTuple);
      if (!error) {
        welcome(std::move(socket));
      } else if (error == asio::error::operation_aborted) {
        co_return;
      } else {  // no descriptor or memory left: others must end first
        const auto rested = co_await clock_.sleep(milliseconds(100));
        if (!rested) co_return;
      }
    }
  }

  void welcome(tcp::socket socket) {
    ++shared_.statistics.connections;
    net::close_on_exec(socket.native_handle());
    error_code error;
    socket.set_option(tcp::no_delay(true), error);
    const auto peer = socket.remote_endpoint(error).address().to_string();
    if (error) return;  // already gone
    if (sessions_.size() >= shared_.options.max_connections) {
      ++shared_.statistics.refused;
      return refuse(std::move(socket));
    }
    net::TlsStream* tls = nullptr;
    std::unique_ptr<net::Stream> stream;
    if (tls_) {
      auto secured = net::make_tls_server(std::move(socket), tls_);
      tls = secured.get();
      stream = std::move(secured);
    } else {
      stream = net::make_plain_stream(std::move(socket));
    }
    sessions_.emplace_back(shared_, std::move(stream), peer);
    tasks_.spawn(serve(std::prev(sessions_.end()), tls), "serving " + peer);
    if (sessions_.size() == 1) sweep_later();
  }

  void refuse(tcp::socket socket) {
    if (tls_) return;  // no handshake for somebody who is not let in
    Response response = Response::text(503, "too many connections\n");
    const std::string text = response.head_text() +
                             *shared_.ends.get(HeadEnds::Connection::kCloses) +
                             *response.body->front();
    error_code ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(text), ignored);
    socket.shutdown(tcp::socket::shutdown_send, ignored);
  }

  Task<> serve(std::list<Session>::iterator session, net::TlsStream* tls) {
    co_await session->run(tls);
    sessions_.erase(session);
    if (sessions_.empty()) sweep_.reset();
  }

  void sweep_later() {
    sweep_ = clock_.call_after(period_, [this] {
      ++shared_.sweep;
      for (auto& session : sessions_) session.sweep();
      sweep_later();
    });
  }

  Clock& clock_;
  Shared shared_;
  tcp::acceptor acceptor_;
  TaskGroup tasks_;
  Duration period_;
  std::uint16_t port_ = 0;
  net::TlsContext tls_;
  std::list<Session> sessions_;
  Alarm sweep_;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::listen(asio::any_io_executor executor, Clock& clock,
                                               ServerOptions options, Handlers handlers) {
  auto impl = std::make_unique<Impl>(executor, clock, std::move(options), std::move(handlers));
  if (auto ok = impl->start(); !ok) return fail(std::move(ok.error()));
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

std::uint16_t Server::port() const { return impl_->port(); }
ServerStatistics Server::statistics() const { return impl_->statistics(); }
Result<> Server::reload_certificates() { return impl_->reload_certificates(); }
Async<> Server::stop(Duration deadline) { return impl_->stop(deadline); }

}  // namespace leeway::api
