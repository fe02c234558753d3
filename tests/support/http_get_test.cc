#include "tests/support/http_get.h"

#include <gmock/gmock.h>

#include <thread>

#include "tests/support/process.h"
#include "tests/support/socket.h"
#include "tests/support/webhook_receiver.h"

namespace leeway::tests {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Answers one connection with these bytes and closes it.
class OneAnswer {
 public:
  explicit OneAnswer(std::string bytes)
      : listener_(std::move(*Socket::listen(0))), thread_([this, bytes = std::move(bytes)] {
          const Deadline deadline = std::chrono::steady_clock::now() + seconds(10);
          const auto connection = listener_.accept(deadline);
          if (!connection) return;
          const auto request = HttpReader(*connection).next(deadline);
          if (request) EXPECT_TRUE(connection->send(bytes, deadline));
        }) {}
  ~OneAnswer() { thread_.join(); }

  std::uint16_t port() const { return listener_.port(); }

 private:
  Socket listener_;
  std::thread thread_;
};

TEST(HttpGet, ReadsStatusHeadersAndBody) {
  const OneAnswer server(
      "HTTP/1.1 503 Try Later\r\nRetry-After:  7 \r\nContent-Length: 4\r\n\r\nbody");
  const auto answer = http_get(server.port(), "/x");
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->headers.at("retry-after"), "7");
  EXPECT_EQ(answer->body, "body");
}

TEST(HttpGet, UndoesChunks) {
  const OneAnswer server(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
      "chunked\r\n\r\n4;note=x\r\nbody\r\nA\r\n0123456789\r\n0\r\n\r\n");
  EXPECT_EQ(http_get(server.port(), "/")->body, "body0123456789");
}

TEST(HttpGet, ReadsToTheEndWithoutALength) {
  const OneAnswer server("HTTP/1.1 200 OK\r\n\r\nall of it");
  EXPECT_EQ(http_get(server.port(), "/")->body, "all of it");
}

TEST(HttpGet, AnAnswerToHeadHasNoBody) {
  const OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n");
  const auto answer = http(server.port(), {.method = "HEAD"});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->headers.at("content-length"), "400");
}

TEST(HttpGet, AnAnswerCutShortIsCorrupt) {
  const OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\nonly this");
  const auto answer = http_get(server.port(), "/");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kCorrupt);
}

TEST(HttpGet, WhatIsNoHttpIsCorrupt) {
  const OneAnswer server("220 mail.example ESMTP\r\n\r\n");
  EXPECT_EQ(http_get(server.port(), "/").error().code, ErrorCode::kCorrupt);
}

TEST(HttpGet, NobodyListeningIsUnavailable) {
  EXPECT_EQ(http_get(free_port(), "/").error().code, ErrorCode::kUnavailable);
}

TEST(HttpGet, GivesUpAtTheDeadline) {
  const auto listener = Socket::listen(0);  // accepts in the kernel and never answers
  ASSERT_TRUE(listener);
  EXPECT_EQ(http_get(listener->port(), "/", milliseconds(20)).error().code, ErrorCode::kTimeout);
}

TEST(WaitForPort, SeesWhoListensAndWhoDoesNot) {
  const auto listener = Socket::listen(0);
  ASSERT_TRUE(listener);
  EXPECT_TRUE(wait_for_port(listener->port(), seconds(10)));
  EXPECT_FALSE(wait_for_port(free_port(), milliseconds(20)));
}

TEST(WaitForOk, WaitsUntilTheServerIsReady) {
  WebhookReceiver server(
      [](std::size_t n, const ReceivedRequest&) { return Answer{.status = n < 3 ? 503 : 200}; });
  EXPECT_TRUE(wait_for_ok(server.port(), "/-/ready", seconds(10)));
  EXPECT_EQ(server.count(), 4U);
  EXPECT_EQ(server.requests().at(3).target, "/-/ready");
}

}  // namespace
}  // namespace leeway::tests
