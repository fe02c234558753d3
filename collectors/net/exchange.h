#pragma once

#include <memory>
#include <optional>
#include <string>

#include "collectors/net/http_client.h"
#include "collectors/net/stream.h"
#include "collectors/net/tls_context.h"
#include "collectors/net/url.h"
#include "collectors/net/watch.h"

namespace leeway::net {

/// What of a request is the same each time it is sent.
class PreparedRequest {
 public:
  HttpRequest request;
  Url url;
  std::optional<Url> proxy;
  std::string head;
  std::string origin;  ///< connections of one origin serve each other's requests

  const Url& peer() const { return proxy ? *proxy : url; }  ///< who is connected to
};

/// One request on its way, and what became of it so far.
struct Job {
  Job(const PreparedRequest& what, Clock& clock)
      : prepared(what), request(what.request), watch(clock, request.limits.total) {}

  const PreparedRequest& prepared;
  const HttpRequest& request;
  TlsContext tls;  ///< null for http
  Watch watch;
  bool maybe_sent = false;
  bool first_byte_seen = false;
};

using ConnectOutcome = tl::expected<std::unique_ptr<Stream>, HttpFailure>;

/// Name, connection and TLS handshake.
Task<ConnectOutcome> connect(Job& job);

struct Exchanged {
  HttpResponse response;
  bool reusable = false;
};
using ExchangeOutcome = tl::expected<Exchanged, HttpFailure>;

/// Sends the request and reads the answer.
Task<ExchangeOutcome> exchange(Job& job, Stream& stream);

}  // namespace leeway::net
