#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/sqlite.h"

namespace leeway::store {

/// The numbers are saved; never reuse one.
enum class DeliveryState {
  kPending = 0,
  kDelivered = 1,
  kDead = 2,     ///< the target refused it, or the last attempt failed: a dead letter
  kDropped = 3,  ///< somebody gave it up
};

std::string_view to_string(DeliveryState state);  ///< "pending", "delivered", "dead", "dropped"

/// One message to one target. Committed before its first byte is sent.
struct Delivery {
  std::string id;       ///< stable over retries: the receiver's idempotency key
  std::string target;   ///< name of the configuration
  std::string kind;     ///< "incident", "retraining"
  std::string subject;  ///< id of the incident or retraining; those of one subject go in order
  std::string dedupe;   ///< at most one delivery for each target and key
  std::string content_type = "application/json";
  std::string payload;
  TimePoint created_at;
  DeliveryState state = DeliveryState::kPending;
  std::uint32_t attempts = 0;  ///< since it was written, or retried by hand
  TimePoint next_attempt_at;   ///< pending: not before
  bool in_doubt = false;       ///< an attempt began and how it ended is not known
  int last_status = 0;         ///< HTTP status; 0 if there was none
  std::string last_error;      ///< empty after a success
  std::string remote_id;       ///< what the target calls it: a run, an alert
  std::optional<TimePoint> ended_at;

  bool operator==(const Delivery&) const = default;
};

/// False if there already is a delivery with this target and dedupe key: nothing was written then.
Result<bool> enqueue(Connection& connection, const Delivery& delivery);

Result<std::optional<Delivery>> delivery(Connection& connection, std::string_view id);

struct DeliveryFilter {
  std::optional<std::string> target = {};
  std::optional<DeliveryState> state = {};
  std::optional<std::string> subject = {};
  std::size_t limit = 1000;
};

/// Newest first.
Result<std::vector<Delivery>> deliveries(Connection& connection, const DeliveryFilter& filter);

/// The pending deliveries of a target by the time of their next attempt. One that has an older
/// pending delivery with the same subject before it is left out: a resolution must not overtake.
Result<std::vector<Delivery>> next_deliveries(Connection& connection, std::string_view target,
                                              std::size_t limit);

/// One try and what came of it.
struct Attempt {
  std::string delivery = {};
  std::uint32_t number = 0;  ///< from 1
  TimePoint at;
  Duration took{};
  int status = 0;
  std::string error = {};  ///< empty: delivered

  bool operator==(const Attempt&) const = default;
};

/// Notes that an attempt is about to begin: until it is recorded the delivery is in doubt.
Result<> begin_attempt(Connection& connection, std::string_view id);

/// Writes state, attempts, next_attempt_at, in_doubt, last_*, remote_id and ended_at of `delivery`,
/// and the attempt into its log, which keeps the last 32.
Result<> record_attempt(Connection& connection, const Delivery& delivery, const Attempt& attempt);

/// By number.
Result<std::vector<Attempt>> attempts(Connection& connection, std::string_view delivery);

/// Makes a dead or dropped delivery pending again, due now, with all its attempts before it; a
/// pending one due now. kNotFound; kInvalidArgument if it was delivered.
Result<Delivery> retry_delivery(Connection& connection, std::string_view id, TimePoint now);

/// Gives up a pending or dead delivery. kNotFound; kInvalidArgument if it was delivered.
Result<Delivery> drop_delivery(Connection& connection, std::string_view id, TimePoint now);

struct PendingCount {
  std::string target;
  std::uint64_t pending = 0;
  std::optional<TimePoint> oldest;  ///< creation of the oldest pending one
  std::uint64_t dead = 0;
};

/// By target.
Result<std::vector<PendingCount>> pending_counts(Connection& connection);

}  // namespace leeway::store
