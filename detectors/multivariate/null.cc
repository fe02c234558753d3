#include "detectors/multivariate/null.h"

#include <algorithm>
#include <boost/math/distributions/gamma.hpp>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <numbers>

namespace leeway::multivariate {
namespace {

using boost::math::complement;

constexpr double kLeastSkewness = 1e-3;

double normal_quantile(double alpha) {
  return boost::math::quantile(complement(boost::math::normal(), alpha));
}
double normal_tail(double z) { return 0.5 * std::erfc(z / std::numbers::sqrt2); }

/// Of skewness s: gamma of shape 4/s^2, brought to mean 0 and deviation 1.
double gamma_shape(double skewness) { return 4.0 / (skewness * skewness); }

}  // namespace

Null Null::normal(double mean, double deviation) {
  return {.shape = Shape::kNormal, .center = mean, .scale = deviation, .parameter = 0.0};
}

Null Null::largest_of(double deviation, double comparisons) {
  return {.shape = Shape::kLargest,
          .center = 0.0,
          .scale = deviation,
          .parameter = std::max(1.0, comparisons)};
}

Null Null::gamma(double mean, double deviation, double skewness) {
  if (!(skewness >= kLeastSkewness)) return normal(mean, deviation);
  return {.shape = Shape::kGamma, .center = mean, .scale = deviation, .parameter = skewness};
}

double Null::mean() const {
  if (shape != Shape::kLargest) return center;
  if (parameter <= 1.0) return scale * std::sqrt(2.0 / std::numbers::pi);
  // The mean of a largest value is near its quantile of order exp(-gamma), as for Gumbel's law.
  const double order = std::exp(-std::exp(-std::numbers::egamma));
  return quantile(1.0 - order);
}

double Null::standard_quantile(double alpha) const {
  switch (shape) {
    case Shape::kNormal:
      return normal_quantile(alpha);
    case Shape::kLargest:
      return normal_quantile(-std::expm1(std::log1p(-alpha) / parameter) / 2.0);
    case Shape::kGamma: {
      const double k = gamma_shape(parameter);
      const boost::math::gamma_distribution<> law(k);
      return (boost::math::quantile(complement(law, alpha)) - k) / std::sqrt(k);
    }
  }
  return 0.0;
}

double Null::tail(double value) const {
  const double z = scale > 0.0 ? (value - center) / scale : (value > center ? HUGE_VAL : 0.0);
  switch (shape) {
    case Shape::kNormal:
      return normal_tail(z);
    case Shape::kLargest: {
      const double one = std::min(1.0, 2.0 * normal_tail(std::max(z, 0.0)));
      return one >= 1.0 ? 1.0 : -std::expm1(parameter * std::log1p(-one));
    }
    case Shape::kGamma: {
      const double k = gamma_shape(parameter);
      const double x = k + std::sqrt(k) * z;
      if (x <= 0.0) return 1.0;
      if (!std::isfinite(x)) return 0.0;
      return boost::math::cdf(complement(boost::math::gamma_distribution<>(k), x));
    }
  }
  return 1.0;
}

}  // namespace leeway::multivariate
