#include "daemon/retraining/schedule.h"

#include <algorithm>
#include <utility>

#include "collectors/async/notifier.h"
#include "daemon/store/retrainings.h"

namespace leeway::retraining {
namespace {

constexpr Duration kLook = std::chrono::minutes(1);  // the wall clock may jump
constexpr Duration kJumpBack = std::chrono::hours(24);

/// The newest firing in (last, now]; nothing if there is none.
std::optional<TimePoint> newest_due(const Schedule& schedule, TimePoint last, TimePoint now) {
  std::optional<TimePoint> due;
  // Those of years of silence are one, and are not counted through.
  TimePoint from = std::max(last, now - std::chrono::hours(24 * 366));
  for (TimePoint at = schedule.cron.next(from, schedule.zone); at <= now;
       at = schedule.cron.next(at, schedule.zone)) {
    due = at;
  }
  return due;
}

}  // namespace

Result<std::optional<TimePoint>> claim_firing(store::Connection& connection,
                                              const Schedule& schedule, TimePoint now) {
  auto before = store::firing(connection, schedule.name);
  if (!before) return fail(std::move(before.error()));
  const store::Firing fresh{
      .schedule = schedule.name, .specification = schedule.specification(), .last_at = now};
  const bool is_new = !*before || (*before)->specification != fresh.specification;
  const bool jumped = *before && (*before)->last_at > now + kJumpBack;
  std::optional<TimePoint> due;
  if (!is_new && !jumped) {
    due = newest_due(schedule, (*before)->last_at, now);
    if (!due) return due;
  }
  store::Firing noted = fresh;
  if (due) noted.last_at = *due;
  Result<> saved = store::save_firing(connection, noted);
  if (!saved) return fail(std::move(saved.error()));
  return due;
}

struct Scheduler::State {
  State(Clock& clock_in, store::Store& store_in, Fire fire_in, std::function<void()> fired_in,
        std::function<void(const Error&)> failed_in)
      : clock(clock_in),
        store(store_in),
        fire(std::move(fire_in)),
        fired(std::move(fired_in)),
        failed(std::move(failed_in)) {}

  Clock& clock;
  store::Store& store;
  Fire fire;
  std::function<void()> fired;
  std::function<void(const Error&)> failed;
  std::vector<Schedule> schedules;
  Notifier changed;

  /// Fires what is due; the wait until the next look.
  Task<Duration> look();
};

Task<Duration> Scheduler::State::look() {
  const TimePoint now = clock.now();
  Duration wait = kLook;
  const std::vector<Schedule> all = schedules;
  for (const Schedule& schedule : all) {
    auto work = [schedule, now, act = fire](store::Connection& connection) -> Result<bool> {
      auto due = claim_firing(connection, schedule, now);
      if (!due) return fail(std::move(due.error()));
      if (!*due) return false;
      Result<> done = act(connection, schedule, **due);
      if (!done) return fail(std::move(done.error()));
      return true;
    };
    auto done = co_await store.write(std::move(work));
    if (!done) {
      failed(std::move(done.error()).in("schedule of " + schedule.name));
    } else if (*done) {
      fired();
    }
    wait = std::min(wait,
                    std::max<Duration>(schedule.cron.next(now, schedule.zone) - now, Duration{1}));
  }
  co_return wait;
}

Scheduler::Scheduler(Clock& clock, store::Store& store, Fire fire, std::function<void()> fired,
                     std::function<void(const Error&)> failed)
    : state_(std::make_shared<State>(clock, store, std::move(fire), std::move(fired),
                                     std::move(failed))) {}

Scheduler::~Scheduler() = default;

void Scheduler::set_schedules(std::vector<Schedule> schedules) {
  state_->schedules = std::move(schedules);
  state_->changed.notify_one();
}

Task<> Scheduler::run() {
  const std::shared_ptr<State> state = state_;
  while (true) {
    if (state->schedules.empty()) {
      if (!co_await state->changed.wait()) co_return;
      continue;
    }
    const Duration wait = co_await state->look();
    if (!co_await state->changed.wait_for(state->clock, wait)) co_return;
  }
}

}  // namespace leeway::retraining
