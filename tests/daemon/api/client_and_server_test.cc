#include <gmock/gmock.h>

#include <boost/asio/post.hpp>
#include <future>
#include <thread>
#include <vector>

#include "collectors/async/on_pool.h"
#include "collectors/net/http_client.h"
#include "daemon/api/server.h"
#include "tests/support/coroutines.h"

namespace leeway::api {
namespace {

using std::chrono::seconds;

/// A server on a thread of its own, whose handlers work on a pool; clients on other threads.
class ClientAndServerTest : public testing::Test {
 protected:
  ClientAndServerTest() {
    Handlers handlers;
    handlers.ready = [](const Request& request) -> std::optional<Response> {
      if (request.path() != "/ready") return std::nullopt;
      return Response::text(200, std::string(request.query()));
    };
    handlers.later = [this](Request request) -> Async<Response> {
      auto work = [body = request.body()]() -> Result<std::string> { return body + "!"; };
      auto result = co_await on_pool(pool_, std::move(work));
      if (!result) co_return fail(result.error());
      co_return Response::text(200, std::move(*result));
    };
    auto server = Server::listen(io_.get_executor(), *clock_, {}, std::move(handlers));
    server_ = std::move(*server);
    port_ = server_->port();
    thread_ = std::thread([this] { io_.run(); });
  }

  ~ClientAndServerTest() override {
    std::promise<bool> stopped;
    asio::post(io_, [this, &stopped] {
      asio::co_spawn(io_, server_->stop(seconds(5)),
                     [&stopped](const std::exception_ptr&, const Result<>& result) {
                       stopped.set_value(result.has_value());
                     });
    });
    EXPECT_TRUE(stopped.get_future().get());
    thread_.join();
    pool_.join();
  }

  asio::io_context io_;
  std::unique_ptr<Clock> clock_ = make_real_clock(io_.get_executor());
  asio::thread_pool pool_{2};
  std::unique_ptr<Server> server_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

Task<int> ask_many(net::HttpClient& client, std::uint16_t port, int client_number) {
  const std::string base = "http://127.0.0.1:" + std::to_string(port);
  int right = 0;
  for (int i = 0; i < 50; ++i) {
    const std::string text = std::to_string(client_number) + "-" + std::to_string(i);
    net::HttpRequest get;
    get.url = base + "/ready?" + text;
    const auto ready = co_await client.send(std::move(get));
    if (ready && ready->body == text) ++right;
    net::HttpRequest post;
    post.method = "POST";
    post.url = base + "/later";
    post.body = text;
    const auto later = co_await client.send(std::move(post));
    if (later && later->body == text + "!") ++right;
  }
  co_return right;
}

int run_client(std::uint16_t port, int number) {
  asio::io_context io;
  const auto clock = make_real_clock(io.get_executor());
  const auto client = net::make_http_client(*clock);
  return tests::run(io, ask_many(*client, port, number));
}

TEST_F(ClientAndServerTest, ManyClientsGetEachTheirOwnAnswers) {
  std::vector<std::future<int>> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(std::async(std::launch::async, run_client, port_, i));
  }
  for (auto& client : clients) EXPECT_EQ(client.get(), 100);
}

}  // namespace
}  // namespace leeway::api
