#include "tests/support/process.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <set>

#include "tests/support/proc.h"

namespace leeway::tests {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

/// A shell with a script; its output goes to `folder`/out.
Process shell(const TemporaryFolder& folder, const std::string& script) {
  auto process =
      Process::start({.program = "/bin/sh", .arguments = {"-c", script}, .output = folder / "out"});
  LEEWAY_ASSERT(process, "Debian has a shell");
  return std::move(*process);
}

std::string first_line(const TemporaryFolder& folder) {
  std::string line;
  eventually([&] {
    std::ifstream file(folder / "out");
    return std::getline(file, line) && !file.eof();
  });
  return line;
}

bool exists(pid_t id) { return ::kill(id, 0) == 0 || errno != ESRCH; }

TEST(Process, GivesItsOutputAndHowItEnded) {
  const TemporaryFolder folder;
  Process process = shell(folder, "echo to stdout; echo to stderr >&2; exit 3");
  EXPECT_EQ(process.wait(seconds(10)), (Exit{.status = 3, .signal = 0}));
  EXPECT_FALSE(process.is_running());
  EXPECT_EQ(read_file(folder / "out"), "to stdout\nto stderr\n");
}

TEST(Process, AppendsToItsOutput) {
  const TemporaryFolder folder;
  shell(folder, "echo one").wait(seconds(10));
  shell(folder, "echo two").wait(seconds(10));
  EXPECT_EQ(read_file(folder / "out"), "one\ntwo\n");
}

TEST(Process, GetsItsOwnEnvironmentAndFolder) {
  const TemporaryFolder folder;
  setenv("LEEWAY_OF_THE_TEST", "leaks", 1);  // NOLINT(concurrency-mt-unsafe)
  auto process = Process::start({.program = "/bin/sh",
                                 .arguments = {"-c", "echo $GIVEN$LEEWAY_OF_THE_TEST; pwd"},
                                 .environment = {{"GIVEN", "given"}},
                                 .output = folder / "out",
                                 .working_directory = "/"});
  ASSERT_TRUE(process);
  process->wait(seconds(10));
  EXPECT_EQ(read_file(folder / "out"), "given\n/\n");
}

TEST(Process, ThatCannotStartIsAnErrorThatNamesIt) {
  const auto process = Process::start({.program = "/no/such/program"});
  ASSERT_FALSE(process);
  EXPECT_EQ(process.error().message, "/no/such/program: No such file or directory");
}

TEST(Process, StopsWhenAskedTo) {
  const TemporaryFolder folder;
  Process process = shell(folder, "trap 'exit 5' TERM; echo ready; while :; do sleep 0.01; done");
  ASSERT_EQ(first_line(folder), "ready");
  EXPECT_TRUE(process.is_running());
  EXPECT_EQ(process.stop(), (Exit{.status = 5, .signal = 0}));
}

TEST(Process, IsKilledWhenItDoesNotStop) {
  const TemporaryFolder folder;
  Process process = shell(folder, "trap '' TERM; echo ready; while :; do sleep 0.01; done");
  ASSERT_EQ(first_line(folder), "ready");
  EXPECT_EQ(process.wait(milliseconds(0)), std::nullopt);
  EXPECT_EQ(process.stop(milliseconds(20)), (Exit{.status = 0, .signal = SIGKILL}));
}

TEST(Process, LeavesNoChildrenBehind) {
  const TemporaryFolder folder;
  pid_t child = 0;
  {
    Process process = shell(folder, "sleep 600 & echo $!; wait");
    child = std::stoi(first_line(folder));
    ASSERT_TRUE(exists(child));
  }
  // The orphan is reaped by whoever adopted it, some time after it was killed.
  EXPECT_TRUE(eventually([child] { return process_tree(child).empty(); }));
}

TEST(Process, KeepsItsIdUntilItIsGone) {
  const TemporaryFolder folder;
  pid_t id = 0;
  {
    Process process = shell(folder, "exit 0");
    id = process.id();
    process.wait(seconds(10));
    EXPECT_TRUE(exists(id)) << "a signal to a reaped id could meet a stranger";
    EXPECT_TRUE(process_tree(id).empty()) << "and yet it has ended";
  }
  EXPECT_FALSE(exists(id));
}

TEST(ProcessTree, FindsGrandchildren) {
  const TemporaryFolder folder;
  Process process = shell(folder, "(sleep 600 & echo $!; wait) & wait");
  const pid_t grandchild = std::stoi(first_line(folder));
  const auto tree = process_tree(process.id());
  ASSERT_EQ(tree.size(), 3U);
  EXPECT_EQ(tree.front(), process.id());
  EXPECT_EQ(tree.back(), grandchild);
  EXPECT_EQ(usage_of_tree(process.id()).processes, 3U);
}

TEST(Usage, CountsAnonymousMemoryOnceItIsTouched) {
  constexpr std::size_t kBytes = 32U << 20U;
  const Usage before = usage_of_tree(getpid());
  const std::vector<char> touched(kBytes, 'x');
  const Usage after = usage_of_tree(getpid());
  EXPECT_GE(after.anonymous_bytes, before.anonymous_bytes + kBytes * 9 / 10);
  EXPECT_GE(after.resident_bytes, after.anonymous_bytes);
  EXPECT_EQ(touched.back(), 'x');
}

TEST(Usage, CountsWakeUps) {
  const Usage before = usage_of_tree(getpid());
  for (int i = 0; i < 20; ++i) pause_briefly();
  EXPECT_GE(usage_of_tree(getpid()).voluntary_switches, before.voluntary_switches + 20);
}

TEST(Usage, CountsProcessorTime) {
  const double before = usage_of_tree(getpid()).cpu_seconds;
  volatile std::uint64_t work = 0;
  EXPECT_TRUE(eventually([&] {
    for (int i = 0; i < 10'000'000; ++i) work = work + 1;
    return usage_of_tree(getpid()).cpu_seconds > before;
  }));
}

TEST(Usage, OfAProcessThatIsGoneIsNothing) { EXPECT_EQ(usage_of_tree(1 << 30).processes, 0U); }

TEST(TemporaryFolder, IsGoneWithTheObject) {
  std::filesystem::path path;
  {
    const TemporaryFolder folder;
    path = folder.path();
    EXPECT_EQ(read_file(folder.write("a/b.txt", "text")), "text");
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(FreePort, IsAnotherEachTime) {
  std::set<std::uint16_t> ports;
  for (int i = 0; i < 20; ++i) ports.insert(free_port());
  EXPECT_GT(ports.size(), 10U);
}

}  // namespace
}  // namespace leeway::tests
