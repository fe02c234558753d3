#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "collectors/async/async.h"
#include "daemon/store/outbox.h"

namespace leeway::delivery {

/// What became of one attempt.
struct Outcome {
  enum class Kind {
    kDelivered,
    kRetry,      ///< not taken; the same message may be sent again
    kDead,       ///< refused for good
    kAmbiguous,  ///< it may have taken effect: reconcile before it is sent again
  };

  Kind kind = Kind::kRetry;
  int status = 0;                 ///< HTTP status; 0 without an answer
  std::string reason;             ///< a sentence without secrets; empty when delivered
  std::optional<Duration> after;  ///< retry: not before (Retry-After)
  bool disable = false;           ///< dead: and send nothing more here until the next reload
  std::string remote_id;          ///< delivered: what the target calls it

  static Outcome delivered(int status, std::string remote_id = {}) {
    return {Kind::kDelivered, status, {}, {}, false, std::move(remote_id)};
  }
  static Outcome retry(int status, std::string reason, std::optional<Duration> after = {}) {
    return {Kind::kRetry, status, std::move(reason), after, false, {}};
  }
  static Outcome dead(int status, std::string reason) {
    return {Kind::kDead, status, std::move(reason), {}, false, {}};
  }
  static Outcome ambiguous(int status, std::string reason) {
    return {Kind::kAmbiguous, status, std::move(reason), {}, false, {}};
  }
};

/// Somebody who is told something: one class for each kind, one object for each target of the
/// configuration. Belongs to the thread of the io_context.
class Target {
 public:
  virtual ~Target() = default;

  /// One attempt. `delivery.in_doubt` says that an earlier one may have taken effect: a target that
  /// is not idempotent looks that up first. An error (kCancelled) means that the attempt was
  /// abandoned because the daemon stops; everything else is an Outcome.
  virtual Async<Outcome> deliver(store::Delivery delivery) = 0;

  /// Whether the receiver recognizes `delivery.id`, so that sending twice does no harm.
  virtual bool idempotent() const = 0;
};

}  // namespace leeway::delivery
