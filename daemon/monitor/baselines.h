#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "daemon/config/config.h"
#include "daemon/monitor/seasons.h"
#include "detectors/base/finding.h"
#include "detectors/profile/reference.h"
#include "detectors/threshold/thresholds.h"

namespace leeway::monitor {

/// A segment of which the reference has fewer rows is not judged.
inline constexpr std::uint64_t kFewestReferenceRows = 500;

/// What the rows of a segment are compared with: the reference's rows of that segment, on the cells
/// of all rows, and thresholds from its windows, which are not kept.
struct Baseline {
  profile::Reference reference;
  threshold::Thresholds thresholds;    ///< nothing with too few rows
  std::vector<SeasonLevel> seasons{};  ///< the finest first; none without a season

  bool is_enough() const { return reference.profile.rows >= kFewestReferenceRows; }
};

/// By name; all rows are not among them.
using Baselines = std::map<std::string, Baseline, std::less<>>;

struct LearnedThresholds {
  threshold::Thresholds all;
  std::vector<SeasonLevel> seasons;  ///< of all rows
  Baselines segments;
};

/// Learns the thresholds of all rows and of each segment of the reference, by season where the
/// model has one. They share the budget of false alarms: half is for all rows, whatever segments
/// there are, and the other half is divided evenly among the segments that can be judged. A window
/// is in one phase of the season, so phases share nothing. O(windows x columns x cells) of all
/// segments.
/// @param clock  tells the phases of the reference's windows; null: no season
LearnedThresholds learn_thresholds(const profile::Reference& reference, const config::Model& model,
                                   const tables::SeasonClock* clock = nullptr);

/// Why a segment without a baseline, or with too small a one, is not judged.
struct Unjudged {
  Verdict verdict = Verdict::kLearning;
  std::string note;
};
Unjudged why_not_judged(const Baseline* baseline);

}  // namespace leeway::monitor
