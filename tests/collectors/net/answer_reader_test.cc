#include "collectors/net/answer_reader.h"

#include <gmock/gmock.h>

namespace leeway::net {
namespace {

using testing::HasSubstr;

constexpr std::string_view kPlain = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello";
constexpr std::string_view kChunked =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nT: "
    "z\r\n\r\n";

TEST(AnswerReader, ReadsAnAnswerAtOnce) {
  AnswerReader reader(false, {});
  EXPECT_TRUE(reader.put(kPlain).value());
  EXPECT_TRUE(reader.reusable());
  const auto response = reader.take();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "hello");
  EXPECT_EQ(response.headers.find("x-a"), "b");
}

TEST(AnswerReader, ReadsAnAnswerByteByByte) {
  for (const auto text : {kPlain, kChunked}) {
    AnswerReader reader(false, {});
    for (std::size_t i = 0; i < text.size(); ++i) {
      ASSERT_EQ(reader.put(text.substr(i, 1)).value(), i + 1 == text.size()) << i;
    }
    EXPECT_TRUE(reader.reusable());
    EXPECT_EQ(reader.take().body, "hello");
  }
}

TEST(AnswerReader, SkipsInterimAnswers) {
  AnswerReader reader(false, {});
  EXPECT_FALSE(reader.put("HTTP/1.1 100 Continue\r\n\r\n").value());
  EXPECT_FALSE(reader.put("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200").value());
  EXPECT_TRUE(reader.put(" OK\r\nContent-Length: 0\r\n\r\n").value());
  EXPECT_EQ(reader.take().status, 200);
}

TEST(AnswerReader, KnowsWhichAnswersHaveNoBody) {
  AnswerReader to_head(true, {});
  EXPECT_TRUE(to_head.put("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n").value());
  AnswerReader no_content(false, {});
  EXPECT_TRUE(no_content.put("HTTP/1.1 204 No Content\r\n\r\n").value());
  AnswerReader not_modified(false, {});
  EXPECT_TRUE(not_modified.put("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n").value());
}

TEST(AnswerReader, TakesABodyThatTheEndEnds) {
  AnswerReader reader(false, {});
  EXPECT_FALSE(reader.put("HTTP/1.0 200 OK\r\n\r\nhel").value());
  EXPECT_FALSE(reader.put("lo").value());
  EXPECT_TRUE(reader.end().has_value());
  EXPECT_FALSE(reader.reusable());
  EXPECT_EQ(reader.take().body, "hello");
}

TEST(AnswerReader, RefusesAnAnswerThatWasCutOff) {
  for (const auto text : {kPlain, kChunked}) {
    for (std::size_t length = 1; length < text.size(); ++length) {
      AnswerReader reader(false, {});
      ASSERT_FALSE(reader.put(text.substr(0, length)).value()) << length;
      const auto ended = reader.end();
      ASSERT_FALSE(ended.has_value()) << length;
      EXPECT_EQ(ended.error().code, ErrorCode::kUnavailable);
    }
  }
}

TEST(AnswerReader, RefusesMoreThanItsLimits) {
  Limits limits;
  limits.max_response_bytes = 4;
  limits.max_head_bytes = 100;
  AnswerReader announced(false, limits);
  const auto length = announced.put(kPlain);
  ASSERT_FALSE(length.has_value());
  EXPECT_EQ(length.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(length.error().message, HasSubstr("more than 4 bytes"));

  AnswerReader in_chunks(false, limits);
  EXPECT_FALSE(in_chunks.put(kChunked).has_value());

  AnswerReader to_the_end(false, limits);
  EXPECT_FALSE(to_the_end.put("HTTP/1.0 200 OK\r\n\r\nhello").has_value());

  AnswerReader head(false, limits);
  const auto large = head.put("HTTP/1.1 200 OK\r\nX: " + std::string(200, 'x'));
  ASSERT_FALSE(large.has_value());
  EXPECT_THAT(large.error().message, HasSubstr("head"));
}

TEST(AnswerReader, RefusesWhatIsNoHttp) {
  for (const char* text : {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n",
                           "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
                           "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"}) {
    SCOPED_TRACE(text);
    AnswerReader reader(false, {});
    const auto put = reader.put(text);
    ASSERT_FALSE(put.has_value());
    EXPECT_EQ(put.error().code, ErrorCode::kCorrupt);
  }
}

TEST(AnswerReader, DoesNotLendAConnectionWithMoreBytesThanTheAnswer) {
  AnswerReader reader(false, {});
  EXPECT_TRUE(reader.put(std::string(kPlain) + "HTTP/1.1 200").value());
  EXPECT_FALSE(reader.reusable());
}

TEST(AnswerReader, ClosesWhereThePeerSaysSo) {
  AnswerReader reader(false, {});
  EXPECT_TRUE(
      reader.put("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").value());
  EXPECT_FALSE(reader.reusable());
}

}  // namespace
}  // namespace leeway::net
