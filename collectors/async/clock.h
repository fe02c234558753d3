#pragma once

#include <functional>
#include <memory>

#include "collectors/async/alarms.h"
#include "collectors/async/async.h"
#include "detectors/base/time.h"

namespace leeway {

/// Where every part of Leeway gets the time and waits for it. Handed in through constructors, so a
/// test or a backtest runs days in milliseconds. Used from the thread of the io_context only;
/// now() and monotonic() of the real clock may be called from any thread.
class Clock {
 public:
  virtual ~Clock() = default;

  /// Wall time, for windows, schedules and records. It may jump.
  virtual TimePoint now() const = 0;

  /// Time that never jumps, for deadlines and durations. Its origin means nothing.
  virtual Duration monotonic() const = 0;

  /// Calls `callback` on the thread of the io_context after `duration` of monotonic time. For the
  /// few places that cannot be a coroutine; the callback must not block.
  virtual Alarm call_after(Duration duration, std::function<void()> callback) = 0;

  /// Waits for `duration` of monotonic time; zero or less only lets the others run.
  /// kCancelled if the coroutine was told to stop.
  Async<> sleep(Duration duration);
};

/// The machine's clocks, with one Asio timer for all alarms together.
/// Must be destroyed before the context of `executor`.
std::unique_ptr<Clock> make_real_clock(asio::any_io_executor executor);

/// A clock that stands still until told. Alarms ring in order of their time, and everything that
/// one of them causes (on the io_context and in OutsideWork) has run before the next one rings.
class VirtualClock : public Clock {
 public:
  /// `executor` is the one of an io_context.
  VirtualClock(asio::any_io_executor executor, TimePoint start);
  ~VirtualClock() override;

  TimePoint now() const override;
  Duration monotonic() const override;
  Alarm call_after(Duration duration, std::function<void()> callback) override;

  /// Moves to `time`, ringing alarms on the way. Call it from outside the io_context's run
  /// functions, on the same thread. A time that has passed only settles.
  void advance_to(TimePoint time);
  void advance(Duration duration) { advance_to(now() + duration); }

  /// Moves to the next alarm, or to `limit` if that comes first: for tests that do something in the
  /// real world between two moments. False when the limit is reached.
  bool advance_to_next(TimePoint limit);

  /// Runs what is ready now and all that follows from it, without moving the time.
  void settle();

  /// A jump of the wall clock alone (an administrator, NTP): sleepers do not notice.
  void jump(Duration by);

 private:
  asio::any_io_executor executor_;
  std::shared_ptr<Alarms> alarms_;
  Duration monotonic_{};
  TimePoint origin_;  ///< the wall time at monotonic zero
};

}  // namespace leeway
