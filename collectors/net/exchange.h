#pragma once

#include <memory>
#include <string>
#include <utility>

#include "collectors/net/http_client.h"
#include "collectors/net/stream.h"
#include "collectors/net/tls_context.h"
#include "collectors/net/url.h"
#include "collectors/net/watch.h"

namespace leeway::net {

/// One request on its way: what to send where, and what became of it so far.
struct Job {
  Job(HttpRequest what, Clock& clock)
      : request(std::move(what)), watch(clock, request.limits.total) {}

  HttpRequest request;
  Url url;
  std::string head;
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
