#pragma once

#include <cstdint>
#include <vector>

#include "detectors/base/finding.h"
#include "detectors/profile/profile.h"
#include "detectors/threshold/thresholds.h"

namespace leeway::drift {

/// Increases over the reference at which quality is no longer ok.
struct QualityLimits {
  threshold::Fixed missing{.warning = {}, .critical = 0.05};
  threshold::Fixed unseen{.warning = 0.01, .critical = {}};
  threshold::Fixed type_errors{.warning = {}, .critical = 0.01};
};

/// "missing" (null, NaN and configured missing values) of each column with rows, "unseen" of each
/// with categories, "type_errors" where either side has some. The value is the share of rows (of
/// present values for "unseen"), its thresholds the reference's share plus the limit. Below
/// `min_rows` an increase must also be beyond three standard errors of that threshold, or it is
/// `too_few`: one bad row of five is not 20 %.
std::vector<Finding> quality_findings(const profile::Column& column,
                                      const profile::ColumnProfile& reference,
                                      const profile::ColumnProfile& current,
                                      const QualityLimits& limits, std::uint64_t min_rows);

}  // namespace leeway::drift
