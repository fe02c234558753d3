#include <gmock/gmock.h>

#include "collectors/async/notifier.h"
#include "daemon/api/server.h"
#include "tests/daemon/api/server_fixture.h"

namespace leeway::api {
namespace {

using std::chrono::seconds;
using testing::EndsWith;
using testing::HasSubstr;

constexpr const char* kRequest = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

class ServerStopTest : public ServerFixture {
 protected:
  ServerStopTest() {
    handlers_.later = [this](Request) -> Async<Response> {
      const auto waited = co_await go_.wait();
      if (!waited) co_return fail(waited.error());
      co_return Response::text(200, "done\n");
    };
  }

  Notifier go_;
};

TEST_F(ServerStopTest, ClosesIdleConnectionsAtOnce) {
  serve();
  auto socket = connected();
  until([&] { return server_->statistics().open == 1; });
  tests::Started<Result<>> stopped(io_, server_->stop(seconds(5)));
  until([&] { return stopped.done(); });
  EXPECT_TRUE(stopped.value().has_value());
  EXPECT_EQ(rest_of(socket), "");
}

TEST_F(ServerStopTest, LetsBusyConnectionsEnd) {
  serve();
  auto socket = connected();
  send(socket, kRequest);
  until([&] { return server_->statistics().busy == 1; });
  tests::Started<Result<>> stopped(io_, server_->stop(seconds(5)));
  clock_.settle();
  EXPECT_FALSE(stopped.done());
  go_.notify_one();
  const auto answer = rest_of(socket);
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(answer, EndsWith("done\n"));
  until([&] { return stopped.done(); });
  EXPECT_TRUE(stopped.value().has_value());
}

TEST_F(ServerStopTest, CutsOffWhoIsBusyAtTheDeadline) {
  serve();
  auto socket = connected();
  send(socket, kRequest);
  until([&] { return server_->statistics().busy == 1; });
  tests::Started<Result<>> stopped(io_, server_->stop(seconds(5)));
  clock_.advance(seconds(5));
  until([&] { return stopped.done(); });
  ASSERT_FALSE(stopped.value().has_value());
  EXPECT_EQ(stopped.value().error().message, "1 requests were cut off after 5s");
  EXPECT_EQ(server_->statistics().open, 0U);
}

TEST_F(ServerStopTest, TakesNobodyInAfterwards) {
  serve();
  const auto port = server_->port();
  tests::Started<Result<>> stopped(io_, server_->stop(seconds(5)));
  until([&] { return stopped.done(); });
  Socket socket(io_);
  boost::system::error_code error;
  socket.connect({asio::ip::address_v4::loopback(), port}, error);
  EXPECT_EQ(error, asio::error::connection_refused);
}

TEST_F(ServerStopTest, MayBeAskedForTwice) {
  serve();
  for (int i = 0; i < 2; ++i) {
    tests::Started<Result<>> stopped(io_, server_->stop(seconds(5)));
    until([&] { return stopped.done(); });
    EXPECT_TRUE(stopped.value().has_value());
  }
}

}  // namespace
}  // namespace leeway::api
