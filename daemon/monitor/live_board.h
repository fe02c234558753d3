#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/async/async.h"
#include "daemon/exporter/exporter.h"
#include "detectors/base/finding.h"
#include "detectors/base/time.h"

namespace leeway::monitor {

/// A finding of the clock: what one observation said, not what a window of rows did.
///
/// `finding.measure` is the path by which rules ask for it and must be one of
/// daemon/rules/paths.h, whose labels are then `part` or none; column and segment stay empty. The
/// value is in the path's unit; without a value, or with an unknown verdict, rules neither fire nor
/// resolve on it. `finding.critical` (or `warning`) is what `threshold` means in a condition.
struct LiveFinding {
  Finding finding;
  std::string part = {};  ///< which of several: "gpu0", "challenger"; from the configuration or the
                          ///< machine, never from data; mostly empty
  TimePoint observed_at;  ///< `for: 1m` wants at least two of these that differ
  std::optional<TimePoint> good_until = {};  ///< after it the finding is `no_data`: a source that
                                             ///< hangs must not keep an old value alive

  bool operator==(const LiveFinding&) const = default;
};

/// All that one source says of its model now.
struct LiveReport {
  std::vector<LiveFinding> findings;
  /// For /metrics, without the labels environment and model, which are added. Totals must not go
  /// back within one life of the process; after a restart they go on from store::source_state().
  std::vector<exporter::Series> series;
  std::string version = {};                       ///< of the model, where the source knows it
  std::optional<TimePoint> version_changed = {};  ///< when another one was seen last
  boost::json::object details;  ///< shown as `live.SOURCE.details` by the API; small
};

/// Where the sources of one model beside its batches ("endpoint", "compute") put what they know,
/// and where its ModelMonitor reads it. A change wakes the monitor: at once if a verdict changed,
/// within seconds otherwise; it then steps the rules, exports, and writes the history (each change
/// of a verdict, and a sample an hour). On the thread of the io_context; no I/O, O(findings).
///
/// Another version that a source has seen is in its report, after its event (of a kind that ends in
/// ".version") was committed: windows in which it lies are shown as mixed, not judged.
///
/// Events (another version, another schema) are not put here: a source writes them with
/// store::add_event() in the transaction that keeps its own state (store::save_source_state()), so
/// that a crash neither loses nor repeats one, and says what follows for rules as a finding.
class LiveBoard {
 public:
  using Reports = std::map<std::string, std::shared_ptr<const LiveReport>, std::less<>>;

  /// Replaces what `source` said. The source's name is a plain word, the same over restarts.
  void publish(std::string_view source, LiveReport report);

  const Reports& reports() const { return reports_; }

  /// Who reads. `urgent`: some finding is new, gone or has another verdict.
  void on_change(std::function<void(bool urgent)> reader) { reader_ = std::move(reader); }

 private:
  Reports reports_;
  std::function<void(bool)> reader_;
};

/// Something beside batches that watches a model. Made anew when its model's configuration changes,
/// so it copies what it needs of it; told to stop like every coroutine of a TaskGroup.
class LiveSource {
 public:
  virtual ~LiveSource() = default;

  /// Until told to stop. Failures of the world are findings, not an end.
  virtual Task<> run() = 0;

  /// True while it waits for somebody's answer, and not for time to pass.
  virtual bool busy() const { return false; }
};

/// The same as of `now`: a finding whose time is over is `no_data`. Shares the reports in which
/// nothing is.
LiveBoard::Reports as_of(const LiveBoard::Reports& reports, TimePoint now);

/// The labels of a live finding in rules: its part, if it has one.
std::map<std::string, std::string, std::less<>> labels_of(const LiveFinding& live);

}  // namespace leeway::monitor
