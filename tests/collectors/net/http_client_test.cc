#include "collectors/net/http_client.h"

#include <gmock/gmock.h>

#include "tests/support/coroutines.h"
#include "tests/support/raw_peer.h"

namespace leeway::net {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::StartsWith;
using tests::Socket;

constexpr const char* kEmpty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

class HttpClientTest : public testing::Test {
 protected:
  static HttpRequest to(std::string url, std::string method = "GET") {
    HttpRequest request;
    request.url = std::move(url);
    request.method = std::move(method);
    return request;
  }

  HttpOutcome ask(HttpRequest request) {
    return tests::run(io_, client_->send(std::move(request)));
  }

  asio::io_context io_;
  std::unique_ptr<Clock> clock_ = make_real_clock(io_.get_executor());
  std::unique_ptr<HttpClient> client_ = make_http_client(*clock_);
};

TEST_F(HttpClientTest, TellsWhatCannotBeAskedWithoutAsking) {
  const auto outcome = ask(to("gopher://a.example/secret"));
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().error.code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(outcome.error().phase, Phase::kPrepare);
  EXPECT_FALSE(outcome.error().maybe_sent);
}

TEST_F(HttpClientTest, SaysWhereNobodyListens) {
  std::uint16_t port = 0;
  {
    const asio::ip::tcp::acceptor acceptor(io_, {asio::ip::address_v4::loopback(), 0});
    port = acceptor.local_endpoint().port();
  }
  const auto outcome = ask(to("http://127.0.0.1:" + std::to_string(port) + "/x"));
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().error.code, ErrorCode::kUnavailable);
  EXPECT_EQ(outcome.error().phase, Phase::kConnect);
  EXPECT_FALSE(outcome.error().maybe_sent);
  EXPECT_THAT(outcome.error().error.message, HasSubstr("/x: connect: Connection refused"));
}

TEST_F(HttpClientTest, FindsAHostByItsName) {
  tests::RawPeer peer(io_, [](Socket& socket) -> Task<> {
    co_await tests::read_head(socket);
    co_await tests::send(socket, kEmpty);
  });
  const auto outcome = ask(to("http://localhost:" + std::to_string(peer.port()) + "/"));
  ASSERT_TRUE(outcome.has_value());
  EXPECT_TRUE(outcome->timings.dns.has_value());
  EXPECT_TRUE(outcome->timings.connect.has_value());
  EXPECT_FALSE(outcome->timings.tls.has_value());
  EXPECT_TRUE(outcome->timings.first_byte.has_value());
  EXPECT_GE(outcome->timings.total, *outcome->timings.first_byte);
}

TEST_F(HttpClientTest, NeverFollowsARedirect) {
  tests::RawPeer peer(io_, [](Socket& socket) -> Task<> {
    co_await tests::read_head(socket);
    co_await tests::send(socket,
                         "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");
  });
  const auto outcome = ask(to(peer.url("/")));
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->status, 302);
  EXPECT_EQ(outcome->headers.find("location"), "/elsewhere");
  EXPECT_EQ(peer.connections(), 1);
}

Task<> serve_two(Socket& socket) {
  for (int i = 0; i < 2; ++i) {
    if ((co_await tests::read_head(socket)).empty()) co_return;
    co_await tests::send(socket, kEmpty);
  }
}

TEST_F(HttpClientTest, UsesAConnectionAgain) {
  tests::RawPeer peer(io_, serve_two);
  const auto first = ask(to(peer.url("/1")));
  const auto second = ask(to(peer.url("/2")));
  ASSERT_TRUE(first.has_value() && second.has_value());
  EXPECT_FALSE(first->timings.reused);
  EXPECT_TRUE(second->timings.reused);
  EXPECT_FALSE(second->timings.connect.has_value());
  EXPECT_EQ(peer.connections(), 1);
}

TEST_F(HttpClientTest, NoticesThatARestingConnectionWasClosed) {
  tests::RawPeer peer(io_, serve_two);
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(ask(to(peer.url("/"))).has_value());
  // The peer closed after two. A POST may not be repeated, so it must not be sent in vain.
  io_.restart();
  io_.poll();
  const auto third = ask(to(peer.url("/"), "POST"));
  ASSERT_TRUE(third.has_value());
  EXPECT_FALSE(third->timings.reused);
  EXPECT_EQ(peer.connections(), 2);
}

/// Answers once, then takes a request and leaves without an answer.
Task<> leave_at_the_second(Socket& socket) {
  co_await tests::read_head(socket);
  co_await tests::send(socket, kEmpty);
  co_await tests::read_head(socket);
}

TEST_F(HttpClientTest, AsksAgainOnANewConnectionIfThatIsSafe) {
  tests::RawPeer peer(io_, leave_at_the_second);
  ASSERT_TRUE(ask(to(peer.url("/"))).has_value());
  const auto again = ask(to(peer.url("/"), "PUT"));
  ASSERT_TRUE(again.has_value());
  EXPECT_FALSE(again->timings.reused);
  EXPECT_EQ(peer.connections(), 2);
}

TEST_F(HttpClientTest, LeavesItToTheCallerToPostAgain) {
  tests::RawPeer peer(io_, leave_at_the_second);
  ASSERT_TRUE(ask(to(peer.url("/"))).has_value());
  const auto again = ask(to(peer.url("/"), "POST"));
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().error.code, ErrorCode::kUnavailable);
  EXPECT_TRUE(again.error().maybe_sent);
  EXPECT_EQ(again.error().phase, Phase::kFirstByte);
  EXPECT_EQ(peer.connections(), 1);
}

