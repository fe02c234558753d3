#pragma once

#include <initializer_list>
#include <span>
#include <string_view>

namespace leeway::delivery {

/// What an HTTP status of a target means.
enum class Meaning { kSuccess, kRetry, kRefused, kDisabled, kUnauthorized, kAmbiguous };

/// A set of HTTP statuses: single ones, and whole classes as 2, 4, 5.
struct StatusSet {
  std::initializer_list<int> codes;
  constexpr bool contains(int status) const {
    for (const int code : codes) {
      if (code == status || (code < 10 && code == status / 100)) return true;
    }
    return false;
  }
};

/// What a kind of target promises: what counts as success, what may be tried again, and whether
/// doing so can start something twice.
struct RetryClass {
  std::string_view kind;
  StatusSet success;
  StatusSet retry;
  StatusSet disabled;      ///< the receiver says that it wants no more
  StatusSet unauthorized;  ///< worth a second look at the secret
  /// How the receiver recognizes a message that it had before; empty: it cannot.
  std::string_view idempotency;

  /// Without a key of ours, a 5xx or a connection that broke after the request may have taken
  /// effect: look it up first.
  constexpr bool idempotent() const { return !idempotency.empty(); }
};

/// Every kind of target that speaks HTTP, by name.
std::span<const RetryClass> retry_classes();
const RetryClass& retry_class(std::string_view kind);  ///< asserts that it is in the table

Meaning meaning(const RetryClass& target, int status);

}  // namespace leeway::delivery
