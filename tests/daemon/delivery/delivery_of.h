#pragma once

#include <string>

#include "daemon/store/outbox.h"

namespace leeway::tests {

/// A delivery that is due at `now`.
inline store::Delivery delivery_of(std::string id, TimePoint now, std::string target = "hook",
                                   std::string subject = "") {
  store::Delivery delivery;
  delivery.dedupe = id;
  delivery.id = std::move(id);
  delivery.target = std::move(target);
  delivery.subject = std::move(subject);
  delivery.kind = "incident";
  delivery.payload = R"({"test": 2432232314})";
  delivery.created_at = delivery.next_attempt_at = now;
  return delivery;
}

}  // namespace leeway::tests
