#include "daemon/delivery/attempt.h"

#include <algorithm>

namespace leeway::delivery {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr double kShortest = 0.8;
constexpr double kLongest = 1.2;

/// Spread, so that what failed together does not come back together.
Duration with_jitter(Duration wait, Random& random) {
  const double factor = kShortest + (kLongest - kShortest) * random.uniform();
  return std::chrono::duration_cast<Duration>(wait * factor);
}

}  // namespace

std::vector<Duration> RetrySchedule::standard_waits() {
  return {seconds(0), seconds(5), minutes(5), minutes(30), hours(2),
          hours(5),   hours(10),  hours(14),  hours(20),   hours(24)};
}

store::Delivery after_attempt(store::Delivery delivery, const Outcome& outcome,
                              const RetrySchedule& schedule, TimePoint now, Random& random) {
  ++delivery.attempts;
  delivery.last_status = outcome.status;
  delivery.last_error = outcome.reason;
  delivery.in_doubt = outcome.kind == Outcome::Kind::kAmbiguous;
  if (outcome.kind == Outcome::Kind::kDelivered) {
    delivery.state = store::DeliveryState::kDelivered;
    delivery.remote_id = outcome.remote_id;
    delivery.ended_at = now;
    return delivery;
  }
  const bool last = delivery.attempts >= schedule.waits.size();
  if (outcome.kind == Outcome::Kind::kDead || last) {
    delivery.state = store::DeliveryState::kDead;
    delivery.ended_at = now;
    return delivery;
  }
  const Duration own = with_jitter(schedule.waits[delivery.attempts], random);
  const Duration asked = std::min(outcome.after.value_or(Duration{0}), schedule.asked_max);
  delivery.next_attempt_at = now + std::max(own, asked);
  return delivery;
}

TimePoint due_at(const store::Delivery& delivery, const RetrySchedule& schedule, TimePoint now) {
  const std::size_t next = std::min<std::size_t>(delivery.attempts, schedule.waits.size() - 1);
  const auto own = std::chrono::duration_cast<Duration>(kLongest * schedule.waits[next]);
  const TimePoint latest = now + std::max(own, schedule.asked_max);
  return delivery.next_attempt_at > latest ? now : delivery.next_attempt_at;
}

}  // namespace leeway::delivery
