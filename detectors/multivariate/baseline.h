#pragma once

#include <cstddef>
#include <span>

#include "detectors/base/finding.h"
#include "detectors/multivariate/measures.h"
#include "detectors/threshold/thresholds.h"

namespace leeway::multivariate {

/// What a measure showed of one of the reference's windows against all the others.
struct Shown {
  double value = 0.0;
  Null null{};
  bool operator==(const Shown&) const = default;
};

/// The value that a window of the reference's kind exceeds with probability `alpha`.
///
/// Where the windows can show it (alpha >= 1/(W+1)) it is their quantile; beyond that the null
/// distribution, stretched so far from its center that it covers the upper half of the windows:
/// real windows differ, and rows drawn from one are not independent draws from the whole. Of a
/// window's value so much as the null shows at its rank is sampling and scales with the null at
/// hand; the rest is a difference between windows and stays. With fewer than 4 windows it is the
/// quantile of the null alone (`iid`). Never below that quantile.
struct Level {
  double value = 0.0;
  ThresholdBasis basis = ThresholdBasis::kIid;
};
Level level(std::span<const Shown> windows, const Null& now, double alpha);

/// Critical at `alpha`, warning at five times that; neither below the practical floor. `iid` has no
/// critical threshold before 14 live windows: the same rules as for single columns.
/// @param live_windows  judged so far
threshold::Limit limit(const MeasureInfo& measure, std::span<const Shown> windows, const Null& now,
                       double alpha, std::size_t live_windows);

/// The finding of a model (without a column). `too_few` where rows or columns are lacking, `error`
/// with a note where it failed otherwise.
Finding judge(const MeasureInfo& measure, const Result<Measured>& measured,
              const threshold::Limit& limit);

}  // namespace leeway::multivariate
