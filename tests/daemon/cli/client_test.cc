#include "daemon/cli/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "tests/support/webhook_receiver.h"

namespace leeway::cli {
namespace {

using testing::HasSubstr;

/// A daemon's answer, on a connection that stays open as the daemon's does.
tests::WebhookReceiver answering(std::string body) {
  return tests::WebhookReceiver([body](std::size_t, const tests::ReceivedRequest&) {
    return tests::Answer{.status = 200, .body = body};
  });
}

ClientArguments to(const tests::WebhookReceiver& daemon, std::string resource) {
  ClientArguments arguments;
  arguments.address = "127.0.0.1:" + std::to_string(daemon.port());
  arguments.resource = std::move(resource);
  return arguments;
}

TEST(CliClient, EndsWithTheAnswerAlthoughTheDaemonKeepsTheConnectionOpen) {
  const auto daemon = answering(R"({"models":[]})");
  ClientArguments arguments = to(daemon, "status");
  arguments.format = "json";
  const auto begin = std::chrono::steady_clock::now();
  const auto answer = ask(arguments);
  // A connection is kept for 30 s where there may be a next request.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(15));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(*answer, R"({"models":[]})");
}

TEST(CliClient, AsksForWhatItWasTold) {
  const auto daemon = answering(R"({"windows":[]})");
  ClientArguments arguments = to(daemon, "windows");
  arguments.model = "production/flight delay";
  arguments.limit = 7;
  arguments.columns = true;
  ASSERT_TRUE(ask(arguments));
  ASSERT_EQ(daemon.count(), 1U);
  EXPECT_EQ(daemon.requests().front().target,
            "/api/v1/windows?limit=7&model=production%2Fflight%20delay&columns=1");
}

TEST(CliClient, SaysWhatToCheckWhenNobodyListens) {
  ClientArguments arguments;
  arguments.address = "127.0.0.1:9";  // the discard port, where nobody listens
  arguments.resource = "status";
  const auto answer = ask(arguments);
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, HasSubstr("is 'leeway run' running"));
}

TEST(CliClient, RefusesAnAnswerThatIsNotOfThisVersion) {
  const auto daemon = answering(R"({"models":[{"key":1}]})");
  const auto answer = ask(to(daemon, "status"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace leeway::cli
