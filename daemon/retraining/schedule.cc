#include "daemon/retraining/schedule.h"

#include <algorithm>
#include <utility>

#include "collectors/async/notifier.h"
#include "daemon/store/retrainings.h"

namespace leeway::retraining {
namespace {

constexpr Duration kLook = std::chrono::minutes(1);  // the wall clock may jump
constexpr Duration kJumpBack = std::chrono::hours(24);

/// The newest firing in (last, now]; nothing if there is none. Looks back no further than it must:
/// a schedule of every minute is not counted through after a week of silence.
std::optional<TimePoint> newest_due(const Schedule& schedule, TimePoint last, TimePoint now) {
  std::optional<TimePoint> due;
  for (const Duration back : {Duration(std::chrono::hours(1)), Duration(std::chrono::days(1)),
                              Duration(std::chrono::days(32)), Duration::max()}) {
    const TimePoint from = now - last <= back ? last : now - back;
    for (TimePoint at = schedule.cron.next(from, schedule.zone); at <= now;
         at = schedule.cron.next(at, schedule.zone)) {
      due = at;
    }
    if (due || from == last) break;
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
  /// A schedule and when it is worth a look into the store.
  struct Entry {
    Schedule schedule;
    TimePoint next;
  };

  State(Clock& time, store::Store& durable, Fire act, std::function<void()> acted,
        std::function<void(const Error&)> complain)
      : clock(time),
        store(durable),
        fire(std::move(act)),
        fired(std::move(acted)),
        failed(std::move(complain)) {}

  Clock& clock;
  store::Store& store;
  const Fire fire;
  const std::function<void()> fired;
  const std::function<void(const Error&)> failed;
  std::vector<std::shared_ptr<Entry>> entries;  // shared with a look during a reload
  TimePoint looked_at = TimePoint::min();
  Notifier changed;

  Task<Duration> look();
  Async<bool> try_fire(Schedule schedule, TimePoint now);
};

/// Fires what is due; the wait until the next look.
Task<Duration> Scheduler::State::look() {
  const TimePoint now = clock.now();
  const bool went_back = now < looked_at;
  looked_at = now;
  TimePoint soonest = now + kLook;
  const auto all = entries;
  for (const auto& entry : all) {
    if (entry->next <= now || went_back) {
      const auto done = co_await try_fire(entry->schedule, now);
      if (done) entry->next = entry->schedule.cron.next(now, entry->schedule.zone);
      if (done && *done) fired();
      if (!done) failed(Error(done.error()).in("schedule of '" + entry->schedule.name + "'"));
    }
    if (entry->next > now) soonest = std::min(soonest, entry->next);
  }
  co_return soonest - now;
}

/// True if it was due and has fired.
Async<bool> Scheduler::State::try_fire(Schedule schedule, TimePoint now) {
  auto work = [schedule = std::move(schedule), now,
               act = fire](store::Connection& connection) -> Result<bool> {
    auto due = claim_firing(connection, schedule, now);
    if (!due) return fail(std::move(due.error()));
    if (!*due) return false;
    Result<> done = act(connection, schedule, **due);
    if (!done) return fail(std::move(done.error()));
    return true;
  };
  co_return co_await store.write(std::move(work));
}

Scheduler::Scheduler(Clock& clock, store::Store& store, Fire fire, std::function<void()> fired,
                     std::function<void(const Error&)> failed)
    : state_(std::make_shared<State>(clock, store, std::move(fire), std::move(fired),
                                     std::move(failed))) {}

Scheduler::~Scheduler() = default;

void Scheduler::set_schedules(std::vector<Schedule> schedules) {
  state_->entries.clear();
  for (auto& schedule : schedules) {
    state_->entries.push_back(
        std::make_shared<State::Entry>(State::Entry{std::move(schedule), TimePoint::min()}));
  }
  state_->changed.notify_one();
}

Task<> Scheduler::run() {
  const std::shared_ptr<State> state = state_;
  while (true) {
    if (state->entries.empty()) {
      const auto notified = co_await state->changed.wait();
      if (!notified) co_return;
      continue;
    }
    const Duration wait = co_await state->look();
    const auto woken = co_await state->changed.wait_for(state->clock, wait);
    if (!woken) co_return;
  }
}

}  // namespace leeway::retraining
