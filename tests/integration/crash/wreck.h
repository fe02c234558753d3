#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "detectors/base/time.h"
#include "tests/support/webhook_receiver.h"

namespace leeway::tests {

/// What was under way when the daemon was killed, read from what it left behind and not guessed.
struct Wreck {
  bool batch = false;     ///< rows are decoded in the scratch folder, and no row names them
  bool delivery = false;  ///< a webhook has arrived, and the outbox does not know of the attempt
  /// The newest window that has closed for every model; nothing if one has fallen far behind.
  std::optional<TimePoint> closed;
};

/// Looks at one state directory after each kill. It reads a copy of the database: recovering it is
/// for the daemon to do, and not for the test.
class Wrecks {
 public:
  Wrecks(std::filesystem::path state, const WebhookReceiver& receiver);

  Wreck look();

 private:
  std::filesystem::path state_;
  const WebhookReceiver& receiver_;
  std::set<std::string, std::less<>> named_;       ///< extracts, at the last look
  std::map<std::string, std::size_t> unrecorded_;  ///< arrivals without an attempt, by webhook-id
};

}  // namespace leeway::tests
