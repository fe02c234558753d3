#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/sqlite.h"

namespace leeway::store {

/// The life of a retraining. The numbers are saved; never reuse one.
///
///   requested -> held -> sent -> accepted -> running -> succeeded | failed | timed out | no effect
///        \-> refused      \-> failed   (a run that cannot be followed ends as accepted)
enum class RetrainingState {
  kRequested = 0,
  kHeld = 1,  ///< waits for an approval or a requirement
  kSent = 2,  ///< in the outbox
  kAccepted = 3,
  kRunning = 4,
  kSucceeded = 5,
  kFailed = 6,
  kTimedOut = 7,
  kNoEffect = 8,
  kRefused = 9,     ///< a limit forbade it, or nobody approved in time
  kCancelled = 10,  ///< somebody took it back
};

std::string_view to_string(RetrainingState state);  ///< "requested", ..., "timed_out", "no_effect"

/// What asked for it. The numbers are saved; never reuse one.
enum class RetrainingCause { kRule = 0, kSchedule = 1, kPerson = 2 };

std::string_view to_string(RetrainingCause cause);  ///< "rule", "schedule", "person"

/// What a held one waits for. The numbers are saved; never reuse one.
enum class Hold {
  kNone = 0,
  kApproval = 1,     ///< the configuration asks for a person
  kStorm = 2,        ///< many models asked at once: a person looks first
  kRequirement = 3,  ///< something that `requires:` names
};

std::string_view to_string(Hold hold);  ///< "none", "approval", "storm", "requirement"

struct Retraining {
  std::string id;
  std::string model;
  std::string environment;
  std::string target;
  RetrainingState state = RetrainingState::kRequested;
  RetrainingCause cause = RetrainingCause::kRule;
  Hold hold = Hold::kNone;
  std::string asked_by;        ///< the rule, the schedule or the person
  std::string incident_id;     ///< of a rule; else empty
  std::string details = "{}";  ///< JSON: what the payload says about why
  std::string reason;          ///< why it is held, was refused or failed
  TimePoint requested_at;
  std::optional<TimePoint> approved_at;
  std::string approved_by;
  std::string delivery_id;
  std::optional<TimePoint> sent_at;
  std::optional<TimePoint> accepted_at;
  std::string run_id;
  std::optional<TimePoint> ended_at;  ///< nothing while it is in flight

  bool operator==(const Retraining&) const = default;
};

/// Inserts the retraining, or replaces the one with this id.
Result<> save_retraining(Connection& connection, const Retraining& retraining);

Result<std::optional<Retraining>> retraining(Connection& connection, std::string_view id);
Result<std::optional<Retraining>> retraining_of_delivery(Connection& connection,
                                                         std::string_view delivery_id);

/// The one of the model that has not ended; nothing if there is none.
Result<std::optional<Retraining>> retraining_in_flight(Connection& connection,
                                                       std::string_view model);

struct RetrainingFilter {
  std::optional<std::string> model = {};
  std::optional<RetrainingState> state = {};
  std::size_t limit = 1000;
};

/// Newest first.
Result<std::vector<Retraining>> retrainings(Connection& connection, const RetrainingFilter& filter);

/// When runs of the model were sent since `since`, oldest first.
Result<std::vector<TimePoint>> retraining_starts(Connection& connection, std::string_view model,
                                                 TimePoint since);

/// When the last run of the model that was sent has ended.
Result<std::optional<TimePoint>> last_retraining_end(Connection& connection,
                                                     std::string_view model);

/// How many retrainings of the model have ended in each state.
Result<std::map<RetrainingState, std::uint64_t>> ended_retrainings(Connection& connection,
                                                                   std::string_view model);

/// How many requests of all models since `since`, other than `id`, were not refused.
Result<std::uint64_t> other_retraining_requests(Connection& connection, std::string_view id,
                                                TimePoint since);

/// When a schedule last fired.
struct Firing {
  std::string schedule;       ///< its name: the model
  std::string specification;  ///< cron text and time zone; another one starts anew
  TimePoint last_at;

  bool operator==(const Firing&) const = default;
};

Result<> save_firing(Connection& connection, const Firing& firing);
Result<std::optional<Firing>> firing(Connection& connection, std::string_view schedule);

}  // namespace leeway::store
