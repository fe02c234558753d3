#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/sqlite.h"
#include "detectors/base/finding.h"

namespace leeway::store {

/// Makes `findings` the findings of this window, whatever it had before. Segment, column and
/// measure together name a finding and must not occur twice.
Result<> replace_findings(Connection& connection, std::string_view model, TimePoint window_start,
                          std::span<const Finding> findings);

/// The findings of one window, in the order in which they were given.
Result<std::vector<Finding>> findings(Connection& connection, std::string_view model,
                                      TimePoint window_start);

struct WindowFindings {
  TimePoint window_start;
  std::vector<Finding> findings;
};

/// Those of the newest window of the model that has findings.
Result<std::optional<WindowFindings>> latest_findings(Connection& connection,
                                                      std::string_view model);

/// What to draw a line of.
struct SeriesKey {
  std::string model;
  std::string segment;
  std::string column;
  std::string measure;
};

struct SeriesPoint {
  TimePoint window_start;
  Finding finding;
};

/// The points of a series with from <= window_start < to, oldest first, at most the newest `limit`.
Result<std::vector<SeriesPoint>> series(Connection& connection, const SeriesKey& key,
                                        TimePoint from, TimePoint to, std::size_t limit);

}  // namespace leeway::store
