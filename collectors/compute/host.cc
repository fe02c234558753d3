#include "collectors/compute/host.h"

#include <unistd.h>

#include <array>
#include <utility>

#include "collectors/compute/kernel_text.h"

namespace leeway::compute {
namespace {

constexpr double kKib = 1024.0;

/// Fields of the line "cpu" of /proc/stat that are work: user, nice, system, irq, softirq. Guests
/// are in user and nice already.
constexpr std::array<std::size_t, 5> kBusy = {1, 2, 3, 6, 7};

tl::unexpected<Error> hidden(const Error& error, const std::string& proc) {
  if (error.code != ErrorCode::kNotFound) return fail(error);
  return fail(ErrorCode::kUnavailable,
              "'" + proc +
                  "' shows processes only (ProcSubset=pid of systemd): install the "
                  "drop-in host-metrics.conf to read the use of the host");
}

void read_cpu(std::string_view text, Reading& reading) {
  const double ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  double cpus = 0.0;
  for (const std::string_view line : lines(text)) {
    const auto fields = words(line);
    if (fields[0] == "btime" && fields.size() > 1)
      reading.identity = "boot " + std::string(fields[1]);
    if (!fields[0].starts_with("cpu")) continue;
    if (fields[0] != "cpu") {
      cpus += 1.0;
      continue;
    }
    double busy = 0.0;
    for (const std::size_t field : kBusy) {
      if (field < fields.size()) busy += static_cast<double>(to_count(fields[field]).value_or(0));
    }
    reading.add(Metric::kCpuSeconds, busy / ticks);
  }
  if (cpus > 0.0) reading.add(Metric::kCpuLimitCores, cpus);
}

void read_memory(const std::string& proc, Reading& reading) {
  const auto text = read_kernel_text(proc + "/meminfo");
  const auto total = text ? value_of(*text, "MemTotal:") : std::nullopt;
  const auto available = text ? value_of(*text, "MemAvailable:") : std::nullopt;
  if (!total || !available || *available > *total) {
    reading.lacks(Metric::kMemoryBytes,
                  text ? "'" + proc + "/meminfo' has no MemAvailable" : text.error().message);
    return;
  }
  const double used = static_cast<double>(*total - *available) * kKib;
  reading.add(Metric::kMemoryBytes, used);
  reading.add(Metric::kMemoryWorkingSetBytes, used);
  reading.add(Metric::kMemoryLimitBytes, static_cast<double>(*total) * kKib);
}

void read_oom(const std::string& proc, Reading& reading) {
  const auto text = read_kernel_text(proc + "/vmstat");
  const auto kills = text ? value_of(*text, "oom_kill") : std::nullopt;
  if (kills) {
    reading.add(Metric::kOomKills, static_cast<double>(*kills));
  } else {
    reading.lacks(Metric::kOomKills, text ? "'" + proc + "/vmstat' has no oom_kill (Linux 4.13)"
                                          : text.error().message);
  }
}

class Host final : public Source {
 public:
  explicit Host(HostOptions options) : options_(std::move(options)) {}
  std::string_view kind() const override { return "host"; }
  Async<Reading> read(TimePoint /*now*/) override { co_return read_host(options_); }

 private:
  HostOptions options_;
};

}  // namespace

void read_pressure(const std::string& prefix, const std::string& suffix, Reading& reading) {
  constexpr std::array<std::pair<Metric, std::string_view>, 3> kKinds = {
      {{Metric::kCpuStalledSeconds, "cpu"},
       {Metric::kMemoryStalledSeconds, "memory"},
       {Metric::kIoStalledSeconds, "io"}}};
  for (const auto& [metric, name] : kKinds) {
    const std::string path = prefix + std::string(name) + suffix;
    const auto text = read_kernel_text(path);
    const auto seconds = text ? stalled_seconds(*text, "some") : std::nullopt;
    if (seconds) {
      reading.add(metric, *seconds);
    } else {
      reading.lacks(metric, "'" + path +
                                "' cannot be read: the kernel has no pressure stall information "
                                "(CONFIG_PSI, or psi=1 on its command line)");
    }
  }
}

Result<Reading> read_host(const HostOptions& options) {
  const auto stat = read_kernel_text(options.proc + "/stat");
  if (!stat) return hidden(stat.error(), options.proc);
  Reading reading;
  read_cpu(*stat, reading);
  if (!reading.value(Metric::kCpuSeconds)) {
    return fail(ErrorCode::kCorrupt, "'" + options.proc + "/stat' has no line 'cpu'");
  }
  read_memory(options.proc, reading);
  read_oom(options.proc, reading);
  read_pressure(options.proc + "/pressure/", "", reading);
  return reading;
}

std::unique_ptr<Source> make_host(HostOptions options) {
  return std::make_unique<Host>(std::move(options));
}

}  // namespace leeway::compute
