#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/base/result.h"

namespace leeway::tests {

using Milliseconds = std::chrono::milliseconds;

/// A folder of its own under the system's temporary folder, gone with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

  /// Writes a file into it, making folders on the way; returns its path.
  std::filesystem::path write(std::string_view name, std::string_view content) const;

 private:
  std::filesystem::path path_;
};

/// The whole content of a file, empty if it cannot be read.
std::string read_file(const std::filesystem::path& path);

/// A TCP port of the loopback that nobody listened on a moment ago.
std::uint16_t free_port();

struct Command {
  std::filesystem::path program;  ///< an absolute path
  std::vector<std::string> arguments = {};
  /// Replaces the whole environment but PATH and the options of sanitizers.
  std::map<std::string, std::string> environment = {};
  std::filesystem::path output = {};  ///< stdout and stderr are appended to it; empty: dropped
  std::filesystem::path working_directory = {};  ///< empty: that of the test
};

/// How a process ended.
struct Exit {
  int status = 0;  ///< of exit(); meaningless if a signal ended it
  int signal = 0;  ///< 0: it ended by itself

  bool operator==(const Exit&) const = default;
};

/// A real child process, in a process group of its own. The destructor kills the group and reaps
/// the child, so nothing is left running when a test fails half-way; and the child dies with the
/// thread that started it, should the test program be killed. Until the destructor the id stays
/// taken, so no signal can meet a stranger. Not thread-safe.
class Process {
 public:
  static Result<Process> start(const Command& command);
  ~Process();
  Process(Process&&) noexcept;
  Process& operator=(Process&&) noexcept;

  pid_t id() const { return id_; }
  bool is_running();
  void send(int signal) const;

  /// Waits for the end; nothing if it has not come by then.
  std::optional<Exit> wait(Milliseconds deadline);

  /// SIGTERM, then SIGKILL to the whole group when the deadline has passed.
  Exit stop(Milliseconds deadline = std::chrono::seconds(5));

  /// SIGKILL to the whole group, at once.
  Exit kill();

 private:
  explicit Process(pid_t id) : id_(id) {}

  pid_t id_ = -1;
  std::optional<Exit> exit_;
};

/// Calls `condition` until it holds, some hundred times a second; false when the deadline passes.
template <class Condition>
bool eventually(Condition condition, Milliseconds deadline = std::chrono::seconds(10));

/// Lets a few milliseconds pass between two looks of eventually().
void pause_briefly();

template <class Condition>
bool eventually(Condition condition, Milliseconds deadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    pause_briefly();
  }
  return true;
}

}  // namespace leeway::tests
