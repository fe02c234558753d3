#include "tests/support/webhook_receiver.h"

#include <gmock/gmock.h>

#include <set>
#include <thread>

#include "tests/support/http_get.h"
#include "tests/support/process.h"
#include "tests/support/socket.h"

namespace leeway::tests {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

Result<HttpAnswer> post(const WebhookReceiver& receiver, const std::string& body,
                        const Headers& headers = {}, milliseconds deadline = seconds(10)) {
  return http(receiver.port(),
              {.method = "POST", .target = "/hook", .headers = headers, .body = body}, deadline);
}

TEST(WebhookReceiver, KeepsWhatItGets) {
  const WebhookReceiver receiver;
  const auto answer = post(receiver, "{\"a\": 1}", {{"Webhook-Id", "msg_1"}});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 204);
  ASSERT_TRUE(receiver.wait_for(1, seconds(10)));
  const ReceivedRequest request = receiver.requests().at(0);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/hook");
  EXPECT_EQ(request.body, "{\"a\": 1}");
  EXPECT_EQ(request.header("webhook-id"), "msg_1");
  EXPECT_EQ(request.header("absent"), "");
  EXPECT_EQ(request.answered, 204);
  EXPECT_EQ(receiver.url(), "http://127.0.0.1:" + std::to_string(receiver.port()) + "/hook");
}

TEST(WebhookReceiver, FailsAsPlanned) {
  WebhookReceiver receiver([](std::size_t n, const ReceivedRequest& request) {
    if (request.body == "twice") return Answer{.status = 410};
    if (n == 0) return Answer{.status = 429, .headers = {{"Retry-After", "3"}}, .body = "slow"};
    return Answer{.close = n == 1};
  });
  const auto slow = post(receiver, "once");
  EXPECT_EQ(slow->status, 429);
  EXPECT_EQ(slow->headers.at("retry-after"), "3");
  EXPECT_EQ(slow->body, "slow");
  EXPECT_EQ(post(receiver, "once").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(post(receiver, "once")->status, 204);
  EXPECT_EQ(post(receiver, "twice")->status, 410);
  ASSERT_TRUE(receiver.wait_for(4, seconds(10)));
  EXPECT_EQ(receiver.requests().at(1).answered, 0);
  EXPECT_EQ(receiver.requests().at(3).answered, 410);
}

TEST(WebhookReceiver, AnswersLateAndStopsWithoutWaiting) {
  WebhookReceiver receiver(
      [](std::size_t, const ReceivedRequest&) { return Answer{.delay = std::chrono::hours(1)}; });
  EXPECT_EQ(post(receiver, "x", {}, milliseconds(50)).error().code, ErrorCode::kTimeout);
  EXPECT_FALSE(receiver.wait_for(1, milliseconds(0)));
  EXPECT_EQ(receiver.count(), 1U);
  receiver.stop();
  EXPECT_EQ(post(receiver, "x").error().code, ErrorCode::kUnavailable);
}

TEST(WebhookReceiver, ChangesItsPlan) {
  WebhookReceiver receiver;
  EXPECT_EQ(post(receiver, "x")->status, 204);
  receiver.set_plan([](std::size_t, const ReceivedRequest&) { return Answer{.status = 500}; });
  EXPECT_EQ(post(receiver, "x")->status, 500);
}

TEST(WebhookReceiver, KeepsConnectionsAlive) {
  const WebhookReceiver receiver;
  const Deadline deadline = std::chrono::steady_clock::now() + seconds(10);
  const auto socket = Socket::connect(receiver.port(), deadline);
  ASSERT_TRUE(socket);
  HttpReader reader(*socket);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(socket->send("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi", deadline));
    EXPECT_THAT(reader.next(deadline)->start_line, HasSubstr("204"));
  }
  EXPECT_EQ(receiver.count(), 3U);
}

TEST(WebhookReceiver, ComesBackOnTheSamePort) {
  auto receiver = std::make_unique<WebhookReceiver>();
  const std::uint16_t port = receiver->port();
  EXPECT_TRUE(post(*receiver, "x"));
  receiver.reset();
  const WebhookReceiver again([](std::size_t, const ReceivedRequest&) { return Answer{}; }, port);
  EXPECT_EQ(again.port(), port);
  EXPECT_TRUE(post(again, "x"));
}

TEST(WebhookReceiver, ServesManyAtOnce) {
  const WebhookReceiver receiver;
  std::vector<std::thread> senders;
  for (int i = 0; i < 8; ++i) {
    senders.emplace_back([&receiver, i] {
      for (int k = 0; k < 10; ++k) EXPECT_TRUE(post(receiver, std::to_string(10 * i + k)));
    });
  }
  for (std::thread& sender : senders) sender.join();
  std::set<std::string> bodies;
  for (const ReceivedRequest& request : receiver.requests()) bodies.insert(request.body);
  EXPECT_EQ(bodies.size(), 80U);
}

// The example of the specification of Standard Webhooks 1.0.0, checked with Python's hmac module.
constexpr const char* kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr std::int64_t kTime = 1614265330;

ReceivedRequest signed_request() {
  return {.method = "POST",
          .target = "/hook",
          .headers = {{"webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"},
                      {"webhook-timestamp", std::to_string(kTime)},
                      {"webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}},
          .body = R"({"test": 2432232314})"};
}

TEST(Signature, OfTheSpecificationIsRight) {
  EXPECT_EQ(signature_fault(signed_request(), kSecret, kTime + 299), "");
}

TEST(Signature, OneOfSeveralIsEnough) {
  ReceivedRequest request = signed_request();
  request.headers["webhook-signature"] = "v1a,xyz v1,AAAA " + request.header("webhook-signature");
  EXPECT_EQ(signature_fault(request, kSecret, kTime), "");
}

TEST(Signature, IsRefusedForEachReason) {
  const auto fault = [](auto change, const std::string& secret = kSecret,
                        std::int64_t now = kTime) {
    ReceivedRequest request = signed_request();
    change(request);
    return signature_fault(request, secret, now);
  };
  const auto nothing = [](ReceivedRequest&) {};
  EXPECT_EQ(fault([](auto& r) { r.body += " "; }), "no signature matches");
  EXPECT_EQ(fault([](auto& r) { r.headers["webhook-id"] += "x"; }), "no signature matches");
  EXPECT_EQ(fault([](auto& r) { r.headers.erase("webhook-id"); }), "no webhook-id");
  EXPECT_EQ(fault([](auto& r) { r.headers.erase("webhook-signature"); }), "no webhook-signature");
  EXPECT_EQ(fault([](auto& r) { r.headers["webhook-timestamp"] = "now"; }),
            "webhook-timestamp is no number");
  EXPECT_EQ(fault(nothing, kSecret, kTime + 400), "webhook-timestamp is 400 s off");
  EXPECT_EQ(fault(nothing, kSecret, kTime - 400), "webhook-timestamp is 400 s off");
  EXPECT_EQ(fault(nothing, "whsec_AAAA"), "no signature matches");
  EXPECT_EQ(fault(nothing, "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
            "the secret is not 'whsec_' and base64");
  EXPECT_EQ(fault(nothing, "whsec_no base64"), "the secret is not 'whsec_' and base64");
}

}  // namespace
}  // namespace leeway::tests
