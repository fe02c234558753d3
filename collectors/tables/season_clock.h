#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "collectors/tables/panes.h"
#include "detectors/base/season.h"

namespace leeway::tables {

/// Knows the phases of seasons in the time zone of a pane rule: what the local clock shows when a
/// pane starts. Immutable.
class SeasonClock {
 public:
  /// As PaneClock::create().
  static Result<SeasonClock> create(const PaneRule& rule);

  /// 0 to 23, 0 to 6 from Monday on, or 24 x day + hour; 0 without a season.
  std::uint32_t phase(Season season, TimePoint pane) const;

  /// The phases of the panes that start in [from, end), ascending, each once.
  std::vector<std::uint32_t> phases(Season season, TimePoint from, TimePoint end) const;

  const PaneClock& panes() const { return panes_; }

 private:
  SeasonClock(PaneClock panes, const date::time_zone* zone) : panes_(panes), zone_(zone) {}

  PaneClock panes_;
  const date::time_zone* zone_ = nullptr;
};

/// For people: "08:00", "Mondays", "Mondays at 08:00"; "all" without a season.
std::string phase_name(Season season, std::uint32_t phase);

}  // namespace leeway::tables
