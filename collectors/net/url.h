#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "detectors/base/result.h"

namespace leeway::net {

/// What a request needs of an absolute http or https URL.
struct Url {
  bool tls = false;
  std::string host;        ///< a name, or an address without brackets
  std::uint16_t port = 0;  ///< the scheme's if the URL says none
  std::string
      authority;       ///< what the Host field says: host, and the port if it is not the scheme's
  std::string target;  ///< path and query, "/" at least; without the fragment
  std::string credentials;  ///< "user:password", decoded; empty if there are none
};

/// kInvalidArgument for anything but an absolute http or https URL. The message quotes no part of
/// the URL that may be secret.
Result<Url> parse_url(std::string_view text);

/// The URL as a log line may show it: without user and password, without the values of its query,
/// and, where the path itself is the secret (Slack, Teams, Discord, Zapier, ...), without the path.
std::string redacted(std::string_view url);

}  // namespace leeway::net
