#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/config/model_registry.h"
#include "detectors/base/result.h"
#include "detectors/base/time.h"

namespace leeway::registry {

/// How far the results of one model are written, as it survives a restart. Pure.
struct WriteBackState {
  std::string place;                   ///< server, and experiment or run
  std::optional<TimePoint> done = {};  ///< start of the last window that was written or passed over
  std::string run_version = {};        ///< what `run` is of
  std::string run = {};                ///< id of the run that is written to; empty: not known yet
  std::uint64_t written = 0;           ///< windows
  std::uint64_t dropped = 0;

  bool operator==(const WriteBackState&) const = default;
};

std::string place_of(const config::ModelRegistry& registry);

std::string serialize(const WriteBackState& state);

/// kCorrupt for anything that serialize() has not made.
Result<WriteBackState> parse_write_back(std::string_view text);

}  // namespace leeway::registry
