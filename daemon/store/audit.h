#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/sqlite.h"

namespace leeway::store {

/// Who did what, when.
struct Act {
  TimePoint at;
  std::string who;
  std::string what;     ///< "approve", "retry", "drop", "reload", ...
  std::string subject;  ///< the model, delivery, ...
  std::string details;

  bool operator==(const Act&) const = default;
};

Result<> record_act(Connection& connection, const Act& act);

/// Newest first.
Result<std::vector<Act>> acts(Connection& connection, std::size_t limit);

}  // namespace leeway::store
