// A child that burns a known amount of CPU time, measured by getrusage, as the sources see it.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <string>

#include "collectors/compute/cgroup.h"
#include "collectors/compute/process.h"
#include "collectors/compute/usage.h"
#include "tests/support/coroutines.h"
#include "tests/support/temp_folder.h"

namespace leeway::compute {
namespace {

double own_cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// A process that burns CPU time, says how much by its own count, and waits to be told to go on.
class Burner {
 public:
  Burner() {
    int down[2];
    int up[2];
    if (::pipe2(down, O_CLOEXEC) != 0 || ::pipe2(up, O_CLOEXEC) != 0) return;
    id_ = ::fork();
    if (id_ == 0) serve(down[0], up[1]);
    ::close(down[0]);
    ::close(up[1]);
    down_ = down[1];
    up_ = up[0];
  }
  ~Burner() {
    ::close(down_);
    ::close(up_);
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }
  Burner(const Burner&) = delete;
  Burner& operator=(const Burner&) = delete;

  pid_t id() const { return id_; }

  /// Its CPU time since it began, after it has used `seconds` more.
  double burn(double seconds) {
    double total = 0.0;
    if (::write(down_, &seconds, sizeof seconds) != sizeof seconds) return -1.0;
    if (::read(up_, &total, sizeof total) != sizeof total) return -1.0;
    return total;
  }

 private:
  [[noreturn]] static void serve(int in, int out) {
    double seconds = 0.0;
    while (::read(in, &seconds, sizeof seconds) == sizeof seconds) {
      const double end = own_cpu_seconds() + seconds;
      double total = own_cpu_seconds();
      while (total < end) total = own_cpu_seconds();
      if (::write(out, &total, sizeof total) != sizeof total) break;
    }
    ::_exit(0);
  }

  pid_t id_ = -1;
  int down_ = -1;
  int up_ = -1;
};

Result<Reading> read(Source& source) {
  asio::io_context io;
  return tests::run(io, source.read(TimePoint{}));
}

TEST(KnownLoad, ProcfsShowsTheCpuTimeThatTheProcessCountsItself) {
  const tests::TempFolder folder;
  Burner burner;
  std::ofstream(folder / "pid") << burner.id() << "\n";
  const auto source =
      make_process({.proc = "/proc", .pid_file = (folder / "pid").string(), .name = {}});
  const double first = burner.burn(0.05);
  const double seen_first = *read(*source)->value(Metric::kCpuSeconds);
  const double second = burner.burn(0.5);
  const double seen_second = *read(*source)->value(Metric::kCpuSeconds);
  // procfs counts user and system time each in whole ticks.
  const double tick = 1.0 / static_cast<double>(::sysconf(_SC_CLK_TCK));
  EXPECT_NEAR(seen_first, first, 2.0 * tick);
  EXPECT_NEAR(seen_second - seen_first, second - first, 4.0 * tick);
}

/// The CPUs that were in use between two readings, and what systemd-cgtop would divide for them:
/// the CPU time that the process counts itself, by the time between.
struct Share {
  double shown = 0.0;
  double own = 0.0;
  double seconds = 0.0;
};

Share share_of(Source& source, Burner& burner, double cpu_seconds) {
  UsageMeter meter;
  const double first = burner.burn(0.05);
  const auto begin = std::chrono::steady_clock::now();
  meter.update(TimePoint{}, {{"burner", *read(source)}});
  const double second = burner.burn(cpu_seconds);
  const auto span = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - begin);
  const Usage usage = meter.update(TimePoint{} + span, {{"burner", *read(source)}});
  return {.shown = usage.cores().value_or(-1.0),
          .own = (second - first) / to_seconds(span),
          .seconds = to_seconds(span)};
}

TEST(KnownLoad, TheShareOfACpuIsItsTimeByThePassedTime) {
  const tests::TempFolder folder;
  Burner burner;
  std::ofstream(folder / "pid") << burner.id() << "\n";
  const auto source =
      make_process({.proc = "/proc", .pid_file = (folder / "pid").string(), .name = {}});
  const Share share = share_of(*source, burner, 0.5);
  const double tick = 1.0 / static_cast<double>(::sysconf(_SC_CLK_TCK));
  EXPECT_GT(share.own, 0.0);
  EXPECT_NEAR(share.shown, share.own, 4.0 * tick / share.seconds);
}

/// The mount of cgroup v2 in which groups can be made; empty without one.
std::string writable_cgroups() {
  for (const char* root : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"}) {
    const std::string path(root);
    if (::access((path + "/cgroup.controllers").c_str(), R_OK) == 0 && ::access(root, W_OK) == 0) {
      return path;
    }
  }
  return {};
}

TEST(KnownLoad, CgroupShowsTheCpuTimeOfTheProcessInIt) {
  const std::string root = writable_cgroups();
  if (root.empty()) GTEST_SKIP() << "no cgroup v2 in which a group could be made";
  const std::string name = "leeway-test-" + std::to_string(::getpid());
  const std::string folder = root + "/" + name;
  if (::mkdir(folder.c_str(), 0755) != 0) {
    GTEST_SKIP() << "no group can be made: " << std::strerror(errno);
  }
  {
    Burner burner;
    std::ofstream procs(folder + "/cgroup.procs");
    procs << burner.id() << std::flush;
    const bool moved = procs.good();
    const auto source = make_cgroup({.root = root, .path = name, .container = {}, .pod = {}});
    const double first = burner.burn(0.05);
    const auto before = read(*source);
    const double second = burner.burn(0.5);
    const auto after = read(*source);
    EXPECT_TRUE(moved);
    ASSERT_TRUE(before);
    ASSERT_TRUE(after);
    EXPECT_EQ(before->identity, after->identity);
    // systemd-cgtop divides the same difference of usage_usec by the time between. The group also
    // counts what the process does between its own count and our reading.
    EXPECT_NEAR(*after->value(Metric::kCpuSeconds) - *before->value(Metric::kCpuSeconds),
                second - first, 0.02);
    const Share share = share_of(*source, burner, 0.5);
    EXPECT_NEAR(share.shown, share.own, 0.02 / share.seconds);
  }
  ::rmdir(folder.c_str());
}

}  // namespace
}  // namespace leeway::compute
