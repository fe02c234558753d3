#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "detectors/base/result.h"
#include "detectors/base/time.h"

namespace leeway::delivery {

/// The signing secrets of one Standard Webhook (Standard Webhooks 1.0.0, symmetric `v1`). During a
/// rotation there are two, and every message carries a signature of each. Not printable.
class WebhookSecrets {
 public:
  WebhookSecrets() = default;  ///< none: messages are not signed

  /// Each `whsec_` and base64 of 24 to 64 bytes; at most two. kInvalidConfig without quoting them.
  static Result<WebhookSecrets> parse(const std::vector<std::string>& texts);

  bool empty() const { return keys_.empty(); }

  /// The value of webhook-signature for "{id}.{seconds}.{body}".
  std::string sign(std::string_view id, TimePoint at, std::string_view body) const;

  bool operator==(const WebhookSecrets&) const = default;

 private:
  std::vector<std::string> keys_;  // decoded
};

}  // namespace leeway::delivery
