#include "detectors/drift/t_tests.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <string>

namespace leeway::drift {
namespace {

using profile::Moments;

Result<> check(const Moments& reference, const Moments& current, const char* test) {
  const std::string where = std::string(test) + ": ";
  if (reference.count < 2 || current.count < 2)
    return fail(ErrorCode::kInsufficientData, where + "needs 2 values on each side");
  if (reference.m2 == 0.0 && current.m2 == 0.0)
    return fail(ErrorCode::kInsufficientData, where + "each side is one value");
  if (!std::isfinite(reference.m2) || !std::isfinite(current.m2))
    return fail(ErrorCode::kInvalidArgument, where + "a variance is beyond the range of a double");
  return {};
}

double mean_difference(const Moments& reference, const Moments& current) {
  return (reference.mean - current.mean) + (reference.mean_rest - current.mean_rest);
}

TTest with_p_values(double difference, double error, double degrees_of_freedom) {
  TTest test{.t = difference == 0.0 ? 0.0 : difference / error,
             .degrees_of_freedom = degrees_of_freedom};
  const boost::math::students_t distribution(degrees_of_freedom);
  const double upper =
      std::isinf(test.t)
          ? 0.0
          : boost::math::cdf(boost::math::complement(distribution, std::abs(test.t)));
  test.p_two_sided = std::min(1.0, 2.0 * upper);
  test.p_greater = test.t >= 0.0 ? upper : 1.0 - upper;
  test.p_less = test.t <= 0.0 ? upper : 1.0 - upper;
  return test;
}

double rows(const Moments& moments) { return static_cast<double>(moments.count); }

}  // namespace

Result<TTest> welch_t_test(const Moments& reference, const Moments& current) {
  if (auto checked = check(reference, current, "welch"); !checked) return fail(checked.error());
  const double m = rows(reference);
  const double n = rows(current);
  // The squared standard errors of the means, over the larger m2: nothing underflows.
  const double unit = std::max(reference.m2, current.m2);
  const double r = reference.m2 / unit / (m - 1.0) / m;
  const double c = current.m2 / unit / (n - 1.0) / n;
  const double share = r / (r + c);
  const double freedom =
      1.0 / (share * share / (m - 1.0) + (1.0 - share) * (1.0 - share) / (n - 1.0));
  return with_p_values(mean_difference(reference, current), std::sqrt(unit) * std::sqrt(r + c),
                       freedom);
}

Result<TTest> student_t_test(const Moments& reference, const Moments& current) {
  if (auto checked = check(reference, current, "student"); !checked) return fail(checked.error());
  const double m = rows(reference);
  const double n = rows(current);
  const double freedom = m + n - 2.0;
  const double pooled = reference.m2 / freedom + current.m2 / freedom;
  return with_p_values(mean_difference(reference, current),
                       std::sqrt(pooled) * std::sqrt(1.0 / m + 1.0 / n), freedom);
}

}  // namespace leeway::drift
