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

TEST(CliClient, ShowsWhatIsWrongNowBeforeWhatIsRight) {
  const auto daemon = answering(R"({"now":[
    {"model":"production/a","finding":"cost.budget","part":"","at":"2026-03-02T00:00:00Z",
     "value":0.5,"threshold":1.0,"verdict":"ok","note":"6 EUR of 12 EUR a day"},
    {"model":"production/b","finding":"compute.source","part":"cgroup",
     "at":"2026-03-02T00:00:00Z","value":0.0,"threshold":null,"verdict":"warning",
     "note":"no group 'x'"}],"live":[]})");
  const auto answer = ask(to(daemon, "live"));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(*answer,
            "OBSERVED              MODEL         FINDING                 VERDICT  VALUE  LIMIT  "
            "NOTE\n"
            "2026-03-02T00:00:00Z  production/b  compute.source{cgroup}  warning  0      -      "
            "no group 'x'\n"
            "2026-03-02T00:00:00Z  production/a  cost.budget             ok       0.5    1      "
            "6 EUR of 12 EUR a day\n");
}

TEST(CliClient, ShowsHowItWasBeforeInTheOrderOfTheAnswer) {
  const auto daemon = answering(R"({"now":[],"live":[
    {"model":"a","finding":"endpoint.up","part":"","at":"2026-03-02T01:00:00Z",
     "value":1.0,"threshold":null,"verdict":"ok","note":""},
    {"model":"a","finding":"endpoint.up","part":"","at":"2026-03-02T00:00:00Z",
     "value":0.0,"threshold":null,"verdict":"critical","note":"refused"}]})");
  ClientArguments arguments = to(daemon, "live");
  arguments.history = true;
  const auto answer = ask(arguments);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_LT(answer->find("01:00:00Z"), answer->find("00:00:00Z"));
  EXPECT_THAT(*answer, HasSubstr("critical  0      -      refused"));
}

TEST(CliClient, ShowsEventsWithTheirSentence) {
  const auto daemon = answering(R"({"events":[{"model":"a","at":"2026-03-02T01:00:00Z",
    "kind":"endpoint.version","note":"version 4 is served where 3 was","before":"3","after":"4"}]})");
  const auto answer = ask(to(daemon, "events"));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_THAT(*answer, HasSubstr("endpoint.version  3       4      version 4 is served"));
}

TEST(CliClient, ShowsWhatSourcesBesideBatchesFindFaultWithInTheStatus) {
  const auto daemon = answering(R"({"models":[{"key":"production/a","status":"critical",
    "window":null,"firing":[],"trouble":"","quarantined":0,"drifted_columns":0,"judged_columns":0,
    "live":{"compute":{"findings":[
      {"measure":"cost.budget","part":"","value":1.25,"verdict":"critical"},
      {"measure":"compute.cpu","part":"","value":0.2,"verdict":"ok"},
      {"measure":"cost.saving","part":"idle","value":144.0,"verdict":"warning"}]}}}]})");
  const auto answer = ask(to(daemon, "status"));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_THAT(*answer, HasSubstr("cost.budget=1.25!, cost.saving{idle}=144 "));
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
