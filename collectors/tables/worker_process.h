#pragma once

#include <sys/types.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "collectors/async/async.h"

namespace leeway::tables {

/// One worker: a child process and the socket to it. The destructor kills it and waits for its end.
class WorkerProcess {
 public:
  /// Spawns the executable with an empty environment (but for $LEEWAY_DUCKDB_LIBRARY), stdin from
  /// /dev/null, its end of the socket as descriptor 3, in a process group of its own.
  static Result<std::shared_ptr<WorkerProcess>> start(const asio::any_io_executor& executor,
                                                      const std::filesystem::path& executable,
                                                      const std::vector<std::string>& arguments);
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  pid_t id() const { return pid_; }

  /// Sends a frame and receives one. After any error the worker is of no use any more.
  Async<std::string> exchange(std::string request);

  void kill();

  /// Waits for the end of a killed or crashed process: "was killed by signal 11 (Segmentation
  /// fault)", "ended with status 1". Takes the process's own cause before a later kill().
  Task<std::string> ended();

  /// The same without a coroutine, in a turn of the io_context.
  void when_ended(std::function<void()> callback);

 private:
  WorkerProcess(asio::local::stream_protocol::socket socket, pid_t pid, int pidfd);
  void reap();

  asio::local::stream_protocol::socket socket_;
  pid_t pid_;
  asio::posix::stream_descriptor end_;  // a pidfd: readable when the process has ended
  int status_ = 0;
  bool reaped_ = false;
};

}  // namespace leeway::tables
