#pragma once

#include <memory>

#include "collectors/async/async.h"
#include "collectors/async/clock.h"

namespace leeway {

enum class Woken {
  kNotified,
  kDeadline,
};

/// Wakes coroutines that wait for something to happen or for a time, whichever is first. Used on
/// the thread of the io_context only; others post to it.
///
/// A loop looks at its state, then waits: since notify_one() is remembered when nobody waits, what
/// happened between the look and the wait is not missed.
class Notifier {
 public:
  Notifier();
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  /// Wakes the one that has waited longest; without one, the next wait returns at once. Several
  /// calls before that wait are one.
  void notify_one();

  /// Wakes all that wait now and is not remembered.
  void notify_all();

  /// All waits: kCancelled if the coroutine was told to stop.
  Async<> wait();
  Async<Woken> wait_for(Clock& clock, Duration duration);

  /// Until the wall clock shows `time`, as far as can be told now: after a jump of the clock it
  /// wakes early or late, so a loop computes its time anew each round.
  Async<Woken> wait_until(Clock& clock, TimePoint time);

 private:
  struct Queue;
  class Place;

  std::shared_ptr<Queue> queue_;  // also held by who waits, who may end after the notifier
};

}  // namespace leeway
