#include "daemon/delivery/deliverer.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "collectors/async/deadline.h"
#include "collectors/async/task_group.h"
#include "daemon/delivery/lane.h"
#include "daemon/store/counters.h"
#include "daemon/store/failpoint.h"

namespace leeway::delivery {
namespace {

using LanePointer = std::shared_ptr<Lane>;

/// When something that failed here, and not at the target, is tried again.
constexpr Duration kPause = std::chrono::seconds(5);
constexpr std::size_t kBuriedAtOnce = 100;

/// The wall clock may jump forward while a lane sleeps; it looks again after this time at the
/// latest.
constexpr Duration kLongestSleep = std::chrono::hours(1);

std::string_view outcome_label(store::DeliveryState state) {
  return state == store::DeliveryState::kPending ? "retried" : store::to_string(state);
}

Result<> count(store::Connection& connection, const store::Delivery& delivery) {
  const std::string labels = "outcome=\"" + std::string(outcome_label(delivery.state)) +
                             "\",target=\"" + delivery.target + "\"";
  return store::add_to_counter(connection, "leeway_deliveries_total", labels, 1);
}

using Ended = std::function<Result<>(store::Connection&, const store::Delivery&)>;

/// A delivery as it was recorded, and what the hook `ended` failed with, if it did.
struct Recorded {
  store::Delivery delivery;
  store::Attempt attempt;
  std::string problem;
};

/// Tells `ended`, without letting it undo what is recorded.
std::string tell(store::Connection& connection, const Ended& ended,
                 const store::Delivery& delivery) {
  if (!ended || delivery.state == store::DeliveryState::kPending) return "";
  auto told = connection.nested([&](store::Connection& inside) { return ended(inside, delivery); });
  return told ? "" : told.error().message;
}

Result<Recorded> record(store::Connection& connection, const Ended& ended, store::Delivery delivery,
                        store::Attempt attempt) {
  auto done = store::record_attempt(connection, delivery, attempt);
  if (done) done = count(connection, delivery);
  if (!done) return fail(std::move(done.error()));
  std::string problem = tell(connection, ended, delivery);
  return Recorded{std::move(delivery), std::move(attempt), std::move(problem)};
}

using Names = std::set<std::string, std::less<>>;

/// Pending deliveries of targets that are not among `known`, a few of them.
Result<std::vector<store::Delivery>> orphans(store::Connection& connection, const Names& known) {
  auto counts = store::pending_counts(connection);
  if (!counts) return fail(std::move(counts.error()));
  std::vector<store::Delivery> found;
  for (const auto& one : *counts) {
    if (one.pending == 0 || known.contains(one.target)) continue;
    auto pending = store::deliveries(
        connection,
        {.target = one.target, .state = store::DeliveryState::kPending, .limit = kBuriedAtOnce});
    if (!pending) return pending;
    std::move(pending->begin(), pending->end(), std::back_inserter(found));
  }
  return found;
}

/// Makes dead letters of them, but for those that are under way.
Result<std::vector<Recorded>> bury(store::Connection& connection, const Ended& ended,
                                   const Names& known, const Names& under_way, TimePoint now) {
  auto pending = orphans(connection, known);
  if (!pending) return fail(std::move(pending.error()));
  std::vector<Recorded> buried;
  for (auto& delivery : *pending) {
    if (under_way.contains(delivery.id)) continue;
    delivery.state = store::DeliveryState::kDead;
    delivery.last_error = "target '" + delivery.target + "' is no longer configured";
    delivery.ended_at = now;
    store::Attempt attempt{.delivery = delivery.id,
                           .number = delivery.attempts,
                           .at = now,
                           .error = delivery.last_error};
    auto done = record(connection, ended, std::move(delivery), std::move(attempt));
    if (!done) return fail(std::move(done.error()));
    buried.push_back(std::move(*done));
  }
  return buried;
}

}  // namespace

struct Deliverer::State {
  State(asio::any_io_executor executor, Clock& time, Random& jitter, store::Store& outbox,
        Hooks told, DelivererOptions with)
      : clock(time),
        random(jitter),
        store(outbox),
        hooks(std::move(told)),
        options(std::move(with)),
        loops(executor),
        attempts(executor) {}

  Clock& clock;
  Random& random;
  store::Store& store;
  const Hooks hooks;
  const DelivererOptions options;
  std::map<std::string, LanePointer, std::less<>> lanes;
  Names under_way;  // ids of deliveries, of all lanes
  TaskGroup loops;
  TaskGroup attempts;

