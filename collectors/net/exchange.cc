#include "collectors/net/exchange.h"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>
#include <span>
#include <utility>
#include <vector>

#include "collectors/async/outside_work.h"
#include "collectors/net/answer_reader.h"
#include "collectors/net/request_head.h"

namespace leeway::net {
namespace {

using tcp = asio::ip::tcp;
using Endpoints = std::vector<tcp::endpoint>;

constexpr std::size_t kReadBytes = std::size_t{16} << 10U;

std::string describe(const error_code& error) {
  if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) {
    return "the peer closed the connection";
  }
  if (error == asio::error::connection_reset) return "the peer reset the connection";
  return error.message();
}

/// The failure of an operation that ended with `error`: a deadline, a wish to stop, or the peer.
Task<tl::unexpected<HttpFailure>> failed(Job& job, std::string reason) {
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  const bool stopped = cancellation.cancelled() != asio::cancellation_type::none;
  const auto code = stopped ? ErrorCode::kCancelled : ErrorCode::kUnavailable;
  auto failure = job.watch.failure(code, stopped ? "told to stop" : std::move(reason));
  failure.maybe_sent = job.maybe_sent;
  co_return tl::unexpected<HttpFailure>(std::move(failure));
}

tl::unexpected<HttpFailure> refused(Job& job, Error error) {
  auto failure = job.watch.failure(error.code, std::move(error.message));
  failure.maybe_sent = job.maybe_sent;
  return tl::unexpected<HttpFailure>(std::move(failure));
}

Task<tl::expected<Endpoints, HttpFailure>> resolve(Job& job) {
  error_code not_an_address;
  const Url& peer = job.prepared.peer();
  const auto address = asio::ip::make_address(peer.host, not_an_address);
  if (!not_an_address) co_return Endpoints{{address, peer.port}};

  const auto executor = co_await asio::this_coro::executor;
  tcp::resolver resolver(executor);
  const OutsideWork outside(executor);  // Asio asks in a thread of its own
  job.watch.begin(Phase::kDns, job.request.limits.dns, [&resolver] { resolver.cancel(); });
  const std::string port = std::to_string(peer.port);
  const auto [error, results] =
      co_await resolver.async_resolve(peer.host, port, tcp::resolver::numeric_service, kAsTuple);
  if (error || job.watch.deadline_hit()) co_return co_await failed(job, error.message());
  job.watch.end();
  co_return Endpoints(results.begin(), results.end());
}

/// One address after the other until one answers, all within one deadline.
Task<tl::expected<tcp::socket, HttpFailure>> open_socket(Job& job, const Endpoints& endpoints) {
  tcp::socket socket(co_await asio::this_coro::executor);
  job.watch.begin(Phase::kConnect, job.request.limits.connect, [&socket] {
    error_code ignored;
    socket.close(ignored);
  });
  error_code error = asio::error::host_not_found;
  for (const auto& endpoint : endpoints) {
    if (job.watch.deadline_hit()) break;
    error_code ignored;
    socket.close(ignored);
    socket.open(endpoint.protocol(), error);
    if (error) continue;
    close_on_exec(socket.native_handle());
    const auto [connected] = co_await socket.async_connect(endpoint, kAsTuple);
    error = connected;
    if (!error || error == asio::error::operation_aborted) break;
  }
  if (error || job.watch.deadline_hit()) co_return co_await failed(job, describe(error));
  job.watch.end();
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  co_return socket;
}

/// Asks the proxy for a way through to the server, within the deadline for a connection.
Task<tl::expected<void, HttpFailure>> open_tunnel(Job& job, tcp::socket& socket) {
  job.watch.begin(Phase::kConnect, job.request.limits.connect, [&socket] {
    error_code ignored;
    socket.close(ignored);
  });
  const std::string head = connect_head(job.prepared.url, *job.prepared.proxy);
  const auto [unsent, sent] = co_await asio::async_write(socket, asio::buffer(head), kAsTuple);
  std::string answer;
  error_code error = unsent;
  if (!error) {
    // The server speaks only after our hello, so nothing of it can follow the proxy's head.
    const auto [unread, bytes] = co_await asio::async_read_until(
        socket, asio::dynamic_buffer(answer, job.request.limits.max_head_bytes), "\r\n\r\n",
        kAsTuple);
    error = unread;
  }
  if (error || job.watch.deadline_hit()) {
    co_return co_await failed(job, "the proxy: " + describe(error));
  }
  const auto status = std::string_view(answer).substr(std::min<std::size_t>(answer.size(), 9), 3);
  if (!answer.starts_with("HTTP/1.") || !status.starts_with('2')) {
    co_return refused(job, {ErrorCode::kUnavailable,
                            "the proxy refused the connection: status " + std::string(status)});
  }
  job.watch.end();
  co_return tl::expected<void, HttpFailure>();
}

Task<ConnectOutcome> secure(Job& job, tcp::socket socket) {
  const auto& asked = job.request.tls.server_name;
  auto stream =
      make_tls_client(std::move(socket), job.tls, asked.empty() ? job.prepared.url.host : asked);
  if (!stream) {
    co_return refused(job, {ErrorCode::kInvalidArgument, "TLS does not take the host's name"});
  }
  job.watch.begin(Phase::kTls, job.request.limits.tls, [&stream] { stream->close(); });
  const auto error = co_await stream->handshake();
  if (error || job.watch.deadline_hit()) {
    const std::string objection = stream->objection();
    co_return co_await failed(job, describe(error) + (objection.empty() ? "" : ": " + objection));
  }
  job.watch.end();
  co_return std::unique_ptr<Stream>(std::move(stream));
}

std::vector<asio::const_buffer> message(const Job& job) {
  std::vector<asio::const_buffer> buffers{asio::buffer(job.prepared.head)};
  if (!job.request.body.empty()) buffers.push_back(asio::buffer(job.request.body));
  return buffers;
}

/// Reads until the answer is complete; the watch runs for its first byte.
Task<ExchangeOutcome> read_answer(Job& job, Stream& stream) {
  AnswerReader reader(job.request.method == "HEAD", job.request.limits);
  // Left as it is: clearing it would cost more than parsing what comes.
  const auto memory = std::make_unique_for_overwrite<char[]>(kReadBytes);
  const std::span buffer(memory.get(), kReadBytes);
  for (bool complete = false; !complete;) {
    const Transfer got = co_await stream.read_some(buffer);
    if (job.watch.deadline_hit()) co_return co_await failed(job, "");
    if (got.bytes != 0 && !job.first_byte_seen) {
      job.first_byte_seen = true;
      job.watch.end();
      job.watch.begin(Phase::kBody, job.request.limits.total, [&stream] { stream.close(); });
    }
    if (got.error == asio::error::eof && job.first_byte_seen) {
      if (auto ended = reader.end(); !ended) co_return refused(job, std::move(ended.error()));
      break;
    }
    if (got.error) co_return co_await failed(job, describe(got.error));
    const auto put = reader.put({memory.get(), got.bytes});
    if (!put) co_return refused(job, put.error());
    complete = *put;
  }
  job.watch.end();
  const bool reusable = reader.reusable();
  co_return Exchanged{reader.take(), reusable};
}

}  // namespace

