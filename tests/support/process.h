#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
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
  std::vector<std::string> arguments;
  /// Replaces the whole environment but PATH.
  std::map<std::string, std::string> environment;
  std::filesystem::path output;  ///< takes stdout and stderr; the end of it is kept when it exists
  std::filesystem::path working_directory;  ///< empty: that of the test
};

/// How a process ended.
struct Exit {
  int status = 0;  ///< of exit(); meaningless if a signal ended it
  int signal = 0;  ///< 0: it ended by itself

  bool operator==(const Exit&) const = default;
};

/// A real child process, in a process group of its own. The destructor kills the group and reaps
/// the child; nothing is left running when a test fails half-way.
/// Not thread-safe.
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

/// What a process and all its descendants use now.
struct Usage {
  std::uint64_t processes = 0;
  std::uint64_t anonymous_bytes = 0;     ///< RssAnon
  std::uint64_t resident_bytes = 0;      ///< VmRSS; pages shared between them count in each
  std::uint64_t voluntary_switches = 0;  ///< of all threads: about the number of wake-ups
  double cpu_seconds = 0.0;              ///< user and system
};

/// Read from /proc. A process that ends meanwhile is left out.
Usage usage_of_tree(pid_t root);

/// The ids of a process and all its descendants, the root first.
std::vector<pid_t> process_tree(pid_t root);

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
