#include "daemon/delivery/webhook.h"

#include <utility>

#include "daemon/delivery/retry_class.h"

namespace leeway::delivery {

Webhook::Webhook(net::HttpClient& client, Clock& clock, WebhookOptions options)
    : client_(client), clock_(clock), options_(std::move(options)) {}

Async<Outcome> Webhook::deliver(store::Delivery delivery) {
  auto outcome = co_await attempt(delivery);
  const bool unauthorized = outcome && (outcome->status == 401 || outcome->status == 403);
  if (unauthorized && reread_secrets()) co_return co_await attempt(delivery);
  co_return outcome;
}

/// True if there are other secrets now.
bool Webhook::reread_secrets() {
  if (!options_.reread) return false;
  auto fresh = options_.reread();
  if (!fresh || *fresh == options_.secrets) return false;
  options_.secrets = std::move(*fresh);
  return true;
}

Async<Outcome> Webhook::attempt(const store::Delivery& delivery) {
  const TimePoint now = clock_.now();
  net::HttpRequest request;
  request.method = "POST";
  request.url = options_.url;
  request.headers = options_.headers;
  request.headers.add("Content-Type", delivery.content_type);
  request.headers.add("webhook-id", delivery.id);
  request.headers.add(
      "webhook-timestamp",
      std::to_string(std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count()));
  if (!options_.secrets.empty()) {
    request.headers.add("webhook-signature",
                        options_.secrets.sign(delivery.id, now, delivery.payload));
  }
  request.body = delivery.payload;
  request.tls = options_.tls;
  request.limits.total = request.limits.first_byte = options_.timeout;
  request.limits.max_response_bytes = std::size_t{1} << 20U;

  const auto answer = co_await client_.send(std::move(request));
  co_return judge(retry_class("webhook"), answer, clock_.now());
}

}  // namespace leeway::delivery
