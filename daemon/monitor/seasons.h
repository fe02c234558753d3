#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "collectors/tables/season_clock.h"
#include "detectors/profile/reference.h"
#include "detectors/threshold/thresholds.h"

namespace leeway::monitor {

/// A phase of a season, Mondays, say, of which the reference has less is compared with a coarser
/// one.
inline constexpr std::uint64_t kFewestPhaseRows = 500;
inline constexpr std::size_t kFewestPhaseWindows = 4;

/// What the reference has of one phase.
struct Phase {
  profile::Profile profile;
  std::size_t windows = 0;

  bool is_enough() const {
    return profile.rows >= kFewestPhaseRows && windows >= kFewestPhaseWindows;
  }
};

/// What rows are compared with by one season: the reference's windows of the same phase.
///
/// The thresholds are learned from all phases together, each window against the others of its own
/// phase: four Mondays say little of how far Mondays stray from each other, but twenty-eight days
/// do of how far days stray from those of their name.
struct SeasonLevel {
  Season season = Season::kNone;
  std::map<std::uint32_t, Phase> phases;
  threshold::Thresholds thresholds;
};

using LearnThresholds = std::function<threshold::Thresholds(const profile::Reference&)>;

/// The season and its coarser ones, the finest first; nothing without a season or windows.
/// O(windows x columns x cells) for each.
std::vector<SeasonLevel> learn_seasons(const profile::Reference& reference, Season season,
                                       const tables::SeasonClock& clock,
                                       const LearnThresholds& learn);

/// What the rows of [from, end) are compared with.
struct SeasonChoice {
  const SeasonLevel* level = nullptr;  ///< of the levels given; null: with all of the reference
  std::vector<std::uint32_t> phases;   ///< those of the window's panes
  std::string note;                    ///< why it is not the finest; empty if it is

  /// Of those phases together, in bins of their own.
  profile::Reference reference(const profile::Schema& schema) const;
  std::string name() const;  ///< "Mondays", "08:00 and 09:00"
};
SeasonChoice choose(const std::vector<SeasonLevel>& levels, const tables::SeasonClock& clock,
                    TimePoint from, TimePoint end);

/// Rows of the reference's windows in the phase of `start`, of the finest level that has at least 4
/// windows of it. A pane without rows between the first window and the last counts as a window of
/// none. Empty if no level has enough.
std::vector<double> rows_in_phase(const profile::Reference& reference,
                                  const std::vector<SeasonLevel>& levels,
                                  const tables::SeasonClock& clock, TimePoint start);

}  // namespace leeway::monitor
