#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "collectors/async/async.h"
#include "collectors/async/clock.h"
#include "collectors/net/headers.h"
#include "collectors/net/validity.h"
#include "detectors/base/result.h"

namespace leeway::net {

/// Where in its life a request was, in order.
enum class Phase {
  kPrepare,  ///< the request itself: its URL, a certificate file
  kDns,
  kConnect,
  kTls,
  kFirstByte,  ///< sending, and waiting for the first byte of the answer
  kBody,
};

std::string_view to_string(
    Phase phase);  ///< "prepare", "dns", "connect", "tls", "first byte", "body"

/// Deadlines, each from the begin of its phase; `total` from the begin of the request.
struct Limits {
  Duration dns = std::chrono::seconds(5);
  Duration connect = std::chrono::seconds(5);
  Duration tls = std::chrono::seconds(5);
  Duration first_byte = std::chrono::seconds(20);
  Duration total = std::chrono::seconds(30);
  std::size_t max_head_bytes = std::size_t{64} << 10U;
  std::size_t max_response_bytes = std::size_t{8} << 20U;
};

/// Files in PEM; empty: the system's authorities, no client certificate. Peers are always verified.
struct TlsOptions {
  std::string ca_file;           ///< trusted instead of the system's authorities
  std::string certificate_file;  ///< our own, with its chain
  std::string key_file;          ///< its private key; empty: in certificate_file
  std::string server_name{};     ///< asked for (SNI) and verified instead of the URL's host

  bool operator==(const TlsOptions&) const = default;
  auto operator<=>(const TlsOptions&) const = default;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;  ///< absolute; user and password in it become basic authorization
  Headers headers;  ///< Host, Content-Length and Connection are set by the client
  std::string body;
  TlsOptions tls;
  Limits limits;
  /// Makes a connection of its own and closes it: DNS, TCP and TLS are then part of each answer.
  bool own_connection = false;
  /// "http://[user:password@]host:port": asked to pass the request on (for https by CONNECT).
  /// Empty: none, whatever the environment says.
  std::string proxy{};
};

/// How long each phase took; nothing for a phase that did not happen (a connection of the pool
/// needs no name, connect and TLS) or did not end.
struct Timings {
  std::optional<Duration> dns;
  std::optional<Duration> connect;
  std::optional<Duration> tls;
  std::optional<Duration> first_byte;
  std::optional<Duration> body;
  Duration total{};
  bool reused = false;  ///< the connection came from the pool
};

struct HttpResponse {
  int status = 0;
  Headers headers;
  std::string body;
  Timings timings;
  std::optional<Validity> certificate{};  ///< of the one in the verified chain that expires first
};

/// A request without an answer. Any status is an answer.
struct HttpFailure {
  /// kTimeout when a deadline hit, kUnavailable when the peer or the network failed, kCorrupt when
  /// the answer is no HTTP or too large, kInvalidArgument when the request could not be made,
  /// kCancelled. The message names the phase, the deadline and the redacted URL.
  Error error;
  Phase phase = Phase::kPrepare;
  bool deadline_hit = false;  ///< that of the phase, or the total one
  Duration deadline{};        ///< the one that hit
  bool maybe_sent = false;  ///< the peer may have got the request, or a part of it, and acted on it
  Timings timings;
};

/// An answer of the peer, whatever its status, or why there is none.
class [[nodiscard]] HttpOutcome : public tl::expected<HttpResponse, HttpFailure> {
 public:
  using tl::expected<HttpResponse, HttpFailure>::expected;
};

/// The one way by which Leeway asks others over HTTP/1.1. Redirects are answers like any other and
/// never followed; a proxy is used only where the request names one. Belongs to the thread of its
/// io_context.
class HttpClient {
 public:
  virtual ~HttpClient() = default;

  /// A connection of the pool that turns out to be closed before the first byte of the answer is
  /// replaced by a new one once, if the method is safe to repeat (GET, HEAD, PUT, DELETE, OPTIONS)
  /// or nothing was sent.
  virtual Task<HttpOutcome> send(HttpRequest request) = 0;
};

/// A request that is sent again and again, with all that can be done once done: the URL parsed, the
/// head written. Immutable, and may be sent several times at once.
class PreparedRequest;
using Prepared = std::shared_ptr<const PreparedRequest>;

/// A client that saves the third of a request's cost that is the same each time.
class PreparingClient : public HttpClient {
 public:
  /// kInvalidArgument for a URL, method or header field that cannot be sent.
  virtual Result<Prepared> prepare(HttpRequest request) = 0;

  /// As send().
  virtual Task<HttpOutcome> send_prepared(Prepared request) = 0;
};

struct HttpClientOptions {
  std::string user_agent = "leeway";
  std::size_t idle_per_origin = 4;  ///< connections kept for the next request
  std::size_t idle_total = 64;
  Duration idle_timeout = std::chrono::seconds(30);
  /// An older connection is not kept, so that a name that moved and a new certificate are seen.
  Duration connection_lifetime = std::chrono::hours(1);
};

/// Its coroutines run where they are awaited. `clock` outlives the client, which outlives send().
std::unique_ptr<PreparingClient> make_http_client(Clock& clock, HttpClientOptions options = {});

}  // namespace leeway::net
