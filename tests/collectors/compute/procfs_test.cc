#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>

#include "collectors/compute/host.h"
#include "collectors/compute/process.h"
#include "tests/collectors/compute/tree.h"
#include "tests/support/coroutines.h"

namespace leeway::compute {
namespace {

double ticks(double count) { return count / static_cast<double>(::sysconf(_SC_CLK_TCK)); }
double pages(double count) { return count * static_cast<double>(::sysconf(_SC_PAGESIZE)); }

Result<Reading> read(Source& source) {
  asio::io_context io;
  return tests::run(io, source.read(TimePoint{}));
}

TEST(Host, CpuTimeIsWhatWasNotIdleWaitingOrStolenAndGuestsOnce) {
  const Tree tree("proc_psi");
  const auto reading = read_host({.proc = tree.root()});
  ASSERT_TRUE(reading) << reading.error().message;
  EXPECT_DOUBLE_EQ(*reading->value(Metric::kCpuSeconds), ticks(1000 + 20 + 300 + 6 + 7));
  EXPECT_EQ(reading->value(Metric::kCpuLimitCores), 2.0);
  EXPECT_EQ(reading->identity, "boot 1700000000");
}

TEST(Host, ReadsMemoryOomKillsAndPressure) {
  const Tree tree("proc_psi");
  const auto reading = read_host({.proc = tree.root()});
  EXPECT_EQ(reading->value(Metric::kMemoryBytes), 2000000.0 * 1024.0);
  EXPECT_EQ(reading->value(Metric::kMemoryLimitBytes), 8000000.0 * 1024.0);
  EXPECT_EQ(reading->value(Metric::kOomKills), 4.0);
  EXPECT_EQ(reading->value(Metric::kCpuStalledSeconds), 5.0);
  EXPECT_EQ(reading->value(Metric::kMemoryStalledSeconds), 6.0);
  EXPECT_EQ(reading->value(Metric::kIoStalledSeconds), 7.0);
  EXPECT_TRUE(reading->absent.empty());
}

TEST(Host, WhatTheKernelDoesNotHaveIsAbsentWithItsReason) {
  const Tree tree("proc_no_psi");
  const auto reading = read_host({.proc = tree.root()});
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->find_absent(Metric::kOomKills)->why,
            "'" + tree.root() + "/vmstat' has no oom_kill (Linux 4.13)");
  EXPECT_NE(reading->find_absent(Metric::kCpuStalledSeconds), nullptr);
  EXPECT_FALSE(reading->value(Metric::kCpuStalledSeconds));
}

TEST(Host, AProcThatShowsProcessesOnlyNamesTheDropIn) {
  const Tree tree("proc_subset");
  const auto reading = read_host({.proc = tree.root()});
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().message,
            "'" + tree.root() +
                "' shows processes only (ProcSubset=pid of systemd): install the drop-in "
                "host-metrics.conf to read the use of the host");
}

TEST(Host, OfThisMachineHasAtLeastOneCpuAndSomeMemory) {
  const auto reading = read_host({});
  ASSERT_TRUE(reading) << reading.error().message;
  EXPECT_GE(*reading->value(Metric::kCpuLimitCores), 1.0);
  EXPECT_GT(*reading->value(Metric::kMemoryBytes), 0.0);
}

TEST(ProcessStat, FieldsAreCountedFromTheLastBracketOfTheName) {
  const auto stat = parse_process_stat(
      "4711 (a) b) (c) R 1 2 3 0 -1 4 5 6 7 8 250 50 7 7 20 0 12 0 9000 10 2560 1\n");
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->id, 4711);
  EXPECT_EQ(stat->name, "a) b) (c");
  EXPECT_EQ(stat->user_ticks, 250U);
  EXPECT_EQ(stat->system_ticks, 50U);
  EXPECT_EQ(stat->threads, 12U);
  EXPECT_EQ(stat->start_ticks, 9000U);
  EXPECT_EQ(stat->resident_pages, 2560U);
}

TEST(ProcessStat, WhatIsCutOffIsRefused) {
  for (const char* text : {"", "1", "1 (a", "1 (a) R 1 2 3",
                           "x (a) R 1 2 3 0 -1 4 5 6 7 8 9 9 7 7 "
                           "20 0 1 0 9 1 2"}) {
    EXPECT_FALSE(parse_process_stat(text)) << text;
  }
}

TEST(Process, OneByTheFileWithItsId) {
  const Tree tree("proc_psi");
  tree.write("server.pid", "4711\n");
  const auto source =
      make_process({.proc = tree.root(), .pid_file = tree.root() + "/server.pid", .name = {}});
  const auto reading = read(*source);
  ASSERT_TRUE(reading) << reading.error().message;
  EXPECT_DOUBLE_EQ(*reading->value(Metric::kCpuSeconds), ticks(300));
  EXPECT_EQ(reading->value(Metric::kMemoryBytes), pages(2560));
  EXPECT_EQ(reading->value(Metric::kProcesses), 12.0);
}

TEST(Process, AllOfANameAreSummed) {
  const Tree tree("proc_psi");
  const auto source = make_process({.proc = tree.root(), .pid_file = {}, .name = "server"});
  const auto reading = read(*source);
  EXPECT_DOUBLE_EQ(*reading->value(Metric::kCpuSeconds), ticks(200));
  EXPECT_EQ(reading->value(Metric::kMemoryBytes), pages(30));
}

TEST(Process, TheSumKeepsWhatOneThatEndedHadUsedAndCountsANewOneFromItsStart) {
  const Tree tree("proc_psi");
  const auto source = make_process({.proc = tree.root(), .pid_file = {}, .name = "server"});
  static_cast<void>(read(*source));
  tree.remove("4712");
  tree.write("4800/stat", "4800 (server) S 1 1 1 0 -1 4 5 6 7 8 30 0 0 0 20 0 1 0 9900 10 5 1\n");
  EXPECT_DOUBLE_EQ(*read(*source)->value(Metric::kCpuSeconds), ticks(230));
  // The same id for another process, as its start says.
  tree.write("4800/stat", "4800 (server) S 1 1 1 0 -1 4 5 6 7 8 40 0 0 0 20 0 1 0 9999 10 5 1\n");
  EXPECT_DOUBLE_EQ(*read(*source)->value(Metric::kCpuSeconds), ticks(270));
}

TEST(Process, OneThatCannotBeSeenIsNotFoundAndNamesWhatMayHideIt) {
  const Tree tree("proc_psi");
  tree.write("gone.pid", "99\n");
  tree.write("odd.pid", "none\n");
  const auto gone = read(*make_process({tree.root(), tree.root() + "/gone.pid", ""}));
  EXPECT_EQ(gone.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(gone.error().message,
            "no process 99 can be seen: it has ended, or ProtectProc=invisible hides it (drop-in "
            "host-metrics.conf)");
  EXPECT_EQ(read(*make_process({tree.root(), tree.root() + "/odd.pid", ""})).error().code,
            ErrorCode::kCorrupt);
  EXPECT_EQ(read(*make_process({tree.root(), "", "absent"})).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace leeway::compute
