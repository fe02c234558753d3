#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/config/config.h"
#include "daemon/exporter/exporter.h"
#include "daemon/monitor/live_board.h"
#include "daemon/rules/facts.h"
#include "daemon/store/windows.h"
#include "detectors/base/finding.h"
#include "detectors/drift/compare.h"
#include "detectors/profile/schema.h"

namespace leeway::monitor {

enum class Status { kStarting, kLearning, kOk, kWarning, kCritical, kUnknown, kError };
std::string_view to_string(Status status);  ///< "starting", "learning", "ok", ...

/// What is known of one model now: what rules ask, the exporter shows and the API tells. The newest
/// judged window is the one with the largest start, so a correction of an older one changes nothing
/// here.
struct View {
  std::string trouble;  ///< why the model is not watched, for a person; empty if it is
  bool has_batches = true;
  bool learning = false;
  std::uint32_t learned_windows = 0;
  std::uint32_t windows_to_learn = 0;
  std::string reference_id;

  std::optional<store::Window> window;  ///< the newest judged one
  std::vector<Finding> findings;        ///< of that window
  drift::DriftSummary summary;
  std::vector<Finding> schema;  ///< what files of windows that are still open say of the columns
  std::map<std::string, double, std::less<>> missing;  ///< share by column, all rows
  std::map<std::string, double, std::less<>> unseen;

  std::optional<TimePoint> watermark;
  std::optional<TimePoint> last_arrival;
  std::uint64_t quarantined = 0;  ///< files that are there and could not be read
  std::string last_quarantine;    ///< "file: reason"; of the last when quarantined > 0
  std::uint64_t refused = 0;      ///< files that changed rows of windows closed for good
  std::string last_refusal;
  std::uint64_t closed_windows = 0;
  std::optional<double> false_alarms_per_day;

  LiveBoard::Reports live;  ///< what sources beside batches say now

  std::map<std::string, std::string, std::less<>> firing;  ///< open incidents: rule, severity
  std::string retraining;  ///< state of the newest retraining; empty if there never was one
  std::map<std::pair<std::string, std::string>, double> counters;  ///< (name, outcome) -> total
};

Status status_of(const View& view);

/// "freshness": clock time since the last arrival, critical beyond the limit.
Finding judge_freshness(const View& view, Duration limit, TimePoint now);

/// "source": a warning while there are files that were not, or not wholly, taken.
std::optional<Finding> source_finding(const View& view);

/// What the rules of the model may ask about.
rules::Facts facts_of(const View& view, const profile::Schema* schema, const config::Model& model,
                      std::uint64_t dead_deliveries, TimePoint now);

/// What /metrics shows of the model.
exporter::ModelMetrics metrics_of(const View& view, const config::Model& model);

}  // namespace leeway::monitor
