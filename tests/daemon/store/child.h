#pragma once

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <functional>
#include <string>

#include "daemon/store/failpoint.h"
#include "detectors/base/result.h"

namespace leeway::tests {

/// One end of a pipe, used for lines of text.
class Pipe {
 public:
  Pipe() { LEEWAY_ASSERT(::pipe(ends_) == 0, "a test may have a pipe"); }
  ~Pipe() {
    close(0);
    close(1);
  }
  Pipe(const Pipe&) = delete;

  void close(int end) {
    if (ends_[end] >= 0) ::close(ends_[end]);
    ends_[end] = -1;
  }

  void put(const std::string& line) {
    const auto written = ::write(ends_[1], (line + "\n").data(), line.size() + 1);
    LEEWAY_ASSERT(written > 0, "a pipe has room for a few lines");
  }

  /// The next line; empty at the end.
  std::string get() {
    std::string line;
    for (char c = 0; ::read(ends_[0], &c, 1) == 1 && c != '\n';) line += c;
    return line;
  }

 private:
  int ends_[2] = {-1, -1};
};

/// A process that is to be killed at a failpoint. Make it before the test has threads.
class Child {
 public:
  using Body = std::function<void(Pipe& from_parent, Pipe& to_parent)>;

  Child(const std::string& failpoint, const Body& body) : process_(::fork()) {
    from_child_.close(process_ == 0 ? 0 : 1);
    to_child_.close(process_ == 0 ? 1 : 0);
    if (process_ != 0) return;
    arm_failpoint(failpoint);
    body(to_child_, from_child_);
    std::_Exit(0);
  }
  Child(const Child&) = delete;

  void tell(const std::string& line) { to_child_.put(line); }

  /// Waits for its end; true if it was SIGKILL.
  bool was_killed() {
    int status = 0;
    ::waitpid(process_, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  }

  /// How many lines it wrote, after its end.
  int lines() {
    int count = 0;
    while (!from_child_.get().empty()) ++count;
    return count;
  }

 private:
  Pipe to_child_;
  Pipe from_child_;
  pid_t process_;
};

}  // namespace leeway::tests
