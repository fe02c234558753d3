#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace leeway::tests {

/// A request as it arrived.
struct ReceivedRequest {
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
  int answered = 0;  ///< the status it was given, 0 if the connection was closed without one

  std::string header(std::string_view name) const;  ///< empty if absent
};

/// What the receiver does with a request.
struct Answer {
  int status = 204;
  std::map<std::string, std::string> headers = {};  ///< "Retry-After", "Location", ...
  std::string body = {};
  std::chrono::milliseconds delay{0};  ///< before the answer; stop() does not wait for it
  bool close = false;                  ///< closes without an answer, after the request was read
};

/// Chooses the answer to the n-th request, from 0, in the order of arrival. Called on a thread of
/// the receiver, one at a time.
using Plan = std::function<Answer(std::size_t n, const ReceivedRequest& request)>;

/// A real HTTP/1.1 server on a free port of the loopback that keeps what it gets. Each connection
/// has a thread; connections are kept alive. Thread-safe.
class WebhookReceiver {
 public:
  WebhookReceiver();  ///< answers every request with 204
  explicit WebhookReceiver(Plan plan, std::uint16_t port = 0);
  ~WebhookReceiver();
  WebhookReceiver(const WebhookReceiver&) = delete;
  WebhookReceiver& operator=(const WebhookReceiver&) = delete;

  std::uint16_t port() const;
  std::string url(std::string_view path = "/hook") const;

  std::vector<ReceivedRequest> requests() const;
  std::size_t count() const;

  /// Waits until at least `count` requests were answered; false when the deadline passes.
  bool wait_for(std::size_t count, std::chrono::milliseconds deadline) const;

  void set_plan(Plan plan);

  /// Closes the port and every connection; a receiver made anew on this port takes over.
  void stop();

 private:
  class Server;
  std::unique_ptr<Server> server_;
};

/// Standard Webhooks 1.0.0: whether one of the signatures in `webhook-signature` is the
/// HMAC-SHA256 of "id.timestamp.body" under `secret` ("whsec_" and base64). Empty if it is,
/// otherwise what is wrong: "no webhook-id", "webhook-timestamp is 400 s off", ...
/// @param now  of the receiver, seconds since 1970; the time stamp may be 5 minutes off
std::string signature_fault(const ReceivedRequest& request, std::string_view secret,
                            std::int64_t now);

/// The value of `webhook-signature` for a request: "v1,..."; empty if the secret is malformed.
std::string webhook_signature(std::string_view secret, std::string_view id,
                              std::string_view timestamp, std::string_view body);

}  // namespace leeway::tests
