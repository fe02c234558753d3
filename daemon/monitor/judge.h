#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collectors/tables/extract.h"
#include "collectors/tables/plan.h"
#include "daemon/config/config.h"
#include "daemon/monitor/baselines.h"
#include "daemon/monitor/timeline.h"
#include "detectors/drift/compare.h"
#include "detectors/profile/reference.h"
#include "detectors/threshold/thresholds.h"

namespace leeway::monitor {

/// What is known of the files that a reference was made from, beside their rows.
struct Origin {
  std::vector<tables::Segments> segments;
  std::vector<tables::ObservedColumn> columns;
  std::filesystem::path sample{};  ///< file of drawn rows, one sample a window; mostly empty
};

struct MultivariateBaseline;

/// Why learning goes on from later windows than the first: its windows changed inside.
struct LearnedAnew {
  TimePoint from;           ///< windows that start earlier are not learned from
  std::uint32_t times = 0;  ///< how often that happened
  std::string note;         ///< what changed and when, one sentence

  bool operator==(const LearnedAnew&) const = default;
};

/// A reference in force with all that judging needs of it. Immutable, shared between the
/// io_context and the pool.
struct ActiveReference {
  std::string id;
  profile::Reference reference;
  threshold::Thresholds thresholds;          ///< of all rows
  std::optional<tables::SeasonClock> clock;  ///< where windows have a season
  std::vector<SeasonLevel> seasons;          ///< of all rows, the finest first
  Baselines segments;
  std::shared_ptr<const tables::MappedExtract>
      extract;                  ///< sorted values, where the reference fitted the budget
  drift::SortedColumns sorted;  ///< views into `extract`
  Origin origin;
  bool provisional = false;  ///< still learned from: rows are counted, nothing is judged
  std::optional<LearnedAnew> learned_anew = {};  ///< of a provisional one
  std::filesystem::path live_sample{};  ///< of live windows, where it has no windows itself
  std::shared_ptr<const MultivariateBaseline> multivariate{};  ///< once it was asked for

  /// The column that event time is read from; nothing if there is none.
  std::optional<std::string> timestamp() const;
};

/// Learns the thresholds and maps the extract. The parts of `reference` become `segments`. Blocks;
/// O(windows x columns x cells).
Result<std::shared_ptr<const ActiveReference>> activate(
    profile::Reference reference, const std::optional<std::filesystem::path>& extract,
    Origin origin, const config::Model& model, bool provisional);

/// What was folded of one segment of a window, in the fixed order of merging.
struct SegmentParts {
  std::string segment;  ///< empty: all rows
  std::vector<std::string> profiles;
  std::vector<std::filesystem::path> extracts;  ///< complete, or empty: then the grid decides
};

/// What is judged: the segments of a window, all rows among them, and what its sources say of the
/// columns.
struct WindowRows {
  std::vector<SegmentParts> parts;
  std::vector<Finding> schema = {};
  std::vector<Finding> multivariate = {};  ///< of several columns at once, and of embeddings
  /// Which version became which, and when, if the model's version changed inside of the window:
  /// what compares rows is then shown, not judged.
  std::string mixed = {};
};

struct Judgement {
  std::vector<Finding> findings;
  drift::DriftSummary summary;
  std::uint64_t rows = 0;
  profile::Profile profile;  ///< of all rows of [from, end)
  std::string version = {};  ///< of the model: the one in force, or store::kMixedVersions
  std::string mixed = {};    ///< as WindowRows has it
};

/// The findings of one closed window: drift, quality and schema of each column and segment, and the
/// model's own volume. Each segment is compared with what the reference has of it; of one that the
/// reference lacks (`learning`), or of which it has too little (`too_few`), just that is said. A
/// label that no row has is not in yet and not judged. While the windows are learned from,
/// "learning" warns that they began anew, and why. Pure but for the extracts that it maps; runs on
/// the pool.
/// @param now  of the clock: ends mutes
Result<Judgement> judge(const ActiveReference& reference, const config::Model& model,
                        const Closing& window, WindowRows rows, TimePoint now);

/// The user's exceptions: a muted column is shown, not judged.
void apply_mutes(std::vector<Finding>& findings, const config::Columns& columns, TimePoint now);

/// How many rows a window should have, as the reference's windows show. Empty with fewer than 4.
struct VolumeExpectation {
  double median = 0.0;
  double spread = 0.0;  ///< 1.4826 x median absolute deviation, at least 5 % of the median
};
std::optional<VolumeExpectation> expected_volume(const profile::Reference& reference);

/// The same of a window that starts at `start`: of the windows in its phase of the season, in which
/// no rows may be what is usual, where there is a season and enough of them.
std::optional<VolumeExpectation> expected_volume(const ActiveReference& reference, TimePoint start);

/// "volume": rows of the window over what is expected. No rows is critical where some are expected,
/// and fine where none are. Else the thresholds are the limits, which are factors to either side,
/// or 6 spreads where those are further; those on the side of the value are given. They are fixed:
/// no part of the budget for false alarms.
Finding judge_volume(const std::optional<VolumeExpectation>& expected, std::uint64_t rows,
                     const config::Limits& limits);

}  // namespace leeway::monitor
