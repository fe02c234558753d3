#pragma once

#include <map>
#include <string>

#include "collectors/async/async.h"
#include "collectors/async/clock.h"
#include "collectors/async/notifier.h"
#include "collectors/endpoints/probe.h"
#include "collectors/net/http_client.h"
#include "detectors/base/random.h"

namespace leeway::endpoints {

/// An access token and until when it need not be asked for again.
struct Token {
  std::string text;
  Duration fresh_until{};  ///< monotonic
};

/// Access tokens of Microsoft Entra by client credentials, in memory only. However many endpoints
/// ask, one request per (authority, tenant, client, scope) is under way; a token is renewed at 80 %
/// of its life, some earlier so that not all clients come at once, and used until its end where
/// that fails. After a failure the next attempt is 10 s later.
class Tokens {
 public:
  /// Both outlive it.
  Tokens(Clock& clock, net::HttpClient& client) : clock_(clock), client_(client) {}

  /// kInvalidConfig or kUnavailable with what Entra says ("AADSTS7000215: Invalid client
  /// secret...").
  Async<Token> get(Entra entra, std::string proxy);

  /// The peer did not take that token: the next get() asks for another.
  void drop(const Entra& entra, const std::string& token);

 private:
  struct Entry {
    Token token{};
    Duration expires{};
    Duration retry_at{};
    Error failure{};
    bool fetching = false;
    Notifier fetched{};
  };

  Async<> fetch(Entry& entry, Entra entra, std::string proxy);

  Clock& clock_;
  net::HttpClient& client_;
  std::map<std::string, Entry> entries_;
  Random random_{0x544F4B454E};
};

}  // namespace leeway::endpoints