TEST_F(HttpClientTest, ForgetsConnectionsThatRestTooLong) {
  VirtualClock clock(io_.get_executor(), TimePoint{});
  client_ = make_http_client(clock, {.idle_timeout = seconds(30)});
  int ended = 0;
  tests::RawPeer peer(io_, [&ended](Socket& socket) -> Task<> {
    co_await tests::read_head(socket);
    co_await tests::send(socket, kEmpty);
    co_await tests::read_head(socket);
    ++ended;
  });
  ASSERT_TRUE(ask(to(peer.url("/"))).has_value());
  clock.advance(seconds(29));
  EXPECT_EQ(ended, 0);
  clock.advance(seconds(1));
  io_.restart();
  while (ended == 0) ASSERT_NE(io_.run_one_for(seconds(10)), 0U);
}

TEST_F(HttpClientTest, KeepsNoMoreConnectionsThanAllowed) {
  client_ = make_http_client(*clock_, {.idle_per_origin = 0});
  tests::RawPeer peer(io_, serve_two);
  ASSERT_TRUE(ask(to(peer.url("/"))).has_value());
  ASSERT_TRUE(ask(to(peer.url("/"))).has_value());
  EXPECT_EQ(peer.connections(), 2);
}

TEST_F(HttpClientTest, KeepsNoConnectionBeyondItsLifetime) {
  VirtualClock clock(io_.get_executor(), TimePoint{});
  client_ = make_http_client(clock, {.idle_timeout = std::chrono::hours(2),
                                     .connection_lifetime = std::chrono::minutes(10)});
  tests::RawPeer peer(io_, [](Socket& socket) -> Task<> {
    for (int i = 0; i < 3; ++i) {
      co_await tests::read_head(socket);
      co_await tests::send(socket, kEmpty);
    }
  });
  ASSERT_TRUE(ask(to(peer.url("/"))).has_value());
  clock.advance(std::chrono::minutes(10));
  ASSERT_TRUE(ask(to(peer.url("/"))).has_value());
  EXPECT_EQ(peer.connections(), 1);
  ASSERT_TRUE(ask(to(peer.url("/"))).has_value());  // it would have served a third
  EXPECT_EQ(peer.connections(), 2);
}

TEST_F(HttpClientTest, RefusesAnAnswerThatIsTooLarge) {
  tests::RawPeer peer(io_, [](Socket& socket) -> Task<> {
    co_await tests::read_head(socket);
    co_await tests::send(socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 100; ++i) {
      co_await tests::send(socket, "400\r\n" + std::string(1024, 'x') + "\r\n");
    }
  });
  auto request = to(peer.url("/"));
  request.limits.max_response_bytes = 10'000;
  const auto outcome = ask(std::move(request));
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().error.code, ErrorCode::kCorrupt);
  EXPECT_TRUE(outcome.error().maybe_sent);
  EXPECT_EQ(outcome.error().phase, Phase::kBody);
}

TEST_F(HttpClientTest, TakesAnAnswerThatComesBeforeTheRequestWasRead) {
  tests::RawPeer peer(io_, [](Socket& socket) -> Task<> {
    co_await tests::read_head(socket);
    co_await tests::send(socket, "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
    socket.shutdown(Socket::shutdown_send);
    std::string rest(std::size_t{64} << 10U, ' ');
    for (bool open = true; open;) {
      const auto [error, bytes] = co_await socket.async_read_some(asio::buffer(rest), kAsTuple);
      open = !error;
    }
  });
  auto request = to(peer.url("/"), "POST");
  request.body.assign(std::size_t{8} << 20U, 'x');
  const auto outcome = ask(std::move(request));
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->status, 413);
  EXPECT_EQ(outcome->body, "no");
}

TEST_F(HttpClientTest, RefusesAPeerThatSpeaksSomethingElse) {
  tests::RawPeer peer(io_, [](Socket& socket) -> Task<> {
    co_await tests::send(socket, "SSH-2.0-OpenSSH_9.2\r\n");
    co_await tests::read_head(socket);
  });
  const auto plain = ask(to(peer.url("/")));
  ASSERT_FALSE(plain.has_value());
  EXPECT_EQ(plain.error().error.code, ErrorCode::kCorrupt);
  const auto tls = ask(to(peer.url("/", "https")));
  ASSERT_FALSE(tls.has_value());
  EXPECT_EQ(tls.error().phase, Phase::kTls);
  EXPECT_FALSE(tls.error().maybe_sent);
}

TEST_F(HttpClientTest, TellsAPeerThatLeavesInTheMiddle) {
  tests::RawPeer peer(io_, [](Socket& socket) -> Task<> {
    co_await tests::read_head(socket);
    co_await tests::send(socket, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
  });
  const auto outcome = ask(to(peer.url("/")));
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().error.code, ErrorCode::kUnavailable);
  EXPECT_EQ(outcome.error().phase, Phase::kBody);
  EXPECT_THAT(outcome.error().error.message, StartsWith("GET http://127.0.0.1:"));
}

}  // namespace
}  // namespace leeway::net
