#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "collectors/async/async.h"
#include "collectors/async/clock.h"
#include "daemon/api/message.h"

namespace leeway::api {

/// PEM files.
struct ServerTls {
  std::string certificate_file;  ///< with its chain
  std::string key_file;
  std::string client_ca_file;  ///< not empty: clients must show a certificate that it signed
};

struct ServerOptions {
  std::string address = "127.0.0.1";  ///< an IP address, no name
  std::uint16_t port = 0;             ///< 0: any free one
  std::optional<ServerTls> tls = std::nullopt;
  std::size_t max_connections = 256;
  std::size_t max_head_bytes = std::size_t{16} << 10U;
  std::size_t max_body_bytes = std::size_t{1} << 20U;
  Duration request_timeout =
      std::chrono::seconds(10);  ///< from the first byte of a request to its last; TLS handshake
  Duration write_timeout = std::chrono::seconds(30);  ///< without any progress of an answer
  Duration idle_timeout = std::chrono::minutes(6);    ///< between requests; Prometheus keeps for 5
};

struct Handlers {
  /// Tried first, in the turn in which the request was read. The request is only lent.
  std::function<std::optional<Response>(const Request&)> ready;
  /// Tried when there is nothing ready; without one, the answer is 404.
  std::function<Async<Response>(Request)> later;
};

struct ServerStatistics {
  std::uint64_t connections = 0;  ///< accepted so far
  std::uint64_t refused = 0;      ///< closed at once, because there were max_connections
  std::uint64_t requests = 0;     ///< answered, also with an error
  std::uint64_t malformed = 0;    ///< answered 400 to 417, 431, 501 or 505 by the server itself
  std::uint64_t timeouts = 0;     ///< connections closed for being slow
  std::size_t open = 0;           ///< connections now
  std::size_t busy = 0;           ///< requests that are being handled or answered now
};

/// HTTP/1.1 over TCP or TLS for tens of clients: keep-alive, pipelining, HEAD, Expect.
/// Deadlines are coarse (a quarter late at most) and cost one timer for all connections, none while
/// there is no connection. Belongs to the thread of its io_context.
class Server {
 public:
  /// kUnavailable if the port is taken, kInvalidConfig for a wrong address or certificate.
  static Result<std::unique_ptr<Server>> listen(asio::any_io_executor executor, Clock& clock,
                                                ServerOptions options, Handlers handlers);
  ~Server();  ///< after stop()
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  ServerStatistics statistics() const;

  /// Reads the certificate files again, for connections to come; on an error the old ones stay.
  Result<> reload_certificates();

  /// Stops accepting, closes idle connections, lets busy ones end until `deadline`, then closes
  /// those too and says so with kTimeout. May be called twice.
  Async<> stop(Duration deadline);

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace leeway::api
