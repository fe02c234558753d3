#include <gmock/gmock.h>

#include "daemon/api/server.h"
#include "tests/daemon/api/server_fixture.h"

namespace leeway::api {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kRequest = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// Counts how often somebody would be woken.
class CountingClock : public Clock {
 public:
  explicit CountingClock(Clock& clock) : clock_(clock) {}
  TimePoint now() const override { return clock_.now(); }
  Duration monotonic() const override { return clock_.monotonic(); }
  Alarm call_after(Duration duration, std::function<void()> callback) override {
    auto counted = [this, callback = std::move(callback)] {
      ++rung;
      callback();
    };
    return clock_.call_after(duration, std::move(counted));
  }

  int rung = 0;

 private:
  Clock& clock_;
};

class SlowClientsTest : public ServerFixture {
 protected:
  SlowClientsTest() {
    handlers_.ready = [](const Request&) -> std::optional<Response> {
      return Response::text(200, std::string(std::size_t{32} << 20U, 'x'));
    };
  }

  static ServerOptions options() {
    ServerOptions options;
    options.request_timeout = seconds(4);
    options.write_timeout = seconds(8);
    options.idle_timeout = seconds(60);
    return options;
  }

  bool open() const { return server_->statistics().open != 0; }

  CountingClock counting_{clock_};
};

TEST_F(SlowClientsTest, ARequestMustBeCompleteInTime) {
  serve(options());
  auto socket = connected();
  until([&] { return open(); });
  for (int i = 0; i < 3; ++i) {  // a byte now and then does not help
    send(socket, "G");
    clock_.advance(seconds(1));
    EXPECT_TRUE(open());
  }
  clock_.advance(seconds(3));
  EXPECT_FALSE(open());
  EXPECT_EQ(server_->statistics().timeouts, 1U);
}

TEST_F(SlowClientsTest, AnAnswerMustMakeProgress) {
  serve(options());
  auto socket = connected();
  send(socket, kRequest);
  until([&] { return server_->statistics().busy == 1; });
  clock_.advance(seconds(8));
  EXPECT_TRUE(open());
  std::string some(std::size_t{4} << 20U, ' ');
  socket.non_blocking(true);
  boost::system::error_code ignored;
  std::size_t got = 0;
  while (got < some.size() / 2) {  // which lets the server write more
    got += socket.read_some(asio::buffer(some), ignored);
    clock_.settle();
  }
  clock_.advance(seconds(7));
  EXPECT_TRUE(open());
  clock_.advance(seconds(4));
  EXPECT_FALSE(open());
  EXPECT_EQ(server_->statistics().busy, 0U);
}

TEST_F(SlowClientsTest, AnIdleConnectionIsClosedInTheEndAndIsNoFault) {
  serve(options());
  auto socket = connected();
  until([&] { return open(); });
  clock_.advance(seconds(59));
  EXPECT_TRUE(open());
  clock_.advance(seconds(3));
  EXPECT_FALSE(open());
  EXPECT_EQ(server_->statistics().timeouts, 0U);
}

TEST_F(SlowClientsTest, AHandlerMayTakeItsTime) {
  handlers_.ready = nullptr;
  handlers_.later = [this](Request) -> Async<Response> {
    static_cast<void>(co_await clock_.sleep(hours(1)));
    co_return Response::text(200, "done\n");
  };
  serve(options());
  auto socket = connected();
  send(socket, kRequest);
  until([&] { return server_->statistics().busy == 1; });
  clock_.advance(hours(1));
  EXPECT_THAT(read_until(socket, "done\n"), testing::StartsWith("HTTP/1.1 200"));
}

TEST_F(SlowClientsTest, NobodyIsWokenWithoutAConnectionAndSeldomForManyIdleOnes) {
  auto server = Server::listen(io_.get_executor(), counting_, {}, handlers_);
  ASSERT_TRUE(server.has_value());
  server_ = std::move(*server);
  clock_.advance(hours(1));
  EXPECT_EQ(counting_.rung, 0);
  std::vector<Socket> clients;
  for (int i = 0; i < 20; ++i) clients.push_back(connected());
  until([&] { return server_->statistics().open == 20; });
  clock_.advance(seconds(60));
  EXPECT_LE(counting_.rung, 30);  // one in two seconds for all
  clients.clear();
  until([&] { return server_->statistics().open == 0; });
  counting_.rung = 0;
  clock_.advance(hours(1));
  EXPECT_EQ(counting_.rung, 0);
}

}  // namespace
}  // namespace leeway::api
