// Probes by the prober as the daemon makes them, of one server that answers at once:
//   endpoints_bench load URL new|kept IN_FLIGHT PROBES          as fast as it goes
//   endpoints_bench fleet URL new|kept TARGETS PERIOD SECONDS   as many targets, each every PERIOD
//   s, by the schedule
// Prints one line of `name=value`: probes, failed, wall_s, cpu_s, per_cpu_s, p50_us, p99_us,
// rss_mb.
#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "collectors/async/clock.h"
#include "collectors/async/task_group.h"
#include "collectors/endpoints/prober.h"
#include "collectors/endpoints/schedule.h"

namespace leeway::endpoints {
namespace {

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double resident_megabytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::strtod(line.c_str() + 6, nullptr) / 1024;
  }
  return 0;
}

class Bench {
 public:
  Bench(std::string url, bool kept) : url_(std::move(url)), kept_(kept) {}

  int load(std::size_t in_flight, std::size_t probes) {
    latencies_.reserve(probes);
    open(in_flight, false);
    begin();
    TaskGroup group(io_.get_executor());
    for (auto& endpoint : endpoints_) group.spawn(probe_on(*endpoint, probes), "load");
    while (latencies_.size() < probes && io_.run_one() != 0) {
    }
    report();
    while (group.running() != 0 && io_.run_one() != 0) {
    }
    return failed_ == 0 ? 0 : 1;
  }

  int fleet(std::size_t targets, Duration period, Duration lasts) {
    open(targets, true);
    Schedule schedule(io_.get_executor(), *clock_);
    for (auto& endpoint : endpoints_) {
      schedule.add(endpoint->target().name, period,
                   [this, &endpoint]() -> Task<> { note(co_await endpoint->probe()); });
    }
    run_for(period + period / 10);  // the first round opens what is kept
    begin();
    run_for(lasts);
    const int result = failed_ == 0 ? 0 : 1;
    report();
    measuring_ = false;  // those in flight end as told to stop, which is no failure
    schedule.stop();
    while (schedule.statistics().in_flight != 0 && io_.run_one() != 0) {
    }
    return result;
  }

 private:
  void open(std::size_t count, bool spread) {
    for (std::size_t i = 0; i < count; ++i) {
      auto endpoint = prober_->open({.name = "model-" + std::to_string(i),
                                     .url = spread ? of_its_own(i) : url_,
                                     .keep_connection = kept_});
      if (!endpoint) {
        std::fprintf(stderr, "%s\n", endpoint.error().message.c_str());
        std::exit(2);
      }
      endpoints_.push_back(std::move(*endpoint));
    }
  }

  /// Another address for each target, so that each is kept a connection of its own.
  std::string of_its_own(std::size_t i) const {
    std::string url = url_;
    return url.replace(url.find("127.0.0.1"), 9,
                       "127.0." + std::to_string(i / 200) + "." + std::to_string(i % 200 + 1));
  }

  Task<> probe_on(Endpoint& endpoint, std::size_t probes) {
    while (begun_ < probes) {
      ++begun_;
      note(co_await endpoint.probe());
    }
  }

  void note(const ProbeResult& result) {
    if (!measuring_) return;
    latencies_.push_back(static_cast<double>(result.timings.total.count()));
    if (result.up) return;
    if (failed_++ == 0) std::fprintf(stderr, "%s\n", result.sentence.c_str());
  }

  void run_for(Duration lasts) {
    bool over = false;
    const Alarm alarm = clock_->call_after(lasts, [&over] { over = true; });
    while (!over && io_.run_one() != 0) {
    }
  }

  void begin() {
    latencies_.clear();
    failed_ = 0;
    cpu_ = cpu_seconds();
    started_ = clock_->monotonic();
  }

  void report() {
    const double cpu = cpu_seconds() - cpu_;
    const double wall = to_seconds(clock_->monotonic() - started_);
    std::ranges::sort(latencies_);
    const auto at = [this](double share) {
      const auto last = static_cast<double>(latencies_.size() - 1);
      return latencies_[static_cast<std::size_t>(share * last)];
    };
    std::printf(
        "probes=%zu failed=%zu wall_s=%.2f cpu_s=%.3f per_cpu_s=%.0f p50_us=%.0f p99_us=%.0f "
        "rss_mb=%.1f\n",
        latencies_.size(), failed_, wall, cpu, static_cast<double>(latencies_.size()) / cpu,
        at(0.5), at(0.99), resident_megabytes());
    std::fflush(stdout);
  }

  std::string url_;
  bool kept_;
  asio::io_context io_{1};
  std::unique_ptr<Clock> clock_ = make_real_clock(io_.get_executor());
  std::unique_ptr<Prober> prober_ = make_prober(*clock_);
  std::vector<std::unique_ptr<Endpoint>> endpoints_;
  std::vector<double> latencies_;  ///< microseconds
  std::size_t begun_ = 0;
  std::size_t failed_ = 0;
  bool measuring_ = true;
  double cpu_ = 0;
  Duration started_{};
};

std::size_t number(const char* text) { return std::strtoul(text, nullptr, 10); }

}  // namespace
}  // namespace leeway::endpoints

int main(int argc, char** argv) {
  using namespace leeway;
  const std::string mode = argc > 1 ? argv[1] : "";
  if ((mode != "load" || argc != 6) && (mode != "fleet" || argc != 7)) {
    std::fprintf(stderr, "usage: see the head of endpoints_bench.cc\n");
    return 2;
  }
  endpoints::Bench bench(argv[2], std::string(argv[3]) == "kept");
  if (mode == "load") return bench.load(endpoints::number(argv[4]), endpoints::number(argv[5]));
  return bench.fleet(endpoints::number(argv[4]), std::chrono::seconds(endpoints::number(argv[5])),
                     std::chrono::seconds(endpoints::number(argv[6])));
}
