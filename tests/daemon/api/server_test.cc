#include "daemon/api/server.h"

#include <gmock/gmock.h>

#include "tests/daemon/api/server_fixture.h"

namespace leeway::api {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class ServerTest : public ServerFixture {
 protected:
  ServerTest() {
    handlers_.ready = [](const Request& request) -> std::optional<Response> {
      if (request.path() == "/ready") return Response::text(200, "ready\n");
      return std::nullopt;
    };
    handlers_.later = [this](Request request) -> Async<Response> {
      return answer_later(std::move(request));
    };
  }

  Async<Response> answer_later(Request request) {
    if (request.path() == "/error") co_return fail(ErrorCode::kUnavailable, "the store is busy");
    if (request.path() != "/echo") co_return Response::not_found();
    static_cast<void>(co_await clock_.sleep(Duration(0)));
    co_return Response::text(200, std::string(request.method()) + ' ' + request.body() + '\n');
  }
};

TEST_F(ServerTest, AnswersWithTheFieldsOfHttp) {
  serve();
  EXPECT_EQ(ask("GET /ready HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 6\r\n"
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nConnection: close\r\n\r\nready\n");
}

TEST_F(ServerTest, AnswersWhatIsNotReadyLater) {
  serve();
  const auto answer =
      ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
  EXPECT_THAT(answer, EndsWith("\r\n\r\nPOST hello\n"));
}

TEST_F(ServerTest, TurnsAnErrorOfAHandlerIntoAStatus) {
  serve();
  const auto answer = ask("GET /error HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nthe store is busy\n"));
}

TEST_F(ServerTest, SaysNotFoundWhereNobodyAnswers) {
  handlers_.later = nullptr;
  serve();
  EXPECT_THAT(ask("GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
              StartsWith("HTTP/1.1 404 Not Found\r\n"));
}

TEST_F(ServerTest, SendsTheHeadAloneForHead) {
  serve();
  const auto answer = ask("HEAD /ready HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("Content-Length: 6\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST_F(ServerTest, KeepsAConnectionForTheNextRequest) {
  serve();
  auto socket = connected();
  for (int i = 0; i < 3; ++i) {
    send(socket, "GET /ready HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_THAT(read_until(socket, "ready\n"), Not(HasSubstr("Connection")));
  }
  EXPECT_EQ(server_->statistics().connections, 1U);
  EXPECT_EQ(server_->statistics().requests, 3U);
}

TEST_F(ServerTest, AnswersPipelinedRequestsInTheirOrder) {
  serve();
  std::string text;
  for (int i = 0; i < 200; ++i) {
    const std::string body = std::to_string(i);
    text += i % 2 == 0 ? "GET /ready HTTP/1.1\r\nHost: a\r\n\r\n"
                       : "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: " +
                             std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  const auto answer = ask(text + "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  std::size_t at = 0;
  for (int i = 0; i < 200; ++i) {
    const std::string want = i % 2 == 0 ? "ready\n" : "POST " + std::to_string(i) + "\n";
    at = answer.find("\r\n\r\n" + want, at);
    ASSERT_NE(at, std::string::npos) << i;
  }
  EXPECT_THAT(answer.substr(at), HasSubstr("404 Not Found"));
}

TEST_F(ServerTest, SpeaksHttp10) {
  serve();
  EXPECT_THAT(ask("GET /ready HTTP/1.0\r\n\r\n"), EndsWith("Connection: close\r\n\r\nready\n"));
  auto socket = connected();
  send(socket, "GET /ready HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_THAT(read_until(socket, "ready\n"), HasSubstr("Connection: keep-alive\r\n"));
}

TEST_F(ServerTest, SaysContinueToWhoWaitsForIt) {
  serve();
  auto socket = connected();
  send(socket,
       "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n"
       "Connection: close\r\n\r\n");
  EXPECT_EQ(read_until(socket, "\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  send(socket, "hi");
  EXPECT_THAT(rest_of(socket), EndsWith("POST hi\n"));
}

TEST_F(ServerTest, LetsWhoIsRefusedReadWhy) {
  serve({.max_body_bytes = 1000});
  auto socket = connected();
  send(socket, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
  send(socket, std::string(100'000, 'x'));
  socket.shutdown(Socket::shutdown_send);
  const auto answer = rest_of(socket);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 413 Content Too Large\r\n"));
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(answer, EndsWith("the body is larger than 1000 bytes\n"));
  EXPECT_EQ(server_->statistics().malformed, 1U);
}

TEST_F(ServerTest, RefusesALargeHead) {
  serve();
  const auto answer =
      ask("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 431 "));
}

TEST_F(ServerTest, TakesAHeadJustBelowItsLimit) {
  serve();
  const auto answer =
      ask("GET /ready HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: " + std::string(16'000, 'x') +
          "\r\n\r\n");
  EXPECT_THAT(answer, EndsWith("ready\n"));
}

TEST_F(ServerTest, SendsManyPiecesWhole) {
  std::string whole;
  auto pieces = std::make_shared<Pieces>();
  for (int i = 0; i < 3000; ++i) {
    pieces->push_back(std::make_shared<const std::string>(
        i % 10 == 0 ? "" : "piece " + std::to_string(i) + std::string(1000, '.')));
    whole += *pieces->back();
  }
  handlers_.ready = [&](const Request&) -> std::optional<Response> {
    Response response;
    response.body = pieces;
    return response;
  };
  serve();
  const auto answer = ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(answer.substr(answer.find("\r\n\r\n") + 4), whole);
}

TEST_F(ServerTest, TurnsAwayWhoIsOneTooMany) {
  serve({.max_connections = 2});
  auto first = connected();
  auto second = connected();
  until([&] { return server_->statistics().open == 2; });
  auto third = connected();
  EXPECT_THAT(rest_of(third), StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
  EXPECT_EQ(server_->statistics().refused, 1U);
  first.close();
  until([&] { return server_->statistics().open == 1; });
  auto fourth = connected();
  send(fourth, "GET /ready HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(read_until(fourth, "ready\n"), StartsWith("HTTP/1.1 200 OK"));
}

TEST_F(ServerTest, SurvivesAClientThatLeavesInTheMiddle) {
  serve();
  for (const char* text :
       {"", "GET /re", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhi",
        "GET /ready HTTP/1.1\r\nHost: a\r\n\r\n"}) {
    auto socket = connected();
    send(socket, text);
    until([&] { return server_->statistics().open == 1; });
    socket.set_option(asio::socket_base::linger(true, 0));  // a reset, not an orderly end
    socket.close();
    until([&] { return server_->statistics().open == 0; });
  }
  EXPECT_EQ(server_->statistics().busy, 0U);
}

TEST_F(ServerTest, SaysWhyItCannotListen) {
  serve();
  ServerOptions same;
  same.port = server_->port();
  const auto taken = Server::listen(io_.get_executor(), clock_, same, {});
  ASSERT_FALSE(taken.has_value());
  EXPECT_EQ(taken.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(taken.error().message, HasSubstr("in use"));
  const auto named = Server::listen(io_.get_executor(), clock_, {.address = "localhost"}, {});
  ASSERT_FALSE(named.has_value());
  EXPECT_EQ(named.error().code, ErrorCode::kInvalidConfig);
}

}  // namespace
}  // namespace leeway::api
