#pragma once

#include <string>
#include <vector>

#include "daemon/config/config.h"
#include "daemon/monitor/live_board.h"
#include "daemon/store/live.h"
#include "detectors/base/finding.h"

namespace leeway::monitor {

/// Which version a model has now: as its registry says, else as it is configured, else as its
/// endpoint says. Empty: nobody says.
std::string version_now(const LiveBoard::Reports& reports, const config::Model& model);

/// The version in the rows of a window that ended at `end` and in which it did not change.
/// @param now  version_now()
Result<std::string> version_at(store::Connection& connection, const std::string& model,
                               TimePoint end, std::string now);

/// "version 3 became 4 between 2026-11-26T09:59:00Z and 2026-11-26T10:00:00Z (registry)"; one part
/// for each event, of the first three. Empty without events.
std::string change_sentence(const std::vector<store::Event>& changes);

/// Rows of two versions are one sample of neither: what compares distributions or predictions
/// becomes `mixed` and keeps its value. Findings of the rows as such (volume, schema, missing,
/// unseen, type errors) stay, as does what is unknown already.
void hold_back_mixed(std::vector<Finding>& findings);

}  // namespace leeway::monitor
