#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/compute/account.h"
#include "daemon/compute/week.h"
#include "daemon/config/compute.h"
#include "daemon/monitor/live_board.h"

namespace leeway::compute {

/// How one source fares.
struct SourceState {
  std::string kind;
  std::string error;            ///< why it said nothing the last time; empty if it did
  std::vector<Absent> absent;   ///< what it cannot give
  std::vector<Metric> present;  ///< what it gives
};

/// Everything that is known of a model's compute at one moment.
struct Known {
  TimePoint now;
  TimePoint good_until;
  Account::Step step;
  std::vector<SourceState> sources;
  std::string opencost_error;    ///< why OpenCost gave nothing the last time
  bool endpoint_counts = false;  ///< the predictions, which are then exported as the endpoint's
};

/// The findings `compute.*` and `cost.*`, the metrics, and what the API shows. What nothing is
/// known of is left out where no source would give it, and `no_data` with the reason where one
/// would.
monitor::LiveReport report(const Known& known, const Account& account, const Week& week,
                           const config::Compute& settings);

}  // namespace leeway::compute
