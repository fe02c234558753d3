#include "daemon/retraining/retraining.h"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <utility>

#include "daemon/delivery/payload.h"

namespace leeway::retraining {
namespace {

using store::RetrainingState;

Result<store::Retraining> find(store::Connection& connection, std::string_view id) {
  auto found = store::retraining(connection, id);
  if (!found) return fail(std::move(found.error()));
  if (!*found) return fail(ErrorCode::kNotFound, "no retraining '" + std::string(id) + "'");
  return std::move(**found);
}

/// What of the past a decision about `request` depends on.
Result<History> history_of(store::Connection& connection, const store::Retraining& request,
                           const Plan& plan, TimePoint now) {
  History history;
  history.unmet = plan.unmet;
  auto in_flight = store::retraining_in_flight(connection, request.model);
  if (!in_flight) return fail(std::move(in_flight.error()));
  if (*in_flight && (*in_flight)->id != request.id) history.in_flight = std::move(*in_flight);
  auto last_end = store::last_retraining_end(connection, request.model);
  if (!last_end) return fail(std::move(last_end.error()));
  history.last_end = *last_end;
  if (plan.limits.at_most) {
    auto starts =
        store::retraining_starts(connection, request.model, now - plan.limits.at_most->period);
    if (!starts) return fail(std::move(starts.error()));
    history.starts = std::move(*starts);
  }
  auto recent = store::other_retraining_requests(connection, request.id, now - kStormPeriod);
  if (!recent) return fail(std::move(recent.error()));
  history.recent_requests = *recent;
  return history;
}

Result<> send(store::Connection& connection, store::Retraining& retraining, TimePoint now) {
  retraining.state = RetrainingState::kSent;
  retraining.sent_at = now;
  store::Delivery delivery;
  delivery.id = retraining.delivery_id;
  delivery.target = retraining.target;
  delivery.kind = "retraining";
  delivery.subject = retraining.id;
  delivery.dedupe = "retraining:" + retraining.id;
  delivery.payload = retraining_payload(retraining, now);
  delivery.created_at = now;
  delivery.next_attempt_at = now;
  auto queued = store::enqueue(connection, delivery);
  if (!queued) return fail(std::move(queued.error()));
  return {};
}

/// Decides a retraining that was requested or held, and writes what came of it.
Result<store::Retraining> settle(store::Connection& connection, store::Retraining retraining,
                                 const Plan& plan, TimePoint now) {
  Decision decision{.kind = Decision::Kind::kRefuse,
                    .reason = "the model has no target for retraining"};
  if (!plan.target.empty()) {
    auto history = history_of(connection, retraining, plan, now);
    if (!history) return fail(std::move(history.error()));
    decision = decide(retraining, *history, plan.limits, now);
  }
  retraining.hold = decision.hold;
  retraining.reason = decision.reason;
  switch (decision.kind) {
    case Decision::Kind::kSend: {
      Result<> sent = send(connection, retraining, now);
      if (!sent) return fail(std::move(sent.error()));
      break;
    }
    case Decision::Kind::kHold:
      retraining.state = RetrainingState::kHeld;
      break;
    case Decision::Kind::kRefuse:
      retraining.state = RetrainingState::kRefused;
      retraining.ended_at = now;
      break;
  }
  Result<> saved = store::save_retraining(connection, retraining);
  if (!saved) return fail(std::move(saved.error()));
  return retraining;
}

/// The target took it. That can be after the end: a dead letter that was sent again by hand, or an
/// attempt that was under way while somebody took the request back. What happened counts.
void accept(store::Retraining& retraining, const store::Delivery& delivery, TimePoint at,
            bool followed) {
  const bool had_ended = retraining.ended_at.has_value();
  retraining.state = RetrainingState::kAccepted;
  retraining.sent_at = retraining.sent_at.value_or(at);
  retraining.accepted_at = at;
  retraining.run_id = delivery.remote_id;
  if (had_ended || !followed) retraining.ended_at = at;
}

}  // namespace

Result<store::Retraining> request(store::Connection& connection, const Request& request,
                                  const Plan& plan, TimePoint now) {
  store::Retraining retraining;
  retraining.id = request.id;
  retraining.delivery_id = request.delivery_id;
  retraining.model = request.model;
  retraining.environment = request.environment;
  retraining.target = plan.target;
  retraining.cause = request.cause;
  retraining.asked_by = request.asked_by;
  retraining.incident_id = request.incident_id;
  retraining.details = request.details;
  retraining.requested_at = now;
  return settle(connection, std::move(retraining), plan, now);
}

Result<store::Retraining> reconsider(store::Connection& connection, std::string_view id,
                                     const Plan& plan, TimePoint now) {
  auto found = find(connection, id);
  if (!found || found->state != RetrainingState::kHeld) return found;
  return settle(connection, std::move(*found), plan, now);
}

Result<store::Retraining> approve(store::Connection& connection, std::string_view id,
                                  std::string_view who, const Plan& plan, TimePoint now) {
  auto found = find(connection, id);
  if (!found) return found;
  if (found->state != RetrainingState::kHeld) {
    return fail(ErrorCode::kInvalidArgument, "retraining '" + found->id + "' is " +
                                                 std::string(store::to_string(found->state)) +
                                                 ", only a held one can be approved");
  }
  found->approved_at = now;
  found->approved_by = who;
  return settle(connection, std::move(*found), plan, now);
}

Result<store::Retraining> cancel(store::Connection& connection, std::string_view id,
                                 std::string_view who, TimePoint now) {
  auto found = find(connection, id);
  if (!found) return found;
  const bool waits =
      found->state == RetrainingState::kHeld || found->state == RetrainingState::kSent;
  if (!waits) {
    return fail(ErrorCode::kInvalidArgument, "retraining '" + found->id + "' is " +
                                                 std::string(store::to_string(found->state)) +
                                                 ", it cannot be taken back");
  }
  if (found->state == RetrainingState::kSent) {
    auto dropped = store::drop_delivery(connection, found->delivery_id, now);
    if (!dropped) return fail(std::move(dropped.error()));
    found->sent_at.reset();  // no run began, so none has ended either
  }
  found->state = RetrainingState::kCancelled;
  found->reason = "taken back by " + std::string(who);
  found->ended_at = now;
  Result<> saved = store::save_retraining(connection, *found);
  if (!saved) return fail(std::move(saved.error()));
  return found;
}

Result<std::optional<store::Retraining>> delivery_ended(store::Connection& connection,
                                                        const store::Delivery& delivery,
                                                        bool followed) {
  auto found = store::retraining_of_delivery(connection, delivery.id);
  if (!found) return fail(std::move(found.error()));
  if (!*found) return found;
  store::Retraining& retraining = **found;
  const TimePoint at = delivery.ended_at.value_or(delivery.created_at);
  if (delivery.state == store::DeliveryState::kDelivered) {
    accept(retraining, delivery, at, followed);
  } else if (!retraining.ended_at) {
    retraining.state = RetrainingState::kFailed;
    retraining.reason =
        delivery.last_error.empty() ? "the request was dropped" : delivery.last_error;
    retraining.ended_at = at;
  }
  Result<> saved = store::save_retraining(connection, retraining);
  if (!saved) return fail(std::move(saved.error()));
  return found;
}

std::string retraining_payload(const store::Retraining& retraining, TimePoint now) {
  boost::system::error_code error;
  boost::json::value details = boost::json::parse(retraining.details, error);
  boost::json::object data = {{"id", retraining.id},
                              {"model", retraining.model},
                              {"environment", retraining.environment},
                              {"cause", store::to_string(retraining.cause)},
                              {"asked_by", retraining.asked_by},
                              {"incident", retraining.incident_id},
                              {"requested_at", to_rfc3339(retraining.requested_at)},
                              {"approved_by", retraining.approved_by}};
  if (!error) data["details"] = std::move(details);
  return delivery::event_payload("leeway.retraining.requested", now, std::move(data));
}

}  // namespace leeway::retraining
