#include <gmock/gmock.h>

#include <boost/asio/ip/tcp.hpp>
#include <deque>

#include "collectors/async/task_group.h"
#include "collectors/net/http_client.h"
#include "tests/support/coroutines.h"
#include "tests/support/raw_peer.h"

namespace leeway::net {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using tests::Socket;

/// A client on a virtual clock against peers that stall: time passes only when the test says so.
class DeadlinesTest : public testing::Test {
 protected:
  using Outcome = tests::Started<HttpOutcome>;

  static HttpRequest request_to(std::string url) {
    HttpRequest request;
    request.url = std::move(url);
    request.limits = {.dns = seconds(1),
                      .connect = seconds(2),
                      .tls = seconds(3),
                      .first_byte = seconds(4),
                      .total = seconds(60)};
    return request;
  }

  /// Lets real sockets do their work until `condition` holds.
  template <class Condition>
  void until(Condition condition) {
    io_.restart();
    while (!condition()) ASSERT_NE(io_.run_one_for(seconds(10)), 0U) << "nothing happens";
    clock_.settle();
  }

  void expect_timeout(Outcome& outcome, Phase phase, bool maybe_sent, const char* text) {
    until([&] { return outcome.done(); });
    ASSERT_TRUE(outcome.done());
    ASSERT_FALSE(outcome.value().has_value());
    const auto& failure = outcome.value().error();
    EXPECT_EQ(failure.phase, phase);
    EXPECT_EQ(failure.error.code, ErrorCode::kTimeout);
    EXPECT_TRUE(failure.deadline_hit);
    EXPECT_EQ(failure.maybe_sent, maybe_sent);
    EXPECT_THAT(failure.error.message, HasSubstr(text));
  }

  asio::io_context io_;
  VirtualClock clock_{io_.get_executor(), TimePoint{}};
  std::unique_ptr<HttpClient> client_ = make_http_client(clock_);
};

TEST_F(DeadlinesTest, ThatOfTheConnectionHits) {
  // A listener with a full queue: Linux drops further attempts, so they neither succeed nor fail.
  asio::ip::tcp::acceptor acceptor(io_, asio::ip::tcp::v4());
  acceptor.bind({asio::ip::address_v4::loopback(), 0});
  acceptor.listen(0);
  std::deque<Socket> queue;
  for (int i = 0; i < 4; ++i) {
    queue.emplace_back(io_).async_connect(acceptor.local_endpoint(), [](auto) {});
  }
  clock_.settle();
  const auto url = "http://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()) + "/";
  Outcome outcome(io_, client_->send(request_to(url)));
  clock_.advance(seconds(2) - Duration(1));
  EXPECT_FALSE(outcome.done());
  clock_.advance(Duration(1));
  expect_timeout(outcome, Phase::kConnect, false, "connect: not within 2s");
}

TEST_F(DeadlinesTest, ThatOfTheHandshakeHits) {
  bool spoke = false;
  tests::RawPeer peer(io_, [&spoke, this](Socket& socket) -> Task<> {
    char byte = 0;
    co_await socket.async_read_some(asio::buffer(&byte, 1), kAsTuple);
    spoke = true;
    static_cast<void>(co_await clock_.sleep(hours(1)));
  });
  Outcome outcome(io_, client_->send(request_to(peer.url("/", "https"))));
  until([&] { return spoke; });
  clock_.advance(seconds(3));
  expect_timeout(outcome, Phase::kTls, false, "tls: not within 3s");
}

TEST_F(DeadlinesTest, ThatOfTheFirstByteHitsAndThePeerMayHaveActed) {
  std::string head;
  tests::RawPeer peer(io_, [&head, this](Socket& socket) -> Task<> {
    head = co_await tests::read_head(socket);
    static_cast<void>(co_await clock_.sleep(hours(1)));
  });
  Outcome outcome(io_, client_->send(request_to(peer.url("/slow?key=secret"))));
  until([&] { return !head.empty(); });
  clock_.advance(seconds(4));
  expect_timeout(outcome, Phase::kFirstByte, true, "/slow?key=...: first byte: not within 4s");
}

TEST_F(DeadlinesTest, TheTotalOneHitsInTheBody) {
  bool begun = false;
  tests::RawPeer peer(io_, [&begun, this](Socket& socket) -> Task<> {
    co_await tests::read_head(socket);
    co_await tests::send(socket, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
    begun = true;
    for (int i = 0; i < 99; ++i) {  // a byte a second is progress, but not enough
      static_cast<void>(co_await clock_.sleep(seconds(1)));
      co_await tests::send(socket, "x");
    }
  });
  Outcome outcome(io_, client_->send(request_to(peer.url("/"))));
  until([&] { return begun; });
  clock_.advance(seconds(5));
  EXPECT_FALSE(outcome.done());
  clock_.advance(seconds(55));
  expect_timeout(outcome, Phase::kBody, true, "body: the total deadline of 1m passed");
}

TEST_F(DeadlinesTest, TheTotalOneCutsAPhaseShort) {
  std::string head;
  tests::RawPeer peer(io_, [&head, this](Socket& socket) -> Task<> {
    head = co_await tests::read_head(socket);
    static_cast<void>(co_await clock_.sleep(hours(1)));
  });
  auto request = request_to(peer.url("/"));
  request.limits.total = milliseconds(1500);
  Outcome outcome(io_, client_->send(std::move(request)));
  until([&] { return !head.empty(); });
  clock_.advance(milliseconds(1500));
  expect_timeout(outcome, Phase::kFirstByte, true,
                 "first byte: the total deadline of 1s500ms passed");
}

Task<> ask(HttpClient& client, HttpRequest request, std::optional<HttpOutcome>& out) {
  out.emplace(co_await client.send(std::move(request)));
}

TEST_F(DeadlinesTest, AWishToStopIsNoTimeout) {
  std::string head;
  tests::RawPeer peer(io_, [&head, this](Socket& socket) -> Task<> {
    head = co_await tests::read_head(socket);
    static_cast<void>(co_await clock_.sleep(hours(1)));
  });
  TaskGroup group(io_.get_executor());
  std::optional<HttpOutcome> outcome;
  group.spawn(ask(*client_, request_to(peer.url("/")), outcome), "asking");
  until([&] { return !head.empty(); });
  group.stop();
  until([&] { return outcome.has_value(); });
  EXPECT_EQ(outcome->error().error.code, ErrorCode::kCancelled);
  EXPECT_TRUE(outcome->error().maybe_sent);
  EXPECT_FALSE(outcome->error().deadline_hit);
}

}  // namespace
}  // namespace leeway::net
