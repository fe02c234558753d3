#include "daemon/monitor/seasons.h"

#include <algorithm>
#include <utility>

#include "detectors/base/result.h"
#include "detectors/profile/bins.h"

namespace leeway::monitor {
namespace {

constexpr std::size_t kMostPanes = 100'000;
constexpr std::size_t kMostNames = 3;

SeasonLevel gather(const profile::Reference& reference, Season season,
                   const tables::SeasonClock& clock) {
  SeasonLevel level{.season = season, .phases = {}, .thresholds = {}};
  for (const profile::Reference::Window& window : reference.windows) {
    const auto [phase, fresh] = level.phases.try_emplace(clock.phase(season, window.start));
    if (fresh) phase->second.profile = profile::Profile::empty_for(reference.schema);
    const Result<> merged = phase->second.profile.merge(window.profile);
    LEEWAY_ASSERT(merged.has_value(), "the windows of a reference have its schema");
    ++phase->second.windows;
  }
  return level;
}

/// The windows whose phases have enough, each marked with its phase.
profile::Reference by_phase(const profile::Reference& reference, const SeasonLevel& level,
                            const tables::SeasonClock& clock) {
  profile::Reference phased;
  phased.schema = reference.schema;
  phased.profile = reference.profile;
  for (const profile::Reference::Window& window : reference.windows) {
    const std::uint32_t phase = clock.phase(level.season, window.start);
    if (!level.phases.at(phase).is_enough()) continue;
    phased.windows.push_back({.start = window.start, .profile = window.profile, .phase = phase});
  }
  return phased;
}

std::string names_of(Season season, const std::vector<std::uint32_t>& phases) {
  std::string names;
  const std::size_t shown = phases.size() > kMostNames ? 1 : phases.size();
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) names += i + 1 == shown ? " and " : ", ";
    names += tables::phase_name(season, phases[i]);
  }
  if (shown < phases.size()) {
    names += " to " + tables::phase_name(season, phases.back());
  }
  return names;
}

/// The first of the phases that has too little; nothing if all have enough.
std::optional<std::uint32_t> lacking(const SeasonLevel& level,
                                     const std::vector<std::uint32_t>& phases) {
  for (const std::uint32_t phase : phases) {
    const auto found = level.phases.find(phase);
    if (found == level.phases.end() || !found->second.is_enough()) return phase;
  }
  return std::nullopt;
}

std::string why_coarser(const SeasonLevel& level, std::uint32_t phase) {
  const auto found = level.phases.find(phase);
  const std::size_t windows = found == level.phases.end() ? 0 : found->second.windows;
  const std::uint64_t rows = found == level.phases.end() ? 0 : found->second.profile.rows;
  return "the reference has " + std::to_string(windows) + " windows with " + std::to_string(rows) +
         " rows of " + tables::phase_name(level.season, phase) + ", " +
         std::to_string(kFewestPhaseWindows) + " with " + std::to_string(kFewestPhaseRows) +
         " are needed";
}

}  // namespace

std::vector<SeasonLevel> learn_seasons(const profile::Reference& reference, Season season,
                                       const tables::SeasonClock& clock,
                                       const LearnThresholds& learn) {
  std::vector<SeasonLevel> levels;
  if (reference.windows.empty()) return levels;
  for (; season != Season::kNone; season = coarser(season)) {
    levels.push_back(gather(reference, season, clock));
    levels.back().thresholds = learn(by_phase(reference, levels.back(), clock));
  }
  return levels;
}

profile::Reference SeasonChoice::reference(const profile::Schema& schema) const {
  profile::Reference chosen;
  chosen.profile = profile::Profile::empty_for(schema);
  for (const std::uint32_t phase : phases) {
    const Result<> merged = chosen.profile.merge(level->phases.at(phase).profile);
    LEEWAY_ASSERT(merged.has_value(), "phases have the schema of their reference");
  }
  chosen.schema = profile::with_bins_of(schema, chosen.profile);
  return chosen;
}

std::string SeasonChoice::name() const {
  return level == nullptr ? "all windows" : names_of(level->season, phases);
}

SeasonChoice choose(const std::vector<SeasonLevel>& levels, const tables::SeasonClock& clock,
                    TimePoint from, TimePoint end) {
  SeasonChoice choice;
  for (const SeasonLevel& level : levels) {
    choice.phases = clock.phases(level.season, from, end);
    const auto missing = lacking(level, choice.phases);
    if (!missing) {
      choice.level = &level;
      break;
    }
    if (choice.note.empty()) choice.note = why_coarser(level, *missing);
  }
  if (!choice.note.empty()) choice.note = "compared with " + choice.name() + ": " + choice.note;
  return choice;
}

std::vector<double> rows_in_phase(const profile::Reference& reference,
                                  const std::vector<SeasonLevel>& levels,
                                  const tables::SeasonClock& clock, TimePoint start) {
  if (reference.windows.empty()) return {};
  const TimePoint last = reference.windows.back().start;
  for (const SeasonLevel& level : levels) {
    const std::uint32_t phase = clock.phase(level.season, start);
    std::vector<double> rows;
    auto window = reference.windows.begin();
    TimePoint pane = window->start;
    for (std::size_t i = 0; i < kMostPanes && pane <= last; ++i, pane = clock.panes().next(pane)) {
      while (window != reference.windows.end() && window->start < pane) ++window;
      if (clock.phase(level.season, pane) != phase) continue;
      const bool there = window != reference.windows.end() && window->start == pane;
      rows.push_back(there ? static_cast<double>(window->profile.rows) : 0.0);
    }
    if (rows.size() >= kFewestPhaseWindows) return rows;
  }
  return {};
}

}  // namespace leeway::monitor
