#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "daemon/store/sqlite.h"

namespace leeway::store {

/// What the store has done since it was opened, for /metrics.
struct StoreStats {
  std::uint64_t writes = 0;   ///< committed
  std::uint64_t failed = 0;   ///< undone alone, the rest of their group was kept
  std::uint64_t refused = 0;  ///< not tried, or not committed: queue full, or the store has failed
  std::uint64_t commits = 0;
  std::size_t queued = 0;
};

/// The thread that owns the writing connection: a bounded queue and group commit, as store.h
/// describes them. Used on any thread.
class Writer {
 public:
  using Job = std::function<Result<>(Connection&)>;
  /// Called once, on the writing thread or, if the job is refused, inside enqueue().
  using Done = std::function<void(Result<>)>;

  struct Options {
    std::size_t queue_limit = 0;
    std::chrono::milliseconds group{};
  };

  Writer(std::unique_ptr<Connection> connection, const Options& options);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void enqueue(Job job, Done done);

  /// Commits what is queued and ends the thread. May be called twice.
  void close();

  std::string trouble() const;  ///< why it takes no more writes; empty if it does
  StoreStats stats() const;

 private:
  struct Write {
    Job job;
    Done done;
    Result<> result;
  };
  using Group = std::vector<Write>;

  void run();
  bool wait_for_first(Group& group);
  bool take_next(Group& group);
  Result<> commit(Group& group);
  Result<> apply(Group& group);
  void record(const Group& group, const Result<>& committed);

  const Options options_;
  std::unique_ptr<Connection> connection_;  // of the thread

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Write> queue_;
  bool closing_ = false;
  std::string trouble_;
  StoreStats stats_;

  std::thread thread_;
};

}  // namespace leeway::store
