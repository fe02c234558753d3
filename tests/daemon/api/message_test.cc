#include "daemon/api/message.h"

#include <gmock/gmock.h>

#include "daemon/api/request_reader.h"

namespace leeway::api {
namespace {

using testing::HasSubstr;
using testing::Not;

Request request_for(std::string_view target) {
  RequestReader reader({.head = 4096, .body = 0}, "127.0.0.1");
  const std::string text = "GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  std::string_view bytes = text;
  EXPECT_EQ(reader.put(bytes), RequestReader::State::kComplete);
  return reader.take();
}

TEST(Request, TellsPathAndQueryApart) {
  const auto request = request_for("/a/b?c=d?e");
  EXPECT_EQ(request.path(), "/a/b");
  EXPECT_EQ(request.query(), "c=d?e");
  EXPECT_EQ(request_for("/a").query(), "");
}

TEST(Request, DecodesParameters) {
  const auto request = request_for("/?model=flight%20delay&x=a+b&flag&bad=%zz&end=%4&model=2");
  EXPECT_EQ(request.parameter("model"), "flight delay");
  EXPECT_EQ(request.parameter("x"), "a b");
  EXPECT_EQ(request.parameter("flag"), "");
  EXPECT_EQ(request.parameter("bad"), "%zz");
  EXPECT_EQ(request.parameter("end"), "%4");
  EXPECT_EQ(request.parameter("absent"), std::nullopt);
}

TEST(Request, StaysWholeWhenItIsCopiedAndMoved) {
  auto request = request_for("/path");
  const Request copy = request;
  const Request moved = std::move(request);
  EXPECT_EQ(copy.path(), "/path");
  EXPECT_EQ(moved.path(), "/path");
  EXPECT_EQ(moved.header("HOST"), "a");
  EXPECT_EQ(moved.peer(), "127.0.0.1");
}

TEST(Response, SaysItsTypeAndLength) {
  EXPECT_EQ(Response::text(200, "hello").head_text(),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n");
  EXPECT_EQ(Response::json(201, "{}").head_text(),
            "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 2\r\n");
}

TEST(Response, HasNoLengthWhereThereCanBeNoBody) {
  Response response;
  response.status = 204;
  EXPECT_THAT(response.head_text(), Not(HasSubstr("Content-Length")));
  response.status = 200;
  EXPECT_THAT(response.head_text(), HasSubstr("Content-Length: 0"));
}

TEST(Response, NamesTheMethodsThatAreAllowed) {
  EXPECT_THAT(Response::method_not_allowed("GET, HEAD").head_text(),
              HasSubstr("Allow: GET, HEAD\r\n"));
}

TEST(Response, TurnsErrorsIntoStatuses) {
  const std::pair<ErrorCode, int> table[] = {
      {ErrorCode::kInvalidArgument, 400}, {ErrorCode::kInvalidConfig, 400},
      {ErrorCode::kNotFound, 404},        {ErrorCode::kInsufficientData, 409},
      {ErrorCode::kUnavailable, 503},     {ErrorCode::kCancelled, 503},
      {ErrorCode::kTimeout, 504},         {ErrorCode::kCorrupt, 500},
  };
  for (const auto& [code, status] : table) {
    const auto response = Response::of({code, "why"});
    EXPECT_EQ(response.status, status);
    EXPECT_EQ(*response.body->front(), "why\n");
    EXPECT_NE(reason_phrase(status), "Status");
  }
}

}  // namespace
}  // namespace leeway::api
