#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/async/clock.h"
#include "daemon/delivery/attempt.h"
#include "daemon/delivery/target.h"
#include "daemon/store/outbox.h"
#include "daemon/store/store.h"
#include "detectors/base/random.h"

namespace leeway::delivery {

struct DelivererOptions {
  RetrySchedule schedule;
  Duration attempt_timeout = std::chrono::seconds(60);  ///< of a target that has no deadlines
};

struct NamedTarget {
  std::string name;
  std::shared_ptr<Target> target;
  std::size_t concurrency = 4;
};

/// What is done with a delivery that ended: delivered, dead or dropped.
struct Hooks {
  /// In the transaction that records it, on the writing thread: the incident of a dead letter, the
  /// next state of a retraining. Touches nothing but the connection. Its failure does not undo the
  /// record, but goes to `trouble`.
  std::function<Result<>(store::Connection&, const store::Delivery&)> ended;
  /// After every attempt was committed, on the thread of the io_context.
  std::function<void(const store::Delivery&, const store::Attempt&)> recorded;
  /// What failed here and not at the target: `ended`, or the store. On the io_context's thread.
  std::function<void(const store::Delivery&, const std::string& problem)> trouble;
};

struct TargetStatus {
  std::string name;
  std::size_t in_flight = 0;
  std::uint64_t pending = 0;
  std::uint64_t dead = 0;
  std::optional<TimePoint> oldest;  ///< creation of the oldest pending delivery
  std::string disabled;             ///< why nothing is sent until the next reload; else empty
};

/// Takes deliveries from the outbox to their targets. They are written there first, in the
/// transaction of the decision that caused them (store::enqueue); then wake() is called.
///
/// Each target has a queue and a limit of its own, so a slow one stops no other. Each result, and
/// the time of the next attempt, is recorded before anything else is done with the delivery; a
/// process that dies between the sending and the record sends again under the same id. Sleeps until
/// the next attempt is due, never polls.
///
/// Totals are in store::counters as leeway_deliveries_total{outcome,target}, outcome delivered,
/// retried, dead or dropped. Belongs to the thread of the io_context.
class Deliverer {
 public:
  /// Everything outlives it.
  Deliverer(asio::any_io_executor executor, Clock& clock, Random& random, store::Store& store,
            Hooks hooks = {}, DelivererOptions options = {});
  ~Deliverer();  ///< after stop()
  Deliverer(const Deliverer&) = delete;
  Deliverer& operator=(const Deliverer&) = delete;

  /// Begins, or goes on after a reload, with these targets; a disabled one is enabled again.
  /// Attempts under way end with the target they began with. What is pending for a target that is
  /// not among them becomes a dead letter.
  void set_targets(std::vector<NamedTarget> targets);

  /// There is something new in the outbox. Cheap, and may be called for nothing.
  void wake();

  /// Makes a delivery due now; see store::retry_delivery.
  Async<store::Delivery> retry(std::string id);
  /// Gives a delivery up; see store::drop_delivery.
  Async<store::Delivery> drop(std::string id);

  /// By name, also of targets that are gone and have dead letters.
  Result<std::vector<TargetStatus>> status() const;

  /// Begins no attempt any more, lets those under way end for at most `grace`, then cancels them.
  Async<> stop(Duration grace);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace leeway::delivery
