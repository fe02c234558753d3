#include "detectors/drift/variance_tests.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "detectors/base/binning.h"
#include "detectors/drift/chi_squared.h"
#include "detectors/drift/sorted_walk.h"

namespace leeway::drift {
namespace {

using profile::Moments;

Moments distances(std::span<const double> sorted, LeveneCenter center) {
  const double middle =
      center == LeveneCenter::kMedian ? quantile(sorted, 0.5) : Moments::of(sorted).mean;
  std::vector<double> made;
  made.reserve(sorted.size());
  for (const double value : sorted) made.push_back(std::abs(value - middle));
  return Moments::of(made);
}

/// The variance of one side over that pooled, ln of it; from their difference where they are close.
double log_ratio(double variance, double pooled) {
  return std::log1p((variance - pooled) / pooled);
}

}  // namespace

Result<VarianceTest> levene(std::span<const double> reference, std::span<const double> current,
                            LeveneCenter center) {
  if (auto checked = check_finite_samples(reference, current, "levene"); !checked)
    return fail(checked.error());
  const auto m = static_cast<double>(reference.size());
  const auto n = static_cast<double>(current.size());
  if (m + n < 3.0) return fail(ErrorCode::kInsufficientData, "levene: needs 3 values in all");
  const Moments r = distances(reference, center);
  const Moments c = distances(current, center);
  const double within = r.m2 + c.m2;
  const double difference = (r.mean - c.mean) + (r.mean_rest - c.mean_rest);
  const double between = m * n / (m + n) * difference * difference;
  if (!std::isfinite(within) || !std::isfinite(between))
    return fail(ErrorCode::kInvalidArgument, "levene: a variance is beyond the range of a double");
  if (within == 0.0) {
    return fail(ErrorCode::kInsufficientData,
                "levene: within each side all values are equally far from the centre");
  }
  VarianceTest test{.statistic = (m + n - 2.0) * (between / within)};
  // F with 1 and v degrees of freedom is the square of Student's t with v.
  const boost::math::students_t distribution(m + n - 2.0);
  const double t = std::sqrt(test.statistic);
  test.p_value =
      std::isinf(t) ? 0.0 : 2.0 * boost::math::cdf(boost::math::complement(distribution, t));
  return test;
}

Result<VarianceTest> bartlett(const Moments& reference, const Moments& current) {
  if (reference.count < 2 || current.count < 2)
    return fail(ErrorCode::kInsufficientData, "bartlett: needs 2 values on each side");
  const double m = static_cast<double>(reference.count) - 1.0;
  const double n = static_cast<double>(current.count) - 1.0;
  const double total = reference.m2 + current.m2;
  if (!std::isfinite(total))
    return fail(ErrorCode::kInvalidArgument,
                "bartlett: a variance is beyond the range of a double");
  if (total == 0.0) return fail(ErrorCode::kInsufficientData, "bartlett: each side is one value");
  if (reference.m2 == 0.0 || current.m2 == 0.0)
    return VarianceTest{.statistic = std::numeric_limits<double>::infinity(), .p_value = 0.0};
  const double pooled = total / (m + n);
  const double numerator =
      -m * log_ratio(reference.m2 / m, pooled) - n * log_ratio(current.m2 / n, pooled);
  const double correction = 1.0 + (1.0 / m + 1.0 / n - 1.0 / (m + n)) / 3.0;
  VarianceTest test{.statistic = std::max(0.0, numerator) / correction};
  test.p_value = chi_squared_p(test.statistic, 1.0);
  return test;
}

}  // namespace leeway::drift
