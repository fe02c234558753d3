// A large page under change: 1,000 models of 100 series, of which 10 a second change, behind the
// real HTTP server, and a scraper in a process of its own that asks for gzip.
//   exporter_bench [scrapes] [pause in ms]
// prints the time to the first byte and to the whole body, what a call of publish() costs at most,
// and the memory.
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "collectors/async/clock.h"
#include "collectors/async/task_group.h"
#include "daemon/api/server.h"
#include "daemon/exporter/exporter.h"
#include "detectors/base/random.h"

namespace leeway {
namespace {

using exporter::Detail;
using exporter::Family;
using Steady = std::chrono::steady_clock;

constexpr int kModels = 1000;

double milliseconds_since(Steady::time_point begin) {
  return std::chrono::duration<double, std::milli>(Steady::now() - begin).count();
}

std::string name_of(int model) { return "model-" + std::to_string(10'000 + model); }

exporter::ModelMetrics metrics_of(int model, Random& random) {
  exporter::ModelMetrics out;
  const auto add = [&](Family family, std::vector<std::pair<std::string_view, std::string>> more,
                       double value) {
    exporter::Series one{.family = family, .labels = {}, .value = value, .detail = Detail::kColumn};
    one.labels = {{"environment", "production"}, {"model", name_of(model)}};
    for (auto& label : more) one.labels.push_back(std::move(label));
    out.series.push_back(std::move(one));
  };
  for (int column = 0; column < 12; ++column) {
    const std::string name = "feature_" + std::to_string(column);
    for (const char* measure : {"psi", "ks"}) {
      for (const Family family : {Family::kDriftValue, Family::kDriftNoiseFloor}) {
        add(family, {{"column", name}, {"measure", measure}, {"against", "reference"}},
            random.uniform());
      }
    }
    add(Family::kDriftThreshold, {{"column", name}, {"measure", "psi"}, {"severity", "critical"}},
        0.25);
    add(Family::kFindingState, {{"column", name}}, static_cast<double>(random.below(3)));
    add(Family::kColumnMissingRatio, {{"column", name}}, random.uniform());
    add(Family::kColumnUnseenRatio, {{"column", name}}, random.uniform());
  }
  for (const Family family :
       {Family::kDriftedColumns, Family::kJudgedColumns, Family::kWindowEnd, Family::kWindowRows}) {
    add(family, {}, static_cast<double>(random.below(1'000'000)));
  }
  return out;
}

/// The longest calls of the exporter, in milliseconds.
struct Worst {
  double publish = 0;
  double ready_page = 0;
};

api::Handlers handlers_for(exporter::Exporter& exporter, Worst& worst) {
  const auto respond = [](const std::shared_ptr<const exporter::Page>& page) {
    api::Response response;
    response.content_type = page->content_type;
    if (page->gzip) response.headers.emplace_back("Content-Encoding", "gzip");
    response.body = std::shared_ptr<const api::Pieces>(page, &page->pieces);
    return response;
  };
  const auto format_of = [](const api::Request& request) {
    return exporter::negotiate(request.header("Accept"), request.header("Accept-Encoding"));
  };
  api::Handlers handlers;
  handlers.ready = [=, &exporter,
                    &worst](const api::Request& request) -> std::optional<api::Response> {
    const auto begin = Steady::now();
    const auto page = exporter.ready_page(format_of(request));
    worst.ready_page = std::max(worst.ready_page, milliseconds_since(begin));
    if (!page) return std::nullopt;
    return respond(page);
  };
  handlers.later = [=, &exporter](api::Request request) -> Async<api::Response> {
    co_return respond(co_await exporter.page(format_of(request)));
  };
  return handlers;
}

Task<> change(exporter::Exporter& exporter, Clock& clock, Worst& worst) {
  Random random(2);
  for (;;) {
    if (!co_await clock.sleep(std::chrono::milliseconds(100))) co_return;
    const auto metrics_model = static_cast<int>(random.below(kModels));
    const auto metrics = metrics_of(metrics_model, random);
    const auto begin = Steady::now();
    exporter.publish(name_of(metrics_model), metrics);
    worst.publish = std::max(worst.publish, milliseconds_since(begin));
  }
}

struct Scrape {
  double first_byte;
  double body;
  std::size_t bytes;
};

/// One request on a kept connection, as Prometheus does it.
Scrape scrape(int socket, bool gzip) {
  const std::string request = std::string("GET /metrics HTTP/1.1\r\nHost: a\r\n") +
                              (gzip ? "Accept-Encoding: gzip\r\n" : "") + "\r\n";
  std::vector<char> buffer(std::size_t{1} << 18U);
  std::string head;
  Scrape out{};
  const auto begin = Steady::now();
  if (send(socket, request.data(), request.size(), 0) < 0) std::abort();
  std::size_t whole = 0;
  while (whole == 0 || out.bytes < whole) {
    const auto got = recv(socket, buffer.data(), buffer.size(), 0);
    if (got <= 0) std::abort();
    if (out.bytes == 0) out.first_byte = milliseconds_since(begin);
    out.bytes += static_cast<std::size_t>(got);
    if (whole != 0) continue;
    head.append(buffer.data(), static_cast<std::size_t>(got));
    const auto end = head.find("\r\n\r\n");
    if (end == std::string::npos) continue;
    const auto length = head.find("Content-Length: ") + 16;
    whole = end + 4 + std::strtoul(head.c_str() + length, nullptr, 10);
  }
  out.body = milliseconds_since(begin);
  return out;
}

void report(const char* what, std::vector<double> values) {
  std::ranges::sort(values);
  const auto at = [&values](double share) {
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
  };
  std::printf("%-12s p50 %7.2f ms  p99 %7.2f ms  most %7.2f ms\n", what, at(0.5), at(0.99), at(1));
}

void scrape_often(std::uint16_t port, int scrapes, int pause, bool gzip) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) std::abort();
  const Scrape cold = scrape(socket, gzip);
  std::printf("%s, %zu bytes; the very first: first byte %.2f ms, body %.2f ms\n",
              gzip ? "gzip" : "plain", cold.bytes, cold.first_byte, cold.body);
  std::vector<double> first;
  std::vector<double> body;
  for (int i = 0; i < scrapes; ++i) {
    ::poll(nullptr, 0, static_cast<int>(pause));
    const Scrape one = scrape(socket, gzip);
    first.push_back(one.first_byte);
    body.push_back(one.body);
  }
  report("first byte", first);
  report("body", body);
  close(socket);
}

std::string memory() {
  std::ifstream status("/proc/self/status");
  std::string out;
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS") || line.starts_with("RssAnon")) out += line + "  ";
  }
  return out;
}

int run(int scrapes, int pause) {
  asio::io_context io(1);
  const auto clock = make_real_clock(io.get_executor());
  exporter::Exporter exporter(io.get_executor(), *clock);
  Random random(1);
  for (int i = 0; i < kModels; ++i) exporter.publish(name_of(i), metrics_of(i, random));
  Worst worst;
  auto server = api::Server::listen(io.get_executor(), *clock, {}, handlers_for(exporter, worst));
  if (!server) return 1;
  std::printf("%zu series, %s\n", exporter.series(), memory().c_str());
  std::fflush(stdout);
  const std::uint16_t port = (*server)->port();
  const pid_t child = fork();
  if (child == 0) {
    scrape_often(port, scrapes, pause, true);
    scrape_often(port, scrapes / 4, pause, false);
    std::fflush(stdout);
    _exit(0);
  }
  TaskGroup tasks(io.get_executor());
  tasks.spawn(change(exporter, *clock, worst), "changing models");
  asio::signal_set done(io, SIGCHLD);
  done.async_wait([&io](auto&&...) { io.stop(); });
  io.run();
  waitpid(child, nullptr, 0);
  std::printf("at most: publish %.2f ms, ready_page %.2f ms; %s\n", worst.publish, worst.ready_page,
              memory().c_str());
  std::fflush(stdout);
  std::_Exit(0);  // a connection and a task are still open
}

}  // namespace
}  // namespace leeway

int main(int argc, char** argv) {
  return leeway::run(argc > 1 ? std::atoi(argv[1]) : 400, argc > 2 ? std::atoi(argv[2]) : 25);
}
