#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collectors/async/clock.h"
#include "daemon/retraining/cron.h"
#include "daemon/store/store.h"

namespace leeway::retraining {

/// A cron schedule that survives restarts.
struct Schedule {
  std::string name;  ///< unique: the model
  Cron cron;
  TimeZone zone;

  std::string specification() const { return cron.text() + " " + zone.name(); }
};

/// The newest firing of `schedule` that is due at `now` and has not happened, noted as happened:
/// call it in the transaction that acts on it. Several that were missed are one. A schedule that is
/// new or was changed begins at `now`. A clock that was put back by less than a day repeats
/// nothing.
Result<std::optional<TimePoint>> claim_firing(store::Connection& connection,
                                              const Schedule& schedule, TimePoint now);

/// Waits for schedules and fires them. Belongs to the thread of the io_context.
class Scheduler {
 public:
  /// What to do in the transaction that notes the firing, on the writing thread; touches nothing
  /// but the connection. If it fails nothing is noted, and it is tried again after a minute.
  using Fire = std::function<Result<>(store::Connection&, const Schedule&, TimePoint due)>;

  /// Everything outlives it. `fired` is called after the commit, on the thread of the io_context;
  /// `failed` with what went wrong.
  Scheduler(Clock& clock, store::Store& store, Fire fire, std::function<void()> fired,
            std::function<void(const Error&)> failed);
  ~Scheduler();

  /// At the start and after a reload.
  void set_schedules(std::vector<Schedule> schedules);

  /// Until the coroutine is told to stop. Spawn it in a TaskGroup. Looks at the clock at least once
  /// a minute while there are schedules, because the wall clock may jump.
  Task<> run();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace leeway::retraining
