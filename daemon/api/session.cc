#include "daemon/api/session.h"

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <cstring>
#include <span>
#include <utility>

#include "collectors/net/retry_after.h"

namespace leeway::api {
namespace {

constexpr std::size_t kFirstBuffer = std::size_t{4} << 10U;

/// Requests of one packet that are answered before the other connections have a turn.
constexpr int kRequestsPerTurn = 64;

/// What a client may still send after it was refused, until it is cut off.
constexpr std::size_t kLinger = std::size_t{256} << 10U;

Piece piece(std::string text) { return std::make_shared<const std::string>(std::move(text)); }

}  // namespace

const Piece& HeadEnds::get(Connection connection) {
  const TimePoint now = clock_.now();
  const std::int64_t second = to_micros(now) / 1'000'000;
  if (second != second_) {
    second_ = second;
    const std::string date = "Date: " + net::to_http_date(now) + "\r\n";
    pieces_ = {piece(date + "\r\n"), piece(date + "Connection: keep-alive\r\n\r\n"),
               piece(date + "Connection: close\r\n\r\n")};
  }
  return pieces_[static_cast<std::size_t>(connection)];
}

Session::Session(Shared& shared, std::unique_ptr<net::Stream> stream, std::string peer)
    : shared_(shared),
      stream_(std::move(stream)),
      reader_({.head = shared.options.max_head_bytes, .body = shared.options.max_body_bytes},
              std::move(peer)) {}

void Session::wait(Wait what) {
  const auto busy = [](Wait one) { return one == Wait::kHandler || one == Wait::kWrite; };
  if (busy(what) && !busy(wait_)) ++shared_.statistics.busy;
  if (!busy(what) && busy(wait_)) --shared_.statistics.busy;
  wait_ = what;
  since_ = shared_.sweep;
}

void Session::sweep() {
  std::uint32_t patience = shared_.patience.request;
  if (wait_ == Wait::kHandler) return;  // the handler has deadlines of its own
  if (wait_ == Wait::kIdle) patience = shared_.patience.idle;
  if (wait_ == Wait::kWrite) patience = shared_.patience.write;
  if (shared_.sweep - since_ <= patience) return;
  if (wait_ != Wait::kIdle && wait_ != Wait::kEnd) ++shared_.statistics.timeouts;
  stream_->close();
}

void Session::stop() {
  if (wait_ == Wait::kIdle || wait_ == Wait::kHandshake) stream_->close();
}

Task<> Session::run(net::TlsStream* tls) {
  wait(Wait::kHandshake);
  bool open = tls == nullptr || !co_await tls->handshake();
  bool in_order = true;
  for (int turn = 1; open; ++turn) {
    if (!co_await read_request()) break;
    const bool refused = reader_.refusal().status != 0;
    if (refused) ++shared_.statistics.malformed;
    ++shared_.statistics.requests;
    bool keep = !refused && reader_.keep_alive();
    const Response response = co_await answer();
    keep = keep && !shared_.stopping;
    in_order = !refused;
    open = co_await write(response, keep) && keep;
    if (open && turn % kRequestsPerTurn == 0 && begin_ != end_) {
      co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    }
  }
  co_await end(in_order);
  wait(Wait::kEnd);
}

/// True when there is a request, or something to refuse.
Task<bool> Session::read_request() {
  reader_.restart();
  wait(begin_ == end_ ? Wait::kIdle : Wait::kRequest);
  if (begin_ == end_ && shared_.stopping) co_return false;
  for (;;) {
    if (begin_ != end_) {
      std::string_view bytes(buffer_.data() + begin_, end_ - begin_);
      const auto state = reader_.put(bytes);
      begin_ = end_ - bytes.size();
      if (state == RequestReader::State::kComplete || state == RequestReader::State::kRefused) {
        co_return true;
      }
      if (state == RequestReader::State::kAwaitsContinue) {
        constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
        outgoing_.assign(1, asio::buffer(kContinue));
        if (!co_await write_all()) co_return false;
        wait(Wait::kRequest);
      }
    }
    if (!co_await read_more()) co_return false;
    if (wait_ == Wait::kIdle) wait(Wait::kRequest);
  }
}

/// Appends to the buffer. What was left of an incomplete head stays, at its front.
Task<bool> Session::read_more() {
  const std::size_t left = end_ - begin_;
  if (begin_ != 0) std::memmove(buffer_.data(), buffer_.data() + begin_, left);
  begin_ = 0;
  end_ = left;
  if (buffer_.size() - left < kFirstBuffer / 2) {
    buffer_.resize(std::max(kFirstBuffer, buffer_.size() * 2));
  }
  const auto got = co_await stream_->read_some(std::span(buffer_).subspan(left));
  end_ += got.bytes;
  co_return !got.error;
}

Task<Response> Session::answer() {
  const auto& refusal = reader_.refusal();
  if (refusal.status != 0) co_return Response::text(refusal.status, refusal.reason + "\n");
  wait(Wait::kHandler);
  if (shared_.handlers.ready) {
    auto response = shared_.handlers.ready(reader_.request());
    if (response) co_return std::move(*response);
  }
  if (!shared_.handlers.later) co_return Response::not_found();
  auto response = co_await shared_.handlers.later(reader_.take());
  if (!response) co_return Response::of(response.error());
  co_return std::move(*response);
}

Task<bool> Session::write(const Response& response, bool keep) {
  wait(Wait::kWrite);
  using Connection = HeadEnds::Connection;
  auto connection = keep ? Connection::kStays : Connection::kCloses;
  if (keep && reader_.is_http_1_0()) connection = Connection::kStaysAndSaysSo;
  const Piece end = shared_.ends.get(connection);
  const Piece head = response.head ? response.head : piece(response.head_text());
  outgoing_.clear();
  outgoing_.push_back(asio::buffer(*head));
  outgoing_.push_back(asio::buffer(*end));
  if (response.body && !reader_.request().is_head()) {
    for (const auto& part : *response.body) outgoing_.push_back(asio::buffer(*part));
  }
  co_return co_await write_all();
}

Task<bool> Session::write_all() {
  net::Remaining rest(outgoing_);
  while (!rest.empty()) {
    auto sent = stream_->try_write(rest.get());
    if (sent.error == asio::error::would_block) sent = co_await stream_->write_some(rest.get());
    if (sent.error) co_return false;
    rest.drop(sent.bytes);
    since_ = shared_.sweep;
  }
  co_return true;
}

/// Closing while bytes of the client are unread would reset the connection, and the client might
/// never see its answer: so after a refusal some more is read and dropped.
Task<> Session::end(bool in_order) {
  wait(Wait::kEnd);
  co_await stream_->finish();
  std::size_t dropped = 0;
  while (!in_order && dropped < kLinger) {
    const auto got = co_await stream_->read_some(buffer_);
    if (got.error) break;
    dropped += got.bytes;
  }
  stream_->close();
}

}  // namespace leeway::api
