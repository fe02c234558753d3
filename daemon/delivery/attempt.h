#pragma once

#include <vector>

#include "daemon/delivery/target.h"
#include "detectors/base/random.h"

namespace leeway::delivery {

/// When to try, and how often.
struct RetrySchedule {
  /// Now, 5 s, 5 m, 30 m, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h, as Standard Webhooks suggests: the
  /// waits before each attempt, made longer or shorter by up to a fifth. After the last attempt the
  /// delivery is dead.
  std::vector<Duration> waits = standard_waits();
  Duration asked_max = std::chrono::hours(24);  ///< of what a receiver may ask for

  static std::vector<Duration> standard_waits();
};

/// The delivery as it is recorded after an attempt that ended with `outcome` at `now`.
store::Delivery after_attempt(store::Delivery delivery, const Outcome& outcome,
                              const RetrySchedule& schedule, TimePoint now, Random& random);

/// When a pending delivery may be sent: its time, but now if that is further ahead than the
/// schedule and any receiver can have asked for, because it was written before the wall clock was
/// put back.
TimePoint due_at(const store::Delivery& delivery, const RetrySchedule& schedule, TimePoint now);

}  // namespace leeway::delivery
