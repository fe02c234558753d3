#pragma once

#include <cstdint>
#include <optional>

#include "collectors/endpoints/probe.h"
#include "collectors/endpoints/tokens.h"
#include "collectors/net/headers.h"

namespace leeway::endpoints {

/// The header field by which one target's requests prove who asks.
class Authorizer {
 public:
  /// Both outlive it.
  Authorizer(Clock& clock, Tokens& tokens, const ProbeTarget& target);

  /// Whether field() holds; else refresh() first.
  bool fresh() const;

  /// Reads the secret, or asks for a token.
  Async<> refresh();

  /// Nothing where the target needs none.
  const std::optional<net::Headers::Field>& field() const { return field_; }

  /// Counts the fields that there were, so that what was prepared with one is known to be old.
  std::uint64_t generation() const { return generation_; }

  /// After a 401: true if another attempt may help, with what refresh() then finds.
  bool reject();

 private:
  Clock& clock_;
  Tokens& tokens_;
  const Authorization& authorization_;
  const std::string& proxy_;
  std::optional<net::Headers::Field> field_;
  std::optional<Duration> fresh_until_;
  std::string token_;
  std::uint64_t generation_ = 0;
};

}  // namespace leeway::endpoints
