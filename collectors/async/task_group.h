#pragma once

#include <memory>
#include <string>

#include "collectors/async/async.h"
#include "collectors/async/clock.h"

namespace leeway {

/// Owns coroutines: every coroutine of the daemon belongs to one, `detached` appears nowhere else.
/// Lives on the thread of its io_context. The destructor asserts that nothing runs any more.
///
/// In a coroutine of a group nothing throws because of stop(): each wait that is under way ends
/// with an error, waits of Leeway's own (sleep, Notifier, on_pool) begun later do so at once.
class TaskGroup {
 public:
  explicit TaskGroup(asio::any_io_executor executor);
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  /// Starts `task`, in a turn of its own; an exception that leaves it ends the process, because
  /// nobody could handle it. After stop() the task is destroyed unstarted.
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

}  // namespace leeway
