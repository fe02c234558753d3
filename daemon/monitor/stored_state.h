#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/store/counters.h"
#include "daemon/store/ledger.h"
#include "daemon/store/retrainings.h"
#include "daemon/store/windows.h"
#include "detectors/base/finding.h"

namespace leeway::monitor {

/// What the store knows of a model beside its rows: enough to go on after a restart.
struct StoredState {
  std::optional<store::Progress> progress;
  std::optional<store::Window> newest_judged;
  std::vector<Finding> findings;     ///< of that window
  std::vector<TimePoint> withdrawn;  ///< windows whose rows changed after they were judged
  std::uint64_t windows_with_rows = 0;
  std::optional<std::string> rule_states;       ///< serialized
  std::vector<store::Counter> counters;         ///< of all models
  std::optional<store::Retraining> retraining;  ///< the newest
  std::map<store::RetrainingState, std::uint64_t> ended_retrainings;
};

Result<StoredState> read_state(store::Connection& connection, const std::string& model);

}  // namespace leeway::monitor