Task<ConnectOutcome> connect(Job& job) {
  auto endpoints = co_await resolve(job);
  if (!endpoints) co_return tl::unexpected(std::move(endpoints.error()));
  auto socket = co_await open_socket(job, *endpoints);
  if (!socket) co_return tl::unexpected(std::move(socket.error()));
  if (job.tls && job.prepared.proxy) {
    auto tunnel = co_await open_tunnel(job, *socket);
    if (!tunnel) co_return tl::unexpected(std::move(tunnel.error()));
  }
  if (job.tls) co_return co_await secure(job, std::move(*socket));
  co_return make_plain_stream(std::move(*socket));
}

Task<ExchangeOutcome> exchange(Job& job, Stream& stream) {
  job.watch.begin(Phase::kFirstByte, job.request.limits.first_byte, [&stream] { stream.close(); });
  job.maybe_sent = true;
  const Transfer sent = co_await write_all(stream, message(job));
  if (job.watch.deadline_hit()) co_return co_await failed(job, "");
  if (sent.error == asio::error::operation_aborted) co_return co_await failed(job, "");
  // A peer that refuses a large request may answer and close before it has read everything.
  auto answer = co_await read_answer(job, stream);
  if (sent.error && !answer && !answer.error().deadline_hit) {
    co_return co_await failed(job, "sending: " + describe(sent.error));
  }
  if (sent.error && answer) answer->reusable = false;
  co_return answer;
}

}  // namespace leeway::net
