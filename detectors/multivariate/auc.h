#pragma once

#include <span>

#include "detectors/base/result.h"

namespace leeway::multivariate {

/// How well scores tell two samples apart.
struct Auc {
  double value = 0.5;          ///< P(a current score > a reference score), ties half
  double variance = 0.0;       ///< of `value`, DeLong et al., Biometrics 44(3), 1988
  double null_variance = 0.0;  ///< of `value` if both samples are of one distribution, ties counted
};

/// @param reference, current  scores, finite; sorted by this call
/// @return kInsufficientData if a side is empty. O(n log n).
Result<Auc> area_under_curve(std::span<double> reference, std::span<double> current);

}  // namespace leeway::multivariate
