#include "detectors/drift/shifts.h"

#include <cmath>
#include <string>

#include "detectors/base/binning.h"

namespace leeway::drift {

Result<double> mean_shift(const profile::Moments& reference, const profile::Moments& current) {
  if (reference.count == 0 || current.count == 0)
    return fail(ErrorCode::kInsufficientData, "mean shift: a side has no values");
  const double deviation = std::sqrt(reference.variance_population());
  if (deviation == 0.0)
    return fail(ErrorCode::kInsufficientData, "mean shift: the reference is one value");
  if (!std::isfinite(deviation)) {
    return fail(ErrorCode::kInvalidArgument,
                "mean shift: the reference's variance is beyond the range of a double");
  }
  const double difference =
      (current.mean - reference.mean) + (current.mean_rest - reference.mean_rest);
  return difference / deviation;
}

Result<double> quantile_shift(std::span<const double> reference, std::span<const double> current,
                              double q) {
  if (!(q >= 0.0 && q <= 1.0)) {
    return fail(ErrorCode::kInvalidArgument,
                "quantile shift: the order is " + std::to_string(q) + ", must be from 0 to 1");
  }
  if (reference.empty() || current.empty())
    return fail(ErrorCode::kInsufficientData, "quantile shift: a side has no values");
  // Halves: a difference of doubles may overflow where the shift does not.
  const double range = quantile(reference, 0.75) / 2.0 - quantile(reference, 0.25) / 2.0;
  const double shift = quantile(current, q) / 2.0 - quantile(reference, q) / 2.0;
  if (!std::isfinite(range) || !std::isfinite(shift))
    return fail(ErrorCode::kInvalidArgument, "quantile shift: a quantile is infinite");
  if (range <= 0.0) {
    return fail(ErrorCode::kInsufficientData,
                "quantile shift: the middle half of the reference is one value");
  }
  return shift / range;
}

}  // namespace leeway::drift
