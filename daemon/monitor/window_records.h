#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/monitor/decisions.h"
#include "daemon/monitor/judge.h"
#include "daemon/monitor/timeline.h"
#include "daemon/store/windows.h"
#include "detectors/base/finding.h"

namespace leeway::monitor {

/// All that the close of a window leaves behind.
struct JudgedWindow {
  store::Window window;
  std::vector<Finding> findings;
  Decisions decisions;
  std::uint64_t closed_windows = 0;  ///< of the model, with this one
  retraining::Plan plan;             ///< for a request that is held
};

/// Writes it in one transaction: call it inside Store::write. Gives the retrainings that came into
/// another state.
Result<std::vector<store::Retraining>> record_judged(store::Connection& connection,
                                                     const JudgedWindow& judged, TimePoint now);

/// Other rows for a judged window, or another version inside of it: its new findings and one more
/// correction. Gives the window as it now stands; nothing if the history has it no more.
Result<std::optional<store::Window>> record_correction(store::Connection& connection,
                                                       const std::string& model,
                                                       const Closing& window,
                                                       const Judgement& judgement, TimePoint now);

/// What a window says of itself beside its findings: that it is learned from, or mixed, and why.
std::string note_of(const Judgement& judgement, bool learning);

/// What one look at the rules decided, and the held request of the model once more. Gives the
/// retrainings that came into another state.
Result<std::vector<store::Retraining>> record_decisions(store::Connection& connection,
                                                        const std::string& model,
                                                        const Decisions& decisions,
                                                        const retraining::Plan& plan,
                                                        TimePoint now);

}  // namespace leeway::monitor
