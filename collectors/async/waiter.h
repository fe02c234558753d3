#pragma once

#include <memory>

#include "collectors/async/async.h"

namespace leeway {

/// Where one coroutine waits until somebody wakes it: what sleep, Notifier and on_pool are made of.
/// Used on the thread of the io_context only. A coroutine that waits when the context is destroyed
/// is destroyed with it.
class Waiter {
 public:
  Waiter();
  ~Waiter();
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  /// True after wake(), also one that came before; false if the coroutine was told to stop.
  Task<bool> wait();

  /// The waiting coroutine continues in a turn of its own, never inside this call.
  void wake();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace leeway
