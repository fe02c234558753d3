#pragma once

#include <boost/json/value.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "collectors/async/async.h"
#include "collectors/net/http_client.h"
#include "detectors/base/time.h"

namespace leeway::compute {

/// A server that is asked over HTTP.
struct Peer {
  std::string url;  ///< without a slash at its end
  net::TlsOptions tls;
  /// The Authorization field, read again for each request since tokens rotate; empty function: none
  std::function<Result<std::string>()> authorization;
  Duration timeout = std::chrono::seconds(10);
  std::size_t max_bytes = std::size_t{16} << 20U;
};

/// GET of peer.url + target; the body of a 200. Any other status is an error with what the peer
/// says: kInvalidConfig for 400, 401, 403, 404 and 422, kUnavailable for the rest.
Async<std::string> get_text(net::HttpClient& http, Peer peer, std::string target);

/// POST of form fields, for queries that are too long for an address.
Async<std::string> post_form(net::HttpClient& http, Peer peer, std::string target,
                             std::string fields);

/// kCorrupt with the place for what is no JSON.
Result<boost::json::value> parse_json(std::string_view text, std::string_view what);

/// For a query string or a form: everything but letters, digits and -._~ becomes %XX.
std::string percent_encoded(std::string_view text);

}  // namespace leeway::compute