  void set_target(NamedTarget named);
  Task<> run(LanePointer lane);
  Async<std::optional<TimePoint>> begin_due(LanePointer lane);
  Task<> send(LanePointer lane, store::Delivery delivery);
  Async<Outcome> attempt(std::shared_ptr<Target> target, store::Delivery delivery);
  Task<> conclude(LanePointer lane, store::Delivery before, Outcome outcome, Duration took);
  Task<> bury_unknown();
  void report(const Recorded& recorded) const;
  void complain(const store::Delivery& delivery, const std::string& problem) const;
};

void Deliverer::State::set_target(NamedTarget named) {
  auto& lane = lanes[named.name];
  if (lane == nullptr) {
    lane = std::make_shared<Lane>(std::move(named));
    loops.spawn(run(lane), "target " + lane->name);
    return;
  }
  lane->target = std::move(named.target);
  lane->concurrency = named.concurrency;
  lane->disabled.clear();
  lane->changed.notify_one();
}

/// Until the target is gone or the daemon stops.
Task<> Deliverer::State::run(LanePointer lane) {
  while (!lane->retired) {
    auto next = co_await begin_due(lane);
    Result<Woken> woken = Woken::kNotified;
    if (!next) {
      woken = co_await lane->changed.wait_for(clock, kPause);
    } else if (*next) {
      woken =
          co_await lane->changed.wait_until(clock, std::min(**next, clock.now() + kLongestSleep));
    } else {
      const auto notified = co_await lane->changed.wait();
      if (!notified) woken = fail(notified.error());
    }
    if (!woken) co_return;  // told to stop
  }
}

/// Begins what is due; gives when more will be, or nothing if only a change can bring it.
Async<std::optional<TimePoint>> Deliverer::State::begin_due(LanePointer lane) {
  std::vector<store::Delivery> pending;
  while (lane->may_begin()) {
    const std::uint64_t ended = lane->ended;
    // Those under way are among the pending ones; one more tells how long to sleep.
    const std::size_t enough = lane->concurrency + lane->in_flight + 1;
    auto look = [name = lane->name, enough](store::Connection& connection) {
      return store::next_deliveries(connection, name, enough);
    };
    auto read = co_await store.read_async(std::move(look));
    if (!read) co_return fail(std::move(read.error()));
    pending = std::move(*read);
    if (lane->ended == ended) break;  // else an attempt that ended meanwhile would look pending
  }
  for (auto& delivery : pending) {
    if (under_way.contains(delivery.id)) continue;
    if (!lane->may_begin()) break;
    const TimePoint due = due_at(delivery, options.schedule, clock.now());
    if (due > clock.now()) co_return due;
    under_way.insert(delivery.id);
    ++lane->in_flight;
    std::string name = "delivery " + delivery.id;
    attempts.spawn(send(lane, std::move(delivery)), std::move(name));
  }
  co_return std::nullopt;
}

/// One attempt from the outbox back to the outbox. If the daemon stops before the target answered,
/// nothing is recorded and the next process sends again.
Task<> Deliverer::State::send(LanePointer lane, store::Delivery delivery) {
  const std::string id = delivery.id;
  const Duration begun = clock.monotonic();
  auto outcome = co_await attempt(lane->target, delivery);
  const Duration took = clock.monotonic() - begun;
  if (outcome) co_await conclude(lane, std::move(delivery), std::move(*outcome), took);
  under_way.erase(id);
  --lane->in_flight;
  ++lane->ended;
  lane->changed.notify_one();
  if (lane->retired) loops.spawn(bury_unknown(), "dead letters");
}

Async<Outcome> Deliverer::State::attempt(std::shared_ptr<Target> target, store::Delivery delivery) {
  if (!target->idempotent()) {
    auto begin = [id = delivery.id](store::Connection& connection) {
      return store::begin_attempt(connection, id);
    };
    auto noted = co_await store.write(std::move(begin));
    if (!noted) co_return Outcome::retry(0, std::move(noted.error().message));
  }
  failpoint("delivery.before_send");
  auto sending = target->deliver(std::move(delivery));
  auto outcome = co_await with_deadline(clock, options.attempt_timeout, std::move(sending));
  failpoint("delivery.after_send");
  if (outcome || outcome.error().code == ErrorCode::kCancelled) co_return outcome;
  if (target->idempotent()) co_return Outcome::retry(0, std::move(outcome.error().message));
  co_return Outcome::ambiguous(0, std::move(outcome.error().message));
}

/// Records the outcome, however often that takes: until then the delivery is not sent again.
Task<> Deliverer::State::conclude(LanePointer lane, store::Delivery before, Outcome outcome,
                                  Duration took) {
  const TimePoint now = clock.now();
  const auto after = after_attempt(std::move(before), outcome, options.schedule, now, random);
  const store::Attempt log{.delivery = after.id,
                           .number = after.attempts,
                           .at = now,
                           .took = took,
                           .status = outcome.status,
                           .error = outcome.reason};
  if (outcome.disable) lane->disabled = outcome.reason;
  for (bool first = true;; first = false) {
    auto work = [ended = hooks.ended, after, log](store::Connection& connection) {
      return record(connection, ended, after, log);
    };
    auto recorded = co_await store.write(std::move(work));
    if (recorded) {
      report(*recorded);
      co_return;
    }
    if (first) complain(after, recorded.error().message);
    const auto slept = co_await clock.sleep(kPause);
    if (!slept) co_return;
  }
}

Task<> Deliverer::State::bury_unknown() {
  while (true) {
    Names known;
    for (const auto& [name, lane] : lanes) known.insert(name);
    auto look = [&known](store::Connection& connection) { return orphans(connection, known); };
    const auto found = store.read(std::move(look));
    if (found && found->empty()) co_return;  // as nearly always: no commit for nothing

    auto work = [ended = hooks.ended, known = std::move(known), busy = under_way,
                 now = clock.now()](store::Connection& connection) {
      return bury(connection, ended, known, busy, now);
    };
    const auto buried = co_await store.write(std::move(work));
    if (!buried) complain({}, "ending deliveries without a target: " + buried.error().message);
    if (!buried || buried->empty()) co_return;
    for (const auto& one : *buried) report(one);
  }
}

void Deliverer::State::report(const Recorded& recorded) const {
  if (hooks.recorded) hooks.recorded(recorded.delivery, recorded.attempt);
  if (!recorded.problem.empty()) complain(recorded.delivery, recorded.problem);
}

void Deliverer::State::complain(const store::Delivery& delivery, const std::string& problem) const {
  if (hooks.trouble) hooks.trouble(delivery, problem);
}

Deliverer::Deliverer(asio::any_io_executor executor, Clock& clock, Random& random,
                     store::Store& store, Hooks hooks, DelivererOptions options)
    : state_(std::make_unique<State>(std::move(executor), clock, random, store, std::move(hooks),
                                     std::move(options))) {}

Deliverer::~Deliverer() = default;

void Deliverer::set_targets(std::vector<NamedTarget> targets) {
  Names names;
  for (auto& named : targets) {
    names.insert(named.name);
    state_->set_target(std::move(named));
  }
  std::erase_if(state_->lanes, [&](const auto& entry) {
    if (names.contains(entry.first)) return false;
    entry.second->retired = true;
    entry.second->changed.notify_one();
    return true;
  });
  state_->loops.spawn(state_->bury_unknown(), "dead letters");
}

void Deliverer::wake() {
  for (const auto& [name, lane] : state_->lanes) lane->changed.notify_one();
}

Async<store::Delivery> Deliverer::retry(std::string id) {
  auto work = [id = std::move(id), now = state_->clock.now()](store::Connection& connection) {
    return store::retry_delivery(connection, id, now);
  };
  auto retried = co_await state_->store.write(std::move(work));
  wake();
  co_return retried;
}

Async<store::Delivery> Deliverer::drop(std::string id) {
  using Dropped = std::pair<store::Delivery, std::string>;
  auto work = [id = std::move(id), now = state_->clock.now(),
               ended = state_->hooks.ended](store::Connection& connection) -> Result<Dropped> {
    auto dropped = store::drop_delivery(connection, id, now);
    if (!dropped) return fail(std::move(dropped.error()));
    auto counted = count(connection, *dropped);
    if (!counted) return fail(std::move(counted.error()));
    std::string problem = tell(connection, ended, *dropped);
    return Dropped{std::move(*dropped), std::move(problem)};
  };
  auto dropped = co_await state_->store.write(std::move(work));
  if (!dropped) co_return fail(std::move(dropped.error()));
  if (!dropped->second.empty()) state_->complain(dropped->first, dropped->second);
  wake();  // what waited behind it may go
  co_return std::move(dropped->first);
}

Result<std::vector<TargetStatus>> Deliverer::status() const {
  auto counts = state_->store.read(store::pending_counts);
  if (!counts) return fail(std::move(counts.error()));
  std::map<std::string, TargetStatus> all;
  for (const auto& [name, lane] : state_->lanes) {
    all[name].in_flight = lane->in_flight;
    all[name].disabled = lane->disabled;
  }
  for (const auto& one : *counts) {
    all[one.target].pending = one.pending;
    all[one.target].oldest = one.oldest;
    all[one.target].dead = one.dead;
  }
  std::vector<TargetStatus> list;
  for (auto& [name, status] : all) {
    status.name = name;
    list.push_back(std::move(status));
  }
  return list;
}

Async<> Deliverer::stop(Duration grace) {
  state_->loops.stop();
  auto quiet = co_await state_->loops.join(state_->clock, grace);
  if (quiet) quiet = co_await state_->attempts.join(state_->clock, grace);
  if (quiet) co_return quiet;
  state_->attempts.stop();
  co_return co_await state_->attempts.join(state_->clock, grace);
}

}  // namespace leeway::delivery
