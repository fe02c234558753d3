#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/store/retrainings.h"

namespace leeway::retraining {

/// What a model's configuration allows.
struct Limits {
  Duration cooldown{};  ///< from the end of the last run
  struct AtMost {
    std::uint64_t count = 0;
    Duration period{};
  };
  std::optional<AtMost> at_most = {};            ///< runs in any such period
  bool approval_required = false;                ///< the default in production
  Duration held_at_most = std::chrono::days(7);  ///< then the request is refused
};

/// More requests than this in that time, over all models, mean that something upstream broke and
/// not the models: the rest waits for a person.
inline constexpr std::uint64_t kStormRequests = 5;
inline constexpr Duration kStormPeriod = std::chrono::minutes(10);

/// What is known when a request is decided.
struct History {
  std::optional<store::Retraining> in_flight;  ///< another one of the model that has not ended
  std::optional<TimePoint> last_end;
  std::vector<TimePoint> starts;      ///< of the model's runs inside `at_most.period`
  std::uint64_t recent_requests = 0;  ///< other ones of all models, within kStormPeriod
  std::vector<std::string> unmet;     ///< requirements that do not hold now, as written
};

struct Decision {
  enum class Kind { kSend, kHold, kRefuse };
  Kind kind = Kind::kSend;
  store::Hold hold = store::Hold::kNone;  ///< what it waits for
  std::string reason;                     ///< a sentence; empty if it is sent

  bool operator==(const Decision&) const = default;
};

/// What to do with a request that is new or was held. Limits (one in flight, cooldown, at most)
/// refuse; a storm and a missing approval hold until somebody approves, also when the storm is
/// over; an unmet requirement holds until it is met. An approval overrides the storm, not the
/// limits.
Decision decide(const store::Retraining& request, const History& history, const Limits& limits,
                TimePoint now);

}  // namespace leeway::retraining
