// Serves a ready page of about 150 metric lines, to be loaded with wrk:
//   http_server_bench 19960 & wrk -t1 -c32 -d10s http://127.0.0.1:19960/metrics
// and prints, when it is ended with SIGTERM or SIGINT, how many requests a CPU second it answered.
#include <sys/resource.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "collectors/async/clock.h"
#include "daemon/api/server.h"

namespace leeway {
namespace {

std::string page_text() {
  std::string text;
  for (int i = 0; i < 150; ++i) {
    text += "leeway_drift_value{environment=\"production\",model=\"flight-delay\",column=\"c" +
            std::to_string(i) + "\",measure=\"psi\"} 0.0123456789\n";
  }
  return text;
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

int serve(std::uint16_t port) {
  asio::io_context io(1);
  const auto clock = make_real_clock(io.get_executor());
  const auto page = api::Response::prepared(api::Response::text(200, page_text()));
  api::ServerOptions options;
  options.port = port;
  api::Handlers handlers;
  handlers.ready = [&page](const api::Request& request) -> std::optional<api::Response> {
    if (request.path() == "/metrics") return page;
    return std::nullopt;
  };
  auto server = api::Server::listen(io.get_executor(), *clock, options, std::move(handlers));
  if (!server) {
    std::fprintf(stderr, "%s\n", server.error().message.c_str());
    return 1;
  }
  std::printf("port %d, %zu bytes\n", (*server)->port(), page.body_size());
  std::fflush(stdout);
  asio::signal_set signals(io, SIGTERM, SIGINT);
  signals.async_wait([&io](auto&&...) { io.stop(); });
  io.run();
  const auto requests = static_cast<double>((*server)->statistics().requests);
  std::printf("%.0f requests, %.2f CPU s, %.0f requests per CPU second\n", requests, cpu_seconds(),
              requests / cpu_seconds());
  std::fflush(stdout);
  std::_Exit(0);  // connections are still open
}

}  // namespace
}  // namespace leeway

int main(int argc, char** argv) {
  return leeway::serve(static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 0));
}
