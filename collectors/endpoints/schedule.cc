#include "collectors/endpoints/schedule.h"

#include <deque>
#include <map>
#include <set>
#include <utility>

#include "collectors/async/task_group.h"
#include "detectors/base/random.h"

namespace leeway::endpoints {
namespace {

struct Target {
  std::string name;
  Duration every{};
  Duration base{};  ///< of the next round, without its jitter
  Duration due{};
  std::shared_ptr<Schedule::Work> work;  ///< a run keeps its own: a coroutine lives in its lambda
  bool running = false;
  bool waiting = false;
  bool removed = false;
};
using TargetPtr = std::shared_ptr<Target>;

/// FNV-1a, mixed so that its upper bits differ for names that end alike.
std::uint64_t hash_of(std::string_view name) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  return Random(hash).next();
}

}  // namespace

struct Schedule::State {
  State(asio::any_io_executor executor, Clock& the_clock, ScheduleOptions the_options)
      : clock(the_clock),
        options(the_options),
        group(std::move(executor)),
        random(the_options.seed) {}

  Clock& clock;
  ScheduleOptions options;
  TaskGroup group;
  Random random;
  std::map<std::string, TargetPtr, std::less<>> targets;
  std::set<std::pair<Duration, Target*>> queue;
  std::deque<TargetPtr> waiting;
  ScheduleStatistics statistics;
  Alarm alarm;
  Duration armed = Duration::max();

  void plan(Target& target) {
    const double share = options.jitter * random.uniform();
    const auto jitter = static_cast<double>(target.every.count()) * share;
    target.due = target.base + Duration(static_cast<std::int64_t>(jitter));
    queue.emplace(target.due, &target);
  }

  /// The next round that is still to come; those missed (the machine slept) are not made up for.
  void advance(Target& target, Duration now) {
    target.base += target.every;
    if (target.base <= now) {
      const auto missed = (now - target.base) / target.every;
      target.base += target.every * (missed + 1);
      statistics.skipped += static_cast<std::uint64_t>(missed + 1);
    }
  }

  void arm() {
    const Duration next = queue.empty() ? Duration::max() : queue.begin()->first;
    if (next == armed) return;
    armed = next;
    if (queue.empty()) {
      alarm.reset();
    } else {
      alarm = clock.call_after(next - clock.monotonic(), [this] { ring(); });
    }
  }

  void ring() {
    armed = Duration::max();
    const Duration now = clock.monotonic();
    while (!queue.empty() && queue.begin()->first <= now) {
      Target& target = *queue.begin()->second;
      queue.erase(queue.begin());
      begin(targets.find(target.name)->second);
      advance(target, now);
      plan(target);
    }
    arm();
  }

  void begin(const TargetPtr& target) {
    if (target->running || target->waiting) {
      ++statistics.skipped;
    } else if (statistics.in_flight >= options.max_in_flight) {
      target->waiting = true;
      waiting.push_back(target);
    } else {
      target->running = true;
      ++statistics.in_flight;
      ++statistics.runs;
      group.spawn(run(*this, target), target->name);
    }
  }

  // The group is a member, so what it runs ends before the state does.
  static Task<> run(State& state, TargetPtr target) {
    const auto work = target->work;
    co_await (*work)();
    target->running = false;
    --state.statistics.in_flight;
    state.begin_waiting();
  }

  void begin_waiting() {
    while (!waiting.empty() && statistics.in_flight < options.max_in_flight) {
      const TargetPtr next = std::move(waiting.front());
      waiting.pop_front();
      next->waiting = false;
      if (!next->removed && !group.stopping()) begin(next);
    }
  }

  void remove(const std::string& name) {
    const auto found = targets.find(name);
    if (found == targets.end()) return;
    queue.erase({found->second->due, found->second.get()});
    found->second->removed = true;
    targets.erase(found);
    arm();
  }
};

Schedule::Schedule(asio::any_io_executor executor, Clock& clock, ScheduleOptions options)
    : state_(std::make_unique<State>(std::move(executor), clock, options)) {}

Schedule::~Schedule() = default;

void Schedule::add(std::string name, Duration every, Work work) {
  LEEWAY_ASSERT(every > Duration::zero(), "the configuration bounds periods from below");
  State& state = *state_;
  if (state.group.stopping()) return;
  auto& target = state.targets[name];
  const bool is_new = target == nullptr;
  if (is_new) {
    target = std::make_shared<Target>();
  } else {
    state.queue.erase({target->due, target.get()});
  }
  target->work = std::make_shared<Work>(std::move(work));
  if (is_new || target->every != every) {
    const auto period = static_cast<std::uint64_t>(every.count());
    const auto offset = static_cast<std::int64_t>(hash_of(name) % period);
    target->every = every;
    target->base = state.clock.monotonic() + Duration(offset);
  }
  target->name = std::move(name);
  state.plan(*target);
  state.arm();
}

void Schedule::remove(const std::string& name) { state_->remove(name); }

bool Schedule::contains(const std::string& name) const { return state_->targets.contains(name); }

ScheduleStatistics Schedule::statistics() const {
  auto statistics = state_->statistics;
  statistics.waiting = state_->waiting.size();
  return statistics;
}

void Schedule::stop() {
  state_->queue.clear();
  state_->waiting.clear();
  state_->arm();
  state_->group.stop();
}

Async<> Schedule::join(Duration deadline) {
  auto joining = state_->group.join(state_->clock, deadline);
  co_return co_await std::move(joining);
}

}  // namespace leeway::endpoints
