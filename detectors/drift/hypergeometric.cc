#include "detectors/drift/hypergeometric.h"

#include <algorithm>
#include <boost/math/special_functions/factorials.hpp>
#include <cmath>
#include <numbers>

#include "detectors/drift/deviance.h"

namespace leeway::drift {
namespace {

constexpr double kNegligible = 1e-18;

/// ln n! less Stirling's (n + 1/2) ln n - n + ln sqrt(2 pi), for whole n >= 1.
double stirling_error(double n) {
  if (n <= 15.0) {
    const double half_log_2_pi = 0.5 * std::log(2.0 * std::numbers::pi);
    const double factorial = boost::math::factorial<double>(static_cast<unsigned>(n));
    return std::log(factorial) - (n + 0.5) * std::log(n) + n - half_log_2_pi;
  }
  const double n2 = n * n;
  const double tail = 1.0 / 1260.0 - (1.0 / 1680.0 - 1.0 / (1188.0 * n2)) / n2;
  return (1.0 / 12.0 - (1.0 / 360.0 - tail / n2) / n2) / n;
}

/// ln of the binomial probability of x in n trials, 0 < p < 1.
double log_binomial(double x, double n, double p) {
  if (x == 0.0) return n * std::log1p(-p);
  if (x == n) return n * std::log(p);
  const double rest = n - x;
  return stirling_error(n) - stirling_error(x) - stirling_error(rest) - deviance(x, n * p) -
         deviance(rest, n * (1.0 - p)) + 0.5 * std::log(n / (2.0 * std::numbers::pi * x * rest));
}

}  // namespace

double Hypergeometric::least() const { return std::max(0.0, column_ - other_row_); }

double Hypergeometric::most() const { return std::min(row_, column_); }

double Hypergeometric::mode() const {
  const double n = row_ + other_row_;
  const double mode = std::floor((row_ + 1.0) * ((column_ + 1.0) / (n + 2.0)));
  return std::clamp(mode, least(), most());
}

/// As three binomials whose share of successes is that of the column.
double Hypergeometric::log_probability(double x) const {
  if (least() == most()) return 0.0;
  const double n = row_ + other_row_;
  const double share = column_ / n;
  return log_binomial(x, row_, share) + log_binomial(column_ - x, other_row_, share) -
         log_binomial(column_, n, share);
}

double Hypergeometric::lower_tail(double x) const {
  double sum = 1.0;
  double term = 1.0;
  for (; x > least() && term > kNegligible * sum; x -= 1.0) {
    term *= ratio_down(x);
    sum += term;
  }
  return sum;
}

double Hypergeometric::upper_tail(double x) const {
  double sum = 1.0;
  double term = 1.0;
  for (; x < most() && term > kNegligible * sum; x += 1.0) {
    term *= ratio_up(x);
    sum += term;
  }
  return sum;
}

double Hypergeometric::draw(Random& random) const {
  const double start = mode();
  double above = start;
  double below = start;
  double p_above = std::exp(log_probability(start));
  double p_below = p_above;
  double left = random.uniform() - p_above;
  // What rounding leaves over at the far ends is the mode's.
  while (left >= 0.0 && (p_above > kNegligible || p_below > kNegligible)) {
    p_above *= above < most() ? ratio_up(above) : 0.0;
    above += 1.0;
    left -= p_above;
    if (left < 0.0) return above;
    p_below *= below > least() ? ratio_down(below) : 0.0;
    below -= 1.0;
    left -= p_below;
    if (left < 0.0) return below;
  }
  return start;
}

}  // namespace leeway::drift
