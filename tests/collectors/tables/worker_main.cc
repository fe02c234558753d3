// A worker without the rest of leeway: what the tests of the pool and the sandbox spawn.
//   tables_worker worker   as `leeway worker`
//   tables_worker probe    tries what a worker must not, inside the sandbox; prints what it could

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <thread>

#include "collectors/tables/sandbox.h"
#include "collectors/tables/worker.h"

namespace {

void say(const char* what, bool could) {
  std::printf("%s: %s\n", what, could ? "yes" : std::strerror(errno));
}

int probe() {
  const int before = ::fcntl(STDOUT_FILENO, F_DUPFD, 20);
  const auto entered = leeway::tables::enter_sandbox(leeway::tables::kWorkerDescriptor, {});
  if (!entered || !entered->empty()) {
    std::printf("sandbox: %s\n", entered ? entered->c_str() : entered.error().message.c_str());
  }
  say("old descriptor", ::fcntl(before, F_GETFD) != -1);
  say("socket", ::socket(AF_INET, SOCK_STREAM, 0) >= 0);
  say("unix socket", ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
  say("program", ::execl("/bin/true", "true", nullptr) == 0);
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  say("process", child > 0);
  say("signal to the parent", ::kill(::getppid(), 0) == 0);
  say("mount", ::mount("none", "/", "tmpfs", 0, nullptr) == 0);
  bool ran = false;
  std::thread([&ran] { ran = true; }).join();
  say("thread", ran);
  const int file = ::open("/proc/self/status", O_RDONLY);
  say("file", file >= 0);
  char own[64];
  std::snprintf(own, sizeof(own), "/proc/self/fd/%d", file);
  say("own descriptor by name", ::open(own, O_RDONLY) >= 0);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::strcmp(argv[1], "worker") == 0) {
    return leeway::tables::worker_main(leeway::tables::kWorkerDescriptor);
  }
  if (argc == 2 && std::strcmp(argv[1], "probe") == 0) return probe();
  return 2;
}
