#pragma once

#include <array>
#include <span>
#include <string_view>

#include "collectors/net/http_client.h"
#include "daemon/delivery/target.h"

namespace leeway::delivery {

/// A set of HTTP statuses: single ones, and whole classes as 2, 4, 5. Zero is none.
struct StatusSet {
  std::array<int, 8> codes{};

  constexpr bool contains(int status) const {
    for (const int code : codes) {
      if (code != 0 && (code == status || (code < 10 && code == status / 100))) return true;
    }
    return false;
  }
};

/// What a kind of target promises. A status in none of the sets refuses the message for good.
struct RetryClass {
  std::string_view kind;
  StatusSet success;
  StatusSet retry;      ///< it was not taken
  StatusSet ambiguous;  ///< it may have been taken
  StatusSet disabled;   ///< the receiver wants no more
  /// How the receiver recognizes a message that it had before; empty: it cannot, so a connection
  /// that breaks after the request leaves the outcome open.
  std::string_view idempotency;

  constexpr bool idempotent() const { return !idempotency.empty(); }
};

/// Every kind of target that speaks HTTP.
std::span<const RetryClass> retry_classes();

/// The class of a kind that is in the table.
const RetryClass& retry_class(std::string_view kind);

/// What an answer, or its absence, means to a target of this class. `now` is for a Retry-After that
/// is a date. kCancelled if the request was ended because the daemon stops.
Result<Outcome> judge(const RetryClass& target, const net::HttpOutcome& answer, TimePoint now);

}  // namespace leeway::delivery
