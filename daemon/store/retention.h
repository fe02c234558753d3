#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "daemon/store/sqlite.h"

namespace leeway::store {

/// How long what is over is kept. What is open, pending or in flight is never deleted.
struct Retention {
  Duration history =
      std::chrono::days(400);  ///< windows with findings and contributions, live findings, events
  Duration deliveries = std::chrono::days(90);  ///< ended ones, with their attempts
  Duration records = std::chrono::days(400);    ///< resolved incidents, ended retrainings, acts
  std::uint64_t max_bytes = 0;  ///< above it the oldest history goes, whatever its age; 0: no limit
};

/// Deletes at most `limit` windows, deliveries and records of each kind that are older, and gives
/// freed pages back to the file system. Gives how many went: call again, in a write of its own,
/// while that is not 0.
Result<std::uint64_t> prune(Connection& connection, const Retention& retention, TimePoint now,
                            std::size_t limit);

/// The bytes that the database uses, without pages that are free for reuse.
Result<std::uint64_t> used_bytes(Connection& connection);

}  // namespace leeway::store
