#pragma once

#include <memory>
#include <string>

#include "collectors/async/async.h"
#include "collectors/async/clock.h"

namespace leeway {

/// Owns coroutines: every coroutine of the daemon belongs to one, `detached` appears nowhere else.
/// Lives on the thread of its io_context. The destructor asserts that nothing runs any more.
class TaskGroup {
 public:
  explicit TaskGroup(asio::any_io_executor executor);
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  /// Starts `task`; an exception that leaves it ends the process, because nobody could handle it.
  /// After stop() nothing is started any more and the task is destroyed unstarted.
  void spawn(Task<> task, std::string name);

  /// Asks every coroutine to stop (terminal cancellation). May be called twice.
  void stop();

  /// Waits until all have ended, at most `deadline`; names those that have not in a kTimeout.
  Async<> join(Clock& clock, Duration deadline);

  std::size_t running() const;
  bool stopping() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// A std::thread pool for work that blocks or computes; results come back to the awaiting executor.
/// `work` must be a named object that owns everything it touches (STYLE.md 7).
/// template <class Work> Async<T> on_pool(asio::thread_pool&, Work) is in on_pool.h.

}  // namespace leeway
