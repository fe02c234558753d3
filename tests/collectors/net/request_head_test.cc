#include "collectors/net/request_head.h"

#include <gmock/gmock.h>

namespace leeway::net {
namespace {

using testing::HasSubstr;
using testing::Not;

Result<std::string> head_of(HttpRequest request) {
  return request_head(request, parse_url(request.url).value(), "leeway/1");
}

TEST(RequestHead, SaysEverythingInItsOrder) {
  HttpRequest request;
  request.method = "POST";
  request.url = "http://a.example:81/x?y";
  request.headers = {{"Content-Type", "text/plain"}};
  request.body = "hello";
  EXPECT_EQ(head_of(request).value(),
            "POST /x?y HTTP/1.1\r\nHost: a.example:81\r\nConnection: keep-alive\r\n"
            "Content-Type: text/plain\r\nUser-Agent: leeway/1\r\nContent-Length: 5\r\n\r\n");
}

TEST(RequestHead, SaysTheLengthOfAnEmptyPostButNotOfAGet) {
  HttpRequest request;
  request.url = "http://a.example/";
  EXPECT_THAT(head_of(request).value(), Not(HasSubstr("Content-Length")));
  request.method = "POST";
  EXPECT_THAT(head_of(request).value(), HasSubstr("Content-Length: 0\r\n"));
}

TEST(RequestHead, MakesCredentialsOfTheUrlBasicAuthorization) {
  HttpRequest request;
  request.url = "http://Aladdin:open%20sesame@a.example/";  // the example of RFC 7617
  EXPECT_THAT(head_of(request).value(),
              HasSubstr("Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"));
  request.headers = {{"authorization", "Bearer x"}};
  EXPECT_THAT(head_of(request).value(), Not(HasSubstr("Basic")));
}

TEST(RequestHead, RefusesWhatWouldBreakTheMessage) {
  const Headers::Field table[] = {{"X-A", "1\r\nX-B: 2"}, {"X A", "1"},
                                  {"X-A:", "1"},          {"", "1"},
                                  {"Host", "b.example"},  {"Content-Length", "7"}};
  for (const auto& field : table) {
    SCOPED_TRACE(field.first);
    HttpRequest request;
    request.url = "http://a.example/";
    request.headers = {field};
    const auto head = head_of(request);
    ASSERT_FALSE(head.has_value());
    EXPECT_EQ(head.error().code, ErrorCode::kInvalidArgument);
  }
  HttpRequest request;
  request.url = "http://a.example/";
  request.method = "GET / HTTP/1.1\r\nX: ";
  EXPECT_FALSE(head_of(request).has_value());
}

}  // namespace
}  // namespace leeway::net
