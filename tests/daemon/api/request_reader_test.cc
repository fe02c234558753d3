#include "daemon/api/request_reader.h"

#include <gmock/gmock.h>

namespace leeway::api {
namespace {

using State = RequestReader::State;

RequestReader small_reader() { return RequestReader({.head = 256, .body = 16}, "::1"); }

constexpr std::string_view kPost =
    "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nX-Y: z\r\n\r\nhello";
constexpr std::string_view kChunked =
    "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
    "chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n";

TEST(RequestReader, ReadsARequestAtOnce) {
  auto reader = small_reader();
  std::string_view bytes = kPost;
  ASSERT_EQ(reader.put(bytes), State::kComplete);
  EXPECT_TRUE(bytes.empty());
  EXPECT_EQ(reader.request().method(), "POST");
  EXPECT_EQ(reader.request().target(), "/x");
  EXPECT_EQ(reader.request().header("x-y"), "z");
  EXPECT_EQ(reader.request().body(), "hello");
  EXPECT_TRUE(reader.keep_alive());
}

TEST(RequestReader, ReadsARequestInPiecesOfAnySize) {
  for (const auto text : {kPost, kChunked}) {
    for (std::size_t step = 1; step < text.size(); ++step) {
      auto reader = small_reader();
      std::string kept;
      auto state = State::kNeedsMore;
      for (std::size_t at = 0; at < text.size(); at += step) {
        kept += text.substr(at, step);
        std::string_view bytes = kept;
        state = reader.put(bytes);
        kept = std::string(bytes);
      }
      ASSERT_EQ(state, State::kComplete) << step;
      EXPECT_EQ(reader.request().body(), "hello");
    }
  }
}

TEST(RequestReader, LeavesTheNextRequestAlone) {
  auto reader = small_reader();
  const std::string two = std::string(kPost) + "GET /y HTTP/1.1\r\nHost: b\r\n\r\n";
  std::string_view bytes = two;
  ASSERT_EQ(reader.put(bytes), State::kComplete);
  reader.restart();
  ASSERT_EQ(reader.put(bytes), State::kComplete);
  EXPECT_EQ(reader.request().target(), "/y");
  EXPECT_EQ(reader.request().header("host"), "b");
  EXPECT_EQ(reader.request().header("x-y"), "");
  EXPECT_EQ(reader.request().body(), "");
}

TEST(RequestReader, TakesHeadForGetWithoutBody) {
  auto reader = small_reader();
  std::string_view bytes = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n";
  ASSERT_EQ(reader.put(bytes), State::kComplete);
  EXPECT_EQ(reader.request().method(), "GET");
  EXPECT_TRUE(reader.request().is_head());
}

TEST(RequestReader, TakesATargetWithHost) {
  auto reader = small_reader();
  std::string_view bytes = "GET http://a.example/p?q HTTP/1.1\r\nHost: a.example\r\n\r\n";
  ASSERT_EQ(reader.put(bytes), State::kComplete);
  EXPECT_EQ(reader.request().target(), "/p?q");
}

TEST(RequestReader, KnowsWhoWantsToStay) {
  const std::pair<const char*, bool> table[] = {
      {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", true},
      {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", false},
      {"GET / HTTP/1.0\r\n\r\n", false},
      {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true},
  };
  for (const auto& [text, stays] : table) {
    auto reader = small_reader();
    std::string_view bytes = text;
    ASSERT_EQ(reader.put(bytes), State::kComplete) << text;
    EXPECT_EQ(reader.keep_alive(), stays) << text;
  }
}

TEST(RequestReader, SaysOnceThatTheClientAwaitsContinue) {
  auto reader = small_reader();
  std::string_view bytes =
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-Continue\r\n\r\n";
  EXPECT_EQ(reader.put(bytes), State::kAwaitsContinue);
  bytes = "h";
  EXPECT_EQ(reader.put(bytes), State::kNeedsMore);
  bytes = "i";
  EXPECT_EQ(reader.put(bytes), State::kComplete);
  EXPECT_EQ(reader.request().body(), "hi");
}

TEST(RequestReader, DoesNotSayContinueToOneWhoDidNotWait) {
  auto reader = small_reader();
  std::string_view bytes =
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nhi";
  EXPECT_EQ(reader.put(bytes), State::kComplete);
}

TEST(RequestReader, TakesAPostWithoutABody) {
  auto reader = small_reader();
  std::string_view bytes = "POST /-/reload HTTP/1.1\r\nHost: a\r\n\r\n";
  EXPECT_EQ(reader.put(bytes), State::kComplete);
}

struct Refused {
  const char* name;
  std::string text;
  int status;
};

TEST(RequestReader, RefusesWithTheRightStatus) {
  const std::string host = "Host: a\r\n";
  const Refused table[] = {
      {"no HTTP", "hello\r\n\r\n", 400},
      {"no host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"no path", "GET x HTTP/1.1\r\n" + host + "\r\n", 400},
      {"space in a name", "GET / HTTP/1.1\r\n" + host + "A : b\r\n\r\n", 400},
      {"bad length", "POST / HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n", 400},
      {"two lengths",
       "POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
      {"length and chunks",
       "POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
       400},
      {"chunks and length",
       "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
       400},
      {"chunks in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"bad chunk", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
       400},
      {"type without length", "POST / HTTP/1.1\r\n" + host + "Content-Type: a/b\r\n\r\n", 411},
      {"large body", "POST / HTTP/1.1\r\n" + host + "Content-Length: 17\r\n\r\n", 413},
      {"large chunks",
       "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n11\r\n" +
           std::string(17, 'x') + "\r\n",
       413},
      {"large body after Expect",
       "POST / HTTP/1.1\r\n" + host + "Content-Length: 17\r\nExpect: 100-continue\r\n\r\n", 413},
      {"other expectation", "GET / HTTP/1.1\r\n" + host + "Expect: 200-ok\r\n\r\n", 417},
      {"large head", "GET / HTTP/1.1\r\n" + host + "A: " + std::string(256, 'x') + "\r\n\r\n", 431},
      {"gzip", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501},
      {"HTTP/2", "GET / HTTP/2.0\r\n" + host + "\r\n", 505},
  };
  for (const auto& [name, text, status] : table) {
    SCOPED_TRACE(name);
    auto reader = small_reader();
    std::string_view bytes = text;
    ASSERT_EQ(reader.put(bytes), State::kRefused);
    EXPECT_EQ(reader.refusal().status, status);
    EXPECT_FALSE(reader.refusal().reason.empty());
  }
}

TEST(RequestReader, RefusesAnEndlessHeadBeforeItsEnd) {
  auto reader = small_reader();
  std::string text = "GET / HTTP/1.1\r\nHost: a\r\nA: ";
  auto state = State::kNeedsMore;
  for (int i = 0; i < 100 && state == State::kNeedsMore; ++i) {
    text += "xxxxxxxx";
    std::string_view bytes = text;
    state = reader.put(bytes);
  }
  EXPECT_EQ(state, State::kRefused);
  EXPECT_EQ(reader.refusal().status, 431);
}

}  // namespace
}  // namespace leeway::api
