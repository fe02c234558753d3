#include "daemon/exporter/process_metrics.h"

#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <utility>

namespace leeway::exporter {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily family(std::string name, std::string help, MetricType type, double value) {
  prometheus::ClientMetric metric;
  metric.gauge.value = value;
  metric.counter.value = value;
  return {std::move(name), std::move(help), type, {std::move(metric)}};
}

double seconds(const timespec& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double clock_seconds(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return seconds(time);
}

/// Fields of /proc/self/stat behind the name, which may have spaces and parentheses in it.
struct Stat {
  double start_ticks = 0;
  double virtual_bytes = 0;
  double resident_pages = 0;
};

std::optional<Stat> read_stat() {
  std::ifstream file("/proc/self/stat");
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream rest(text.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 22; ++field) rest >> skipped;
  Stat stat;
  if (!(rest >> stat.start_ticks >> stat.virtual_bytes >> stat.resident_pages)) return std::nullopt;
  return stat;
}

std::optional<double> open_descriptors() {
  std::error_code error;
  const std::filesystem::directory_iterator all("/proc/self/fd", error);
  if (error) return std::nullopt;
  // Without the one that reads the folder.
  return static_cast<double>(std::distance(begin(all), end(all))) - 1;
}

}  // namespace

std::vector<MetricFamily> process_metrics() {
  std::vector<MetricFamily> out;
  out.push_back(family("process_cpu_seconds_total", "User and system CPU time spent in seconds.",
                       MetricType::Counter, clock_seconds(CLOCK_PROCESS_CPUTIME_ID)));
  if (const auto open = open_descriptors()) {
    out.push_back(
        family("process_open_fds", "Number of open file descriptors.", MetricType::Gauge, *open));
  }
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    out.push_back(family("process_max_fds", "Maximum number of open file descriptors.",
                         MetricType::Gauge, static_cast<double>(limit.rlim_cur)));
  }
  if (const auto stat = read_stat()) {
    const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
    const double age = clock_seconds(CLOCK_BOOTTIME) -
                       stat->start_ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
    out.push_back(family("process_resident_memory_bytes", "Resident memory size in bytes.",
                         MetricType::Gauge, stat->resident_pages * page));
    out.push_back(family("process_virtual_memory_bytes", "Virtual memory size in bytes.",
                         MetricType::Gauge, stat->virtual_bytes));
    static const double start = clock_seconds(CLOCK_REALTIME) - age;  // must not wander with NTP
    out.push_back(family("process_start_time_seconds",
                         "Start time of the process since the Unix epoch in seconds.",
                         MetricType::Gauge, start));
  }
  return out;
}

}  // namespace leeway::exporter
