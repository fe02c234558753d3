#include "detectors/drift/null_distributions.h"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <numbers>

namespace leeway::drift {

double effective_rows(double reference_rows, double current_rows) {
  return 1.0 / (1.0 / reference_rows + 1.0 / current_rows);
}

double abs_normal_quantile(double alpha) {
  return boost::math::quantile(boost::math::complement(boost::math::normal(), 0.5 * alpha));
}

double chi_squared_quantile(double degrees_of_freedom, double alpha) {
  const boost::math::chi_squared distribution(degrees_of_freedom);
  return boost::math::quantile(boost::math::complement(distribution, alpha));
}

double mean_of_chi(double degrees_of_freedom) {
  return std::numbers::sqrt2 / boost::math::tgamma_delta_ratio(0.5 * degrees_of_freedom, 0.5);
}

double supremum_quantile(double mean, double deviation, double alpha) {
  return mean + deviation * (abs_normal_quantile(alpha) - kMeanAbsNormal);
}

double SumOfSquares::quantile(double alpha) const {
  const double z = abs_normal_quantile(alpha);
  return largest * z * z + (total - largest);
}

double SumOfSquares::mean_of_root() const {
  // Over |N| in steps of its own distribution; 64 of them are right to four digits.
  constexpr int kSteps = 64;
  double sum = 0.0;
  for (int i = 0; i < kSteps; ++i) sum += std::sqrt(quantile((i + 0.5) / kSteps));
  return sum / kSteps;
}

}  // namespace leeway::drift
