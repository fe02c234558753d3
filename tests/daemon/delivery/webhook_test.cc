#include "daemon/delivery/webhook.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

#include "tests/daemon/delivery/delivery_of.h"
#include "tests/daemon/store/database.h"
#include "tests/support/coroutines.h"
#include "tests/support/webhook_receiver.h"

namespace leeway::delivery {
namespace {

using testing::HasSubstr;
using tests::must;

constexpr const char* kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr const char* kOther = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const TimePoint kNow = from_micros(1'614'265'330'000'000);

WebhookSecrets secrets(const std::vector<std::string>& texts) {
  return must(WebhookSecrets::parse(texts));
}

TEST(WebhookSecrets, SignAsTheSpecificationDoes) {
  // The example of the Standard Webhooks libraries; python3 hmac and base64 give the same.
  EXPECT_EQ(
      secrets({kSecret}).sign("msg_p5jXN8AQM9LWM0D4loKWxJek", kNow, R"({"test": 2432232314})"),
      "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(WebhookSecrets, SignTwiceDuringARotation) {
  const auto both = secrets({kOther, kSecret}).sign("id", kNow, "body");
  EXPECT_EQ(both, secrets({kOther}).sign("id", kNow, "body") + " " +
                      secrets({kSecret}).sign("id", kNow, "body"));
}

TEST(WebhookSecrets, RefuseWhatIsNoSecretWithoutQuotingIt) {
  for (const char* wrong : {"hunter2", "whsec_", "whsec_c2hvcnQ=", "whsec_not base64 at all!!"}) {
    const auto parsed = WebhookSecrets::parse({wrong});
    ASSERT_FALSE(parsed) << wrong;
    EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidConfig);
    EXPECT_EQ(parsed.error().message,
              "a webhook secret is whsec_ and the base64 of 24 to 64 bytes");
  }
  EXPECT_FALSE(WebhookSecrets::parse({kSecret, kOther, kSecret}));
}

/// Gives the answers in their order and keeps the requests.
class FakeClient : public net::HttpClient {
 public:
  Task<net::HttpOutcome> send(net::HttpRequest request) override {
    requests.push_back(std::move(request));
    net::HttpResponse response;
    response.status = statuses.front();
    statuses.pop_front();
    co_return response;
  }

  std::deque<int> statuses;
  std::vector<net::HttpRequest> requests;
};

class WebhookTest : public testing::Test {
 protected:
  Outcome deliver(WebhookOptions options, std::deque<int> statuses) {
    client_.statuses = std::move(statuses);
    options.url = "https://ops.example/hook";
    Webhook webhook(client_, clock_, std::move(options));
    return must(tests::run(io_, webhook.deliver(tests::delivery_of("d1", kNow))));
  }

  asio::io_context io_;
  VirtualClock clock_{io_.get_executor(), kNow};
  FakeClient client_;
};

TEST_F(WebhookTest, PostsThePayloadUnderItsStableId) {
  WebhookOptions options;
  options.headers = {{"Authorization", "Bearer x"}};
  EXPECT_EQ(deliver(options, {204}).kind, Outcome::Kind::kDelivered);
  ASSERT_EQ(client_.requests.size(), 1U);
  const auto& request = client_.requests.front();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.body, R"({"test": 2432232314})");
  EXPECT_EQ(request.headers.find("webhook-id"), "d1");
  EXPECT_EQ(request.headers.find("webhook-timestamp"), "1614265330");
  EXPECT_EQ(request.headers.find("content-type"), "application/json");
  EXPECT_EQ(request.headers.find("authorization"), "Bearer x");
  EXPECT_FALSE(request.headers.find("webhook-signature")) << "there is no secret";
  EXPECT_EQ(request.limits.total, std::chrono::seconds(20));
}

TEST_F(WebhookTest, TriesAFreshSecretAtOnce) {
  WebhookOptions options;
  options.secrets = secrets({kOther});
  options.reread = [] { return WebhookSecrets::parse({kSecret}); };
  EXPECT_EQ(deliver(options, {401, 200}).kind, Outcome::Kind::kDelivered);
  ASSERT_EQ(client_.requests.size(), 2U);
  EXPECT_EQ(client_.requests[1].headers.find("webhook-signature"),
            secrets({kSecret}).sign("d1", kNow, client_.requests[1].body));
}

TEST_F(WebhookTest, AsksOnceWhenTheSecretIsTheSame) {
  WebhookOptions options;
  options.secrets = secrets({kSecret});
  options.reread = [] { return WebhookSecrets::parse({kSecret}); };
  EXPECT_EQ(deliver(options, {401}).kind, Outcome::Kind::kDead);
  EXPECT_EQ(client_.requests.size(), 1U);
}

/// Against a real server, with the real client.
class WebhookOverHttp : public testing::Test {
 protected:
  Outcome deliver(std::string url) {
    WebhookOptions options;
    options.url = std::move(url);
    options.secrets = secrets({kSecret});
    Webhook webhook(*client_, *clock_, std::move(options));
    return must(tests::run(io_, webhook.deliver(tests::delivery_of("d1", clock_->now()))));
  }

  asio::io_context io_;
  std::unique_ptr<Clock> clock_ = make_real_clock(io_.get_executor());
  std::unique_ptr<net::HttpClient> client_ = net::make_http_client(*clock_);
  tests::WebhookReceiver receiver_;
};

TEST_F(WebhookOverHttp, IsVerifiedByAReceiver) {
  EXPECT_EQ(deliver(receiver_.url()).kind, Outcome::Kind::kDelivered);
  ASSERT_EQ(receiver_.count(), 1U);
  const auto request = receiver_.requests().front();
  EXPECT_EQ(request.header("webhook-id"), "d1");
  EXPECT_EQ(tests::signature_fault(request, kSecret, to_micros(clock_->now()) / 1'000'000), "");
}

TEST_F(WebhookOverHttp, DoesNotFollowARedirect) {
  receiver_.set_plan([](std::size_t, const tests::ReceivedRequest&) {
    return tests::Answer{.status = 307, .headers = {{"Location", "/elsewhere"}}};
  });
  EXPECT_EQ(deliver(receiver_.url()).kind, Outcome::Kind::kDead);
  EXPECT_EQ(receiver_.count(), 1U);
}

TEST_F(WebhookOverHttp, TriesAgainLaterWhenNobodyListens) {
  const std::string url = receiver_.url();
  receiver_.stop();
  const auto outcome = deliver(url);
  EXPECT_EQ(outcome.kind, Outcome::Kind::kRetry);
  EXPECT_THAT(outcome.reason, HasSubstr("127.0.0.1"));
}

}  // namespace
}  // namespace leeway::delivery
