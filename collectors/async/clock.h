#pragma once

#include <memory>

#include "collectors/async/async.h"
#include "detectors/base/time.h"

namespace leeway {

/// Where every part of Leeway gets the time and waits for it. Handed in through constructors, so a
/// test or a backtest runs days in milliseconds. Used from the thread of the io_context only;
/// now() may be called from any thread.
class Clock {
 public:
  virtual ~Clock() = default;

  /// Wall time, for windows, schedules and records. It may jump.
  virtual TimePoint now() const = 0;

  /// Time that never jumps, for deadlines and durations. Its origin means nothing.
  virtual Duration monotonic() const = 0;

  /// Waits for `duration` of monotonic time. kCancelled if the coroutine was told to stop.
  virtual Async<> sleep(Duration duration) = 0;
};

/// The machine's clocks and an Asio timer.
std::unique_ptr<Clock> make_real_clock();

/// A clock that stands still until told. sleep() is woken in order of its time, and everything that
/// one sleeper causes on the io_context runs before the next one wakes.
class VirtualClock : public Clock {
 public:
  explicit VirtualClock(asio::any_io_executor executor, TimePoint start);
  ~VirtualClock() override;

  TimePoint now() const override;
  Duration monotonic() const override;
  Async<> sleep(Duration duration) override;

  /// Moves to `time`, waking sleepers on the way; waits after each wake-up until the io_context has
  /// nothing ready. Call it from outside the io_context's run functions, on the same thread.
  void advance_to(TimePoint time);
  void advance(Duration duration) { advance_to(now() + duration); }

  /// A jump of the wall clock alone (an administrator, NTP): sleepers do not notice.
  void jump(Duration by);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace leeway
