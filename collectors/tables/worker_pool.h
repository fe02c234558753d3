#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "collectors/async/async.h"
#include "collectors/async/clock.h"
#include "collectors/tables/plan.h"

namespace leeway::tables {

struct WorkerOptions {
  std::filesystem::path executable = "/proc/self/exe";
  std::vector<std::string> arguments = {"worker"};
  std::size_t max_workers = 1;
  std::size_t max_waiting = 256;  ///< requests in the queue; more are refused
  Duration idle = std::chrono::seconds(30);
  std::uint64_t recycle_sources = 500;
  std::uint64_t recycle_growth = std::uint64_t{256} << 20U;
};

struct WorkerCounters {
  std::uint64_t started = 0;
  std::uint64_t crashed = 0;   ///< ended by themselves in the middle of a request
  std::uint64_t killed = 0;    ///< over the deadline, or answered nonsense
  std::uint64_t recycled = 0;  ///< ended for their number of sources or their growth
  std::uint64_t requests = 0;  ///< answered, whatever the answer
  std::size_t alive = 0;
  std::size_t busy = 0;
  std::size_t waiting = 0;
};

/// Runs plans in worker processes, so that foreign bytes are decoded apart from the daemon: a file
/// that crashes or hangs the decoder costs one worker. Requests are served in the order they came.
/// Lives on the thread of the io_context. Workers start when needed and end when idle.
class WorkerPool {
 public:
  WorkerPool(asio::any_io_executor executor, Clock& clock, WorkerOptions options = {});
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// What learn(), fold(), measure() and read_rows() give, its answer checked like foreign bytes.
  /// Besides: kCorrupt naming the signal if the worker died or answered nonsense, kTimeout beyond
  /// limits.deadline (from when a worker took it), kUnavailable if the queue is full or no worker
  /// starts, kCancelled after stop().
  Async<LearnAnswer> learn(LearnPlan plan);
  Async<FoldAnswer> fold(FoldPlan plan);
  Async<MeasureAnswer> measure(MeasurePlan plan);
  Async<RowsAnswer> read_rows(RowsPlan plan);

  /// No new requests; those under way end with kCancelled, all workers are gone when it returns.
  /// May be called twice.
  Async<> stop();

  WorkerCounters counters() const;

  /// Of the workers that live, oldest first: for `leeway status` and for tests that kill them.
  std::vector<int> process_ids() const;

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace leeway::tables
