#pragma once

#include "daemon/config/model_registry.h"
#include "daemon/monitor/live_board.h"
#include "daemon/registry/registry_state.h"

namespace leeway::registry {

/// Another version holds a rule's condition for so long.
inline constexpr Duration kChangeLasts = std::chrono::hours(1);

/// What is said of a registry: findings, series and details. Pure.
monitor::LiveReport report_of(const RegistryState& state, const config::ModelRegistry& registry,
                              TimePoint now);

}  // namespace leeway::registry
