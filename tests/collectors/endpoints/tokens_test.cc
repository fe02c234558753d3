#include "collectors/endpoints/tokens.h"

#include <gmock/gmock.h>

#include "collectors/endpoints/prober.h"
#include "tests/collectors/endpoints/recorded_peer.h"
#include "tests/support/coroutines.h"

namespace leeway::endpoints {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;
using tests::RecordedPeer;

class TokensTest : public testing::Test {
 protected:
  Entra entra() const {
    return {.tenant = "contoso",
            .client_id = "id",
            .client_secret = known("a+b/c~"),
            .authority = peer_.url()};
  }

  Result<Token> get() { return tests::run(io_, tokens_.get(entra(), "")); }

  asio::io_context io_;
  VirtualClock clock_{io_.get_executor(), TimePoint{}};
  RecordedPeer peer_{io_, "entra"};
  std::unique_ptr<net::PreparingClient> client_ = net::make_http_client(clock_);
  Tokens tokens_{clock_, *client_};
};

TEST_F(TokensTest, AreAskedForOnceHoweverManyNeedThem) {
  tests::Started<Result<Token>> first(io_, tokens_.get(entra(), ""));
  tests::Started<Result<Token>> second(io_, tokens_.get(entra(), ""));
  ASSERT_EQ(tests::run(io_, tokens_.get(entra(), "")).value().text, "token-1");
  io_.restart();
  while (!second.done() || !first.done()) ASSERT_NE(io_.run_one_for(seconds(10)), 0U);
  EXPECT_EQ(second.value().value().text, "token-1");
  EXPECT_EQ(peer_.asked().size(), 1U);
  EXPECT_EQ(peer_.asked()[0].body,
            "client_id=id&scope=https%3A%2F%2Fml.azure.com%2F.default&grant_type=client_credentials"
            "&client_secret=a%2Bb%2Fc~");
}

TEST_F(TokensTest, AreRenewedAtFourFifthsOfTheirLife) {
  ASSERT_TRUE(get().has_value());
  clock_.advance(seconds(3600 * 3 / 4 - 1));
  ASSERT_TRUE(get().has_value());
  EXPECT_EQ(peer_.asked().size(), 1U);
  clock_.advance(seconds(3600 / 20 + 1));
  ASSERT_TRUE(get().has_value());
  EXPECT_EQ(peer_.asked().size(), 2U);
}

TEST_F(TokensTest, AreUsedUntilTheirEndWhileTheAuthorityIsDown) {
  ASSERT_TRUE(get().has_value());
  peer_.replace("POST /contoso/oauth2/v2.0/token", "HTTP/1.1 503 Service Unavailable\n\n");
  clock_.advance(minutes(55));
  EXPECT_EQ(get().value().text, "token-1");
  clock_.advance(minutes(6));
  const auto token = get();
  ASSERT_FALSE(token.has_value());
  EXPECT_EQ(token.error().code, ErrorCode::kUnavailable);
}

TEST_F(TokensTest, SayWhatEntraSaysAndDoNotHammerIt) {
  peer_.replace("POST /contoso/oauth2/v2.0/token",
                "HTTP/1.1 401 Unauthorized\n\n{\"error\":\"invalid_client\",\"error_description\":"
                "\"AADSTS7000215: Invalid client secret provided.\\r\\nTrace ID: 1\"}");
  for (int i = 0; i < 3; ++i) {
    const auto token = get();
    ASSERT_FALSE(token.has_value());
    EXPECT_EQ(token.error().code, ErrorCode::kInvalidConfig);
    EXPECT_EQ(token.error().message,
              "asking for a token: status 401: AADSTS7000215: Invalid client secret provided.");
  }
  EXPECT_EQ(peer_.asked().size(), 1U);
  clock_.advance(seconds(11));
  ASSERT_FALSE(get().has_value());
  EXPECT_EQ(peer_.asked().size(), 2U);
}

TEST_F(TokensTest, AreDroppedOnceWhenTheEndpointDoesNotTakeThem) {
  RecordedPeer endpoint(io_, "azure_ml");
  endpoint.replace("GET /", "HTTP/1.1 401 Unauthorized\n\n");
  const auto prober = make_prober(clock_);
  const auto opened = prober->open({.name = "m",
                                    .url = endpoint.url("/score"),
                                    .protocol = "azure_ml",
                                    .authorization = entra()});
  ASSERT_TRUE(opened.has_value());
  const auto result = tests::run(io_, (*opened)->probe());
  EXPECT_FALSE(result.up);
  EXPECT_EQ(result.status, 401);
  EXPECT_EQ(endpoint.asked().size(), 2U);  // with a token, and once more with another
  EXPECT_EQ(peer_.asked().size(), 2U);
  EXPECT_THAT(endpoint.asked()[0].head, HasSubstr("\r\nAuthorization: Bearer token-1\r\n"));
}

TEST_F(TokensTest, SecretsAreReadAgainAfterARefusal) {
  RecordedPeer endpoint(io_, "mlflow");
  endpoint.replace("GET /ping", "HTTP/1.1 401 Unauthorized\n\n");
  int reads = 0;
  const auto prober = make_prober(clock_);
  auto opened =
      prober->open({.name = "m",
                    .url = endpoint.url(),
                    .protocol = "mlflow",
                    .authorization = KeyHeader{"api-key", [&reads]() -> Result<std::string> {
                                                 return "key-" + std::to_string(++reads);
                                               }}});
  ASSERT_TRUE(opened.has_value());
  EXPECT_FALSE(tests::run(io_, (*opened)->probe()).up);
  ASSERT_EQ(endpoint.asked().size(), 2U);
  EXPECT_THAT(endpoint.asked()[0].head, HasSubstr("\r\napi-key: key-1\r\n"));
  EXPECT_THAT(endpoint.asked()[1].head, HasSubstr("\r\napi-key: key-2\r\n"));
}

TEST_F(TokensTest, BasicAuthorizationIsEncoded) {
  RecordedPeer endpoint(io_, "mlflow");
  const auto prober = make_prober(clock_);
  auto opened = prober->open({.name = "m",
                              .url = endpoint.url(),
                              .protocol = "mlflow",
                              .authorization = Basic{"Aladdin", known("open sesame")}});
  EXPECT_TRUE(tests::run(io_, (*opened)->probe()).up);
  EXPECT_THAT(endpoint.asked()[0].head,
              HasSubstr("\r\nAuthorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"));
}

}  // namespace
}  // namespace leeway::endpoints
