#include "daemon/store/retrainings.h"

namespace leeway::store {
namespace {

Retraining read_retraining(Row& row) {
  Retraining one;
  row.read(one.id, one.model, one.environment, one.target, one.state, one.cause, one.hold,
           one.asked_by, one.incident_id, one.details, one.reason, one.requested_at,
           one.approved_at, one.approved_by, one.delivery_id, one.sent_at, one.accepted_at,
           one.run_id, one.ended_at);
  return one;
}

std::string select_retraining(std::string_view rest) {
  return "SELECT id, model, environment, target, state, cause, hold, asked_by, incident_id, "
         "details, reason, requested_at, approved_at, approved_by, delivery_id, sent_at, "
         "accepted_at, "
         "run_id, ended_at FROM retraining " +
         std::string(rest);
}

}  // namespace

std::string_view to_string(RetrainingState state) {
  switch (state) {
    case RetrainingState::kRequested:
      return "requested";
    case RetrainingState::kHeld:
      return "held";
    case RetrainingState::kSent:
      return "sent";
    case RetrainingState::kAccepted:
      return "accepted";
    case RetrainingState::kRunning:
      return "running";
    case RetrainingState::kSucceeded:
      return "succeeded";
    case RetrainingState::kFailed:
      return "failed";
    case RetrainingState::kTimedOut:
      return "timed_out";
    case RetrainingState::kNoEffect:
      return "no_effect";
    case RetrainingState::kRefused:
      return "refused";
    case RetrainingState::kCancelled:
      return "cancelled";
  }
  return "unknown";
}

std::string_view to_string(RetrainingCause cause) {
  switch (cause) {
    case RetrainingCause::kRule:
      return "rule";
    case RetrainingCause::kSchedule:
      return "schedule";
    case RetrainingCause::kPerson:
      return "person";
  }
  return "unknown";
}

std::string_view to_string(Hold hold) {
  switch (hold) {
    case Hold::kNone:
      return "none";
    case Hold::kApproval:
      return "approval";
    case Hold::kStorm:
      return "storm";
    case Hold::kRequirement:
      return "requirement";
  }
  return "unknown";
}

Result<> save_retraining(Connection& connection, const Retraining& one) {
  // Not OR REPLACE: that would also delete another one of the model that is in flight.
  auto done = connection.run(
      "INSERT INTO retraining (id, model, environment, target, state, cause, hold, asked_by, "
      "incident_id, details, reason, requested_at, approved_at, approved_by, delivery_id, "
      "sent_at, accepted_at, run_id, ended_at) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (id) DO UPDATE SET target = excluded.target, state = excluded.state, "
      "hold = excluded.hold, "
      "details = excluded.details, reason = excluded.reason, approved_at = excluded.approved_at, "
      "approved_by = excluded.approved_by, delivery_id = excluded.delivery_id, "
      "sent_at = excluded.sent_at, accepted_at = excluded.accepted_at, "
      "run_id = excluded.run_id, ended_at = excluded.ended_at",
      one.id, one.model, one.environment, one.target, one.state, one.cause, one.hold, one.asked_by,
      one.incident_id, one.details, one.reason, one.requested_at, one.approved_at, one.approved_by,
      one.delivery_id, one.sent_at, one.accepted_at, one.run_id, one.ended_at);
  if (!done) return fail(std::move(done.error()));
  return {};
}

Result<std::optional<Retraining>> retraining(Connection& connection, std::string_view id) {
  return connection.first(select_retraining("WHERE id = ?"), read_retraining, id);
}

Result<std::optional<Retraining>> retraining_of_delivery(Connection& connection,
                                                         std::string_view delivery_id) {
  return connection.first(select_retraining("WHERE delivery_id = ?"), read_retraining, delivery_id);
}

Result<std::optional<Retraining>> retraining_in_flight(Connection& connection,
                                                       std::string_view model) {
  return connection.first(select_retraining("WHERE model = ? AND ended_at IS NULL"),
                          read_retraining, model);
}

Result<std::vector<Retraining>> retrainings(Connection& connection,
                                            const RetrainingFilter& filter) {
  return connection.all(
      select_retraining("WHERE (?1 IS NULL OR model = ?1) AND (?2 IS NULL OR state = ?2) "
                        "ORDER BY requested_at DESC, id DESC LIMIT ?3"),
      read_retraining, filter.model, filter.state, filter.limit);
}

Result<std::vector<TimePoint>> retraining_starts(Connection& connection, std::string_view model,
                                                 TimePoint since) {
  const auto read = [](Row& row) {
    TimePoint at;
    row.read(at);
    return at;
  };
  return connection.all(
      "SELECT sent_at FROM retraining WHERE model = ? AND sent_at > ? ORDER BY sent_at", read,
      model, since);
}

Result<std::optional<TimePoint>> last_retraining_end(Connection& connection,
                                                     std::string_view model) {
  return connection.value<TimePoint>(
      "SELECT max(ended_at) FROM retraining WHERE model = ? AND sent_at IS NOT NULL", model);
}

Result<std::map<RetrainingState, std::uint64_t>> ended_retrainings(Connection& connection,
                                                                   std::string_view model) {
  std::map<RetrainingState, std::uint64_t> ended;
  const auto add = [&ended](Row& row) -> Result<> {
    RetrainingState state{};
    std::uint64_t count = 0;
    row.read(state, count);
    ended[state] = count;
    return {};
  };
  auto done = connection.each(
      "SELECT state, count(*) FROM retraining WHERE model = ? AND ended_at IS NOT NULL "
      "GROUP BY state",
      add, model);
  if (!done) return fail(std::move(done.error()));
  return ended;
}

Result<std::uint64_t> other_retraining_requests(Connection& connection, std::string_view id,
                                                TimePoint since) {
  auto count = connection.value<std::uint64_t>(
      "SELECT count(*) FROM retraining WHERE requested_at > ? AND state <> ? AND id <> ?", since,
      RetrainingState::kRefused, id);
  if (!count) return fail(std::move(count.error()));
  return count->value_or(0);
}

Result<> save_firing(Connection& connection, const Firing& firing) {
  auto done = connection.run(
      "INSERT OR REPLACE INTO firing (schedule, specification, last_at) VALUES (?, ?, ?)",
      firing.schedule, firing.specification, firing.last_at);
  if (!done) return fail(std::move(done.error()));
  return {};
}

Result<std::optional<Firing>> firing(Connection& connection, std::string_view schedule) {
  const auto read = [](Row& row) {
    Firing firing;
    row.read(firing.schedule, firing.specification, firing.last_at);
    return firing;
  };
  return connection.first("SELECT schedule, specification, last_at FROM firing WHERE schedule = ?",
                          read, schedule);
}

}  // namespace leeway::store
