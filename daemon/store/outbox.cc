#include "daemon/store/outbox.h"

#include <utility>

namespace leeway::store {
namespace {

constexpr int kAttemptsKept = 32;

Delivery read_delivery(Row& row) {
  Delivery delivery;
  row.read(delivery.id, delivery.target, delivery.kind, delivery.subject, delivery.dedupe,
           delivery.content_type, delivery.payload, delivery.created_at, delivery.state,
           delivery.attempts, delivery.next_attempt_at, delivery.in_doubt, delivery.last_status,
           delivery.last_error, delivery.remote_id, delivery.ended_at);
  return delivery;
}

std::string select_delivery(std::string_view rest) {
  return "SELECT id, target, kind, subject, dedupe, content_type, payload, created_at, state, "
         "attempts, next_attempt_at, in_doubt, last_status, last_error, remote_id, ended_at "
         "FROM delivery " +
         std::string(rest);
}

/// The delivery, as long as somebody may still decide about it.
Result<Delivery> undelivered(Connection& connection, std::string_view id) {
  auto found = delivery(connection, id);
  if (!found) return fail(std::move(found.error()));
  if (!*found) {
    return fail(ErrorCode::kNotFound, "there is no delivery '" + std::string(id) + "'");
  }
  if ((*found)->state == DeliveryState::kDelivered) {
    return fail(ErrorCode::kInvalidArgument,
                "delivery '" + std::string(id) + "' was delivered already");
  }
  return std::move(**found);
}

Result<> update(Connection& connection, const Delivery& delivery) {
  auto done = connection.run(
      "UPDATE delivery SET state = ?, attempts = ?, next_attempt_at = ?, in_doubt = ?, "
      "last_status = ?, last_error = ?, remote_id = ?, ended_at = ? WHERE id = ?",
      delivery.state, delivery.attempts, delivery.next_attempt_at, delivery.in_doubt,
      delivery.last_status, delivery.last_error, delivery.remote_id, delivery.ended_at,
      delivery.id);
  if (!done) return fail(std::move(done.error()));
  if (*done == 0) return fail(ErrorCode::kNotFound, "there is no delivery '" + delivery.id + "'");
  return {};
}

Result<> log(Connection& connection, const Attempt& attempt) {
  auto done = connection.run(
      "INSERT INTO attempt (delivery, number, at, took, status, error) VALUES (?, ?, ?, ?, ?, ?)",
      attempt.delivery, attempt.number, attempt.at, attempt.took, attempt.status, attempt.error);
  if (!done) return fail(std::move(done.error()));
  done = connection.run(
      "DELETE FROM attempt WHERE delivery = ?1 AND sequence <= (SELECT sequence FROM attempt "
      "WHERE delivery = ?1 ORDER BY sequence DESC LIMIT 1 OFFSET ?2)",
      attempt.delivery, kAttemptsKept);
  if (!done) return fail(std::move(done.error()));
  return {};
}

}  // namespace

std::string_view to_string(DeliveryState state) {
  switch (state) {
    case DeliveryState::kPending:
      return "pending";
    case DeliveryState::kDelivered:
      return "delivered";
    case DeliveryState::kDead:
      return "dead";
    case DeliveryState::kDropped:
      return "dropped";
  }
  return "unknown";
}

Result<bool> enqueue(Connection& connection, const Delivery& delivery) {
  auto done = connection.run(
      "INSERT INTO delivery (id, target, kind, subject, dedupe, content_type, payload, "
      "created_at, state, attempts, next_attempt_at, in_doubt, last_status, last_error, "
      "remote_id, ended_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (target, dedupe) DO NOTHING",
      delivery.id, delivery.target, delivery.kind, delivery.subject, delivery.dedupe,
      delivery.content_type, delivery.payload, delivery.created_at, delivery.state,
      delivery.attempts, delivery.next_attempt_at, delivery.in_doubt, delivery.last_status,
      delivery.last_error, delivery.remote_id, delivery.ended_at);
  if (!done) return fail(std::move(done.error()));
  return *done == 1;
}

Result<std::optional<Delivery>> delivery(Connection& connection, std::string_view id) {
  return connection.first(select_delivery("WHERE id = ?"), read_delivery, id);
}

Result<std::vector<Delivery>> deliveries(Connection& connection, const DeliveryFilter& filter) {
  return connection.all(
      select_delivery("WHERE (?1 IS NULL OR target = ?1) AND (?2 IS NULL OR state = ?2) "
                      "AND (?3 IS NULL OR subject = ?3) ORDER BY sequence DESC LIMIT ?4"),
      read_delivery, filter.target, filter.state, filter.subject, filter.limit);
}

Result<std::vector<Delivery>> next_deliveries(Connection& connection, std::string_view target,
                                              std::size_t limit) {
  return connection.all(
      select_delivery("AS mine WHERE target = ? AND state = 0 AND (subject = '' OR NOT EXISTS ("
                      "SELECT 1 FROM delivery AS older WHERE older.target = mine.target "
                      "AND older.subject = mine.subject AND older.state = 0 "
                      "AND older.sequence < mine.sequence)) "
                      "ORDER BY next_attempt_at, sequence LIMIT ?"),
      read_delivery, target, limit);
}

Result<> begin_attempt(Connection& connection, std::string_view id) {
  auto done = connection.run("UPDATE delivery SET in_doubt = TRUE WHERE id = ?", id);
  if (!done) return fail(std::move(done.error()));
  return {};
}

Result<> record_attempt(Connection& connection, const Delivery& delivery, const Attempt& attempt) {
  auto logged = log(connection, attempt);
  if (!logged) return logged;
  auto state = connection.value<int>("SELECT state FROM delivery WHERE id = ?", delivery.id);
  if (!state) return fail(std::move(state.error()));
  // Whoever gave it up while the attempt was under way is right, unless it arrived.
  const bool dropped = *state == static_cast<int>(DeliveryState::kDropped);
  if (dropped && delivery.state != DeliveryState::kDelivered) return {};
  return update(connection, delivery);
}

Result<std::vector<Attempt>> attempts(Connection& connection, std::string_view delivery) {
  const auto read = [](Row& row) {
    Attempt attempt;
    row.read(attempt.delivery, attempt.number, attempt.at, attempt.took, attempt.status,
             attempt.error);
    return attempt;
  };
  return connection.all(
      "SELECT delivery, number, at, took, status, error FROM attempt WHERE delivery = ? "
      "ORDER BY sequence",
      read, delivery);
}

Result<Delivery> retry_delivery(Connection& connection, std::string_view id, TimePoint now) {
  auto found = undelivered(connection, id);
  if (!found) return found;
  found->state = DeliveryState::kPending;
  found->attempts = 0;
  found->next_attempt_at = now;
  found->ended_at.reset();
  auto done = update(connection, *found);
  if (!done) return fail(std::move(done.error()));
  return found;
}

Result<Delivery> drop_delivery(Connection& connection, std::string_view id, TimePoint now) {
  auto found = undelivered(connection, id);
  if (!found) return found;
  found->state = DeliveryState::kDropped;
  found->ended_at = now;
  auto done = update(connection, *found);
  if (!done) return fail(std::move(done.error()));
  return found;
}

Result<std::vector<PendingCount>> pending_counts(Connection& connection) {
  const auto read = [](Row& row) {
    PendingCount count;
    row.read(count.target, count.pending, count.oldest, count.dead);
    return count;
  };
  return connection.all(
      "SELECT target, sum(state = 0), min(iif(state = 0, created_at, NULL)), sum(state = 2) "
      "FROM (SELECT target, state, created_at FROM delivery WHERE state = 0 "
      "UNION ALL SELECT target, state, created_at FROM delivery WHERE state = 2) "
      "GROUP BY target ORDER BY target",
      read);
}

}  // namespace leeway::store
