#include <gmock/gmock.h>

#include "collectors/net/http_client.h"
#include "tests/support/coroutines.h"
#include "tests/support/raw_peer.h"

namespace leeway::net {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using tests::Socket;

constexpr const char* kEmpty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

class ProxyTest : public testing::Test {
 protected:
  HttpOutcome ask(const std::string& url, const std::string& proxy) {
    HttpRequest request;
    request.url = url;
    request.proxy = proxy;
    return tests::run(io_, client_->send(std::move(request)));
  }

  /// Answers every head with `answer` and remembers the heads.
  tests::RawPeer::Script remember(std::string answer) {
    return [this, answer = std::move(answer)](Socket& socket) -> Task<> {
      for (;;) {
        std::string head = co_await tests::read_head(socket);
        if (head.empty()) co_return;
        heads_.push_back(std::move(head));
        co_await tests::send(socket, answer);
      }
    };
  }

  asio::io_context io_;
  std::unique_ptr<Clock> clock_ = make_real_clock(io_.get_executor());
  std::unique_ptr<PreparingClient> client_ = make_http_client(*clock_);
  std::vector<std::string> heads_;
};

TEST_F(ProxyTest, IsAskedForTheWholeUrl) {
  tests::RawPeer proxy(io_, remember(kEmpty));
  const auto answer = ask("http://model.example:81/x?y", proxy.url(""));
  ASSERT_TRUE(answer.has_value()) << answer.error().error.message;
  ASSERT_EQ(heads_.size(), 1U);
  EXPECT_THAT(heads_[0], StartsWith("GET http://model.example:81/x?y HTTP/1.1\r\n"
                                    "Host: model.example:81\r\n"));
}

TEST_F(ProxyTest, GetsItsCredentialsAndNotTheServer) {
  tests::RawPeer proxy(io_, remember(kEmpty));
  const std::string url = "http://Aladdin:open%20sesame@127.0.0.1:" + std::to_string(proxy.port());
  ASSERT_TRUE(ask("http://model.example/", url).has_value());
  EXPECT_THAT(heads_[0],
              HasSubstr("\r\nProxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"));
}

TEST_F(ProxyTest, IsAskedForATunnelToAServerWithTls) {
  tests::RawPeer proxy(io_, remember("HTTP/1.1 403 Forbidden\r\n\r\n"));
  const auto answer = ask("https://model.example/", proxy.url(""));
  ASSERT_FALSE(answer.has_value());
  EXPECT_THAT(heads_[0], StartsWith("CONNECT model.example:443 HTTP/1.1\r\n"));
  EXPECT_EQ(answer.error().phase, Phase::kConnect);
  EXPECT_FALSE(answer.error().maybe_sent);
  EXPECT_THAT(answer.error().error.message,
              HasSubstr("the proxy refused the connection: status 403"));
}

TEST_F(ProxyTest, MayNotBeOneWithTlsItself) {
  const auto answer = ask("http://model.example/", "https://proxy.example");
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().error.code, ErrorCode::kInvalidArgument);
}

TEST_F(ProxyTest, SharesNoConnectionWithTheServerItself) {
  tests::RawPeer peer(io_, remember(kEmpty));
  ASSERT_TRUE(ask(peer.url("/"), "").has_value());
  ASSERT_TRUE(ask(peer.url("/"), peer.url("")).has_value());
  EXPECT_EQ(peer.connections(), 2);
}

TEST_F(ProxyTest, APreparedRequestIsSentAgainOnTheSameConnectionUnlessItWantsItsOwn) {
  tests::RawPeer peer(io_, remember(kEmpty));
  HttpRequest request;
  request.url = peer.url("/");
  const auto prepared = client_->prepare(request);
  ASSERT_TRUE(prepared.has_value());
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(tests::run(io_, client_->send_prepared(*prepared)).has_value());
  }
  EXPECT_EQ(peer.connections(), 1);
  request.own_connection = true;
  const auto alone = client_->prepare(request);
  for (int i = 0; i < 2; ++i) {
    const auto answer = tests::run(io_, client_->send_prepared(*alone));
    ASSERT_TRUE(answer.has_value());
    EXPECT_TRUE(answer->timings.connect.has_value());
  }
  EXPECT_EQ(peer.connections(), 3);
  EXPECT_THAT(heads_.back(), HasSubstr("\r\nConnection: close\r\n"));
}

}  // namespace
}  // namespace leeway::net
