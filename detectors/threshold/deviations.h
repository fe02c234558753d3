#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "detectors/profile/reference.h"
#include "detectors/threshold/strays.h"

namespace leeway::threshold {

/// The limit of one measure on one column by LimitsFrom::kDeviations.
struct DeviationLimit {
  std::size_t column = 0;
  std::string_view measure;
  double value = 0.0;
};

/// Mean + 3 standard deviations (divisor n) of what a measure says of the windows of the reference,
/// each against all of it, itself included: the rule of NannyML, whose chunks are the windows here.
/// Of the measures among `measures` whose limits are made so. Numbers whose rows are gone are
/// compared by approximate_rows(). Nothing with fewer than 4 windows that can be measured.
/// O(windows x columns x rows, at most 131,072 a side).
std::vector<DeviationLimit> deviation_limits(const profile::Reference& reference,
                                             const StrayMeasures& measures, std::uint64_t min_rows);

}  // namespace leeway::threshold
