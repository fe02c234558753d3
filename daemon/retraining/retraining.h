#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/retraining/decide.h"
#include "daemon/store/outbox.h"
#include "daemon/store/retrainings.h"

namespace leeway::retraining {

/// How the run of a model is asked for. All functions here work on a Connection, so that the
/// request is committed together with what caused it; wake the deliverer afterwards.
struct Plan {
  std::string target;  ///< empty: there is nothing to send to, which refuses
  Limits limits;
  std::vector<std::string> unmet;  ///< requirements that do not hold now, as written
};

/// A new request.
struct Request {
  std::string id;           ///< store::new_id
  std::string delivery_id;  ///< store::new_id: the stable id that the target sees
  std::string model;
  std::string environment;
  store::RetrainingCause cause = store::RetrainingCause::kRule;
  std::string asked_by;        ///< the rule, the schedule or the person
  std::string incident_id;     ///< of a rule; else empty
  std::string details = "{}";  ///< JSON object: the facts, windows and versions behind it
};

/// Records the request with what was decided, and puts its message into the outbox if it is sent.
Result<store::Retraining> request(store::Connection& connection, const Request& request,
                                  const Plan& plan, TimePoint now);

/// Decides a held one again: after a judged window, an approval, and now and then. Others stay as
/// they are. kNotFound.
Result<store::Retraining> reconsider(store::Connection& connection, std::string_view id,
                                     const Plan& plan, TimePoint now);

/// Approves a held one and decides it again. kNotFound; kInvalidArgument if it is not held.
Result<store::Retraining> approve(store::Connection& connection, std::string_view id,
                                  std::string_view who, const Plan& plan, TimePoint now);

/// Takes back one that has not been delivered. kNotFound; kInvalidArgument if it was, or has ended.
Result<store::Retraining> cancel(store::Connection& connection, std::string_view id,
                                 std::string_view who, TimePoint now);

/// For delivery::Hooks::ended. Delivered: the run is accepted, and ends as that where nobody can
/// follow it (`followed` false); dead or dropped: it failed. Nothing if it is no retraining's.
Result<std::optional<store::Retraining>> delivery_ended(store::Connection& connection,
                                                        const store::Delivery& delivery,
                                                        bool followed);

/// The message: {"type": "leeway.retraining.requested", ...}.
std::string retraining_payload(const store::Retraining& retraining, TimePoint now);

}  // namespace leeway::retraining
