#include "detectors/drift/two_proportions.h"

#include <cmath>
#include <numbers>

namespace leeway::drift {
namespace {

/// The standard normal distribution function, relatively exact in the lower tail.
double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

}  // namespace

Result<TwoProportions> two_proportions_z(std::uint64_t reference_counted,
                                         std::uint64_t reference_rows,
                                         std::uint64_t current_counted,
                                         std::uint64_t current_rows) {
  if (reference_counted > reference_rows || current_counted > current_rows)
    return fail(ErrorCode::kInvalidArgument, "two proportions: more rows counted than there are");
  if (reference_rows == 0 || current_rows == 0)
    return fail(ErrorCode::kInsufficientData, "two proportions: a side has no rows");
  const double x1 = static_cast<double>(reference_counted);
  const double n1 = static_cast<double>(reference_rows);
  const double x2 = static_cast<double>(current_counted);
  const double n2 = static_cast<double>(current_rows);
  const double pooled = (x1 + x2) / (n1 + n2);
  if (x1 + x2 == 0.0 || x1 + x2 == n1 + n2)
    return fail(ErrorCode::kInsufficientData, "two proportions: all rows of both sides are alike");
  const double variance = pooled * (1.0 - pooled) * (1.0 / n1 + 1.0 / n2);
  const double z = (x1 / n1 - x2 / n2) / std::sqrt(variance);
  return TwoProportions{.z = z,
                        .p_two_sided = 2.0 * normal_cdf(-std::abs(z)),
                        .p_less = normal_cdf(z),
                        .p_greater = normal_cdf(-z)};
}

}  // namespace leeway::drift
