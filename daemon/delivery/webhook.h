#pragma once

#include <functional>
#include <memory>
#include <string>

#include "collectors/async/clock.h"
#include "collectors/net/http_client.h"
#include "daemon/delivery/standard_webhooks.h"
#include "daemon/delivery/target.h"

namespace leeway::delivery {

struct WebhookOptions {
  std::string url;
  WebhookSecrets secrets;
  net::Headers headers;  ///< sent as they are, for instance Authorization
  net::TlsOptions tls;
  Duration timeout = std::chrono::seconds(20);
  /// Asked after a 401 or 403; other secrets are tried at once. None: what is given stays.
  std::function<Result<WebhookSecrets>()> reread;
};

/// A Standard Webhook: POST of the payload with webhook-id (the delivery's, the same on every
/// retry), webhook-timestamp (of the attempt) and webhook-signature. 2xx is success; redirects are
/// not followed and fail; 410 disables the target; 408, 425, 429, 5xx and network failures are
/// tried again, not before Retry-After.
class Webhook : public Target {
 public:
  /// `client` and `clock` outlive it.
  Webhook(net::HttpClient& client, Clock& clock, WebhookOptions options);

  Async<Outcome> deliver(store::Delivery delivery) override;
  bool idempotent() const override { return true; }

 private:
  Async<Outcome> attempt(const store::Delivery& delivery);
  bool reread_secrets();

  net::HttpClient& client_;
  Clock& clock_;
  WebhookOptions options_;
};

}  // namespace leeway::delivery
