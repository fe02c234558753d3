#include "detectors/drift/quadratic_tails.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace leeway::drift {
namespace {

using std::numbers::pi;

constexpr int kFewNodes = 32;
constexpr int kManyNodes = 128;  // resolve the integrand also where the tail meets the least double
constexpr int kMostIntervals = 400;

/// For weights w_1 > w_2 > ..., with D(y) the product of all 1 - w_j y, the tail is the sum over
/// k = 1, 2, ... of (-1)^(k-1) / pi times the integral of exp(-xy/2) / (y sqrt|D(y)|) over y from
/// 1/w_(2k-1) to 1/w_2k. Both distributions have a D whose zeros lie evenly in some s, so that the
/// k-th integral is one over s = 4k + sin(phi), and D is cos(pi/2 sin(phi)) times what f takes.
/// Its zeros at the ends cancel against cos(phi), and the midpoint rule converges geometrically.
template <class F>
double alternating_integrals(int nodes, F f) {
  double sum = 0.0;
  for (int k = 1; k <= kMostIntervals; ++k) {
    double integral = 0.0;
    for (int node = 0; node < nodes; ++node) {
      const double from_end = (node + 0.5) * pi / nodes;  // phi + pi/2
      const double half = std::sin(from_end / 2.0);
      const double above = 2.0 * half * half;  // 1 + sin(phi)
      const double cos_phi = std::sin(from_end);
      const double other_end = std::cos(from_end / 2.0);
      const double nearest = std::min(above, 2.0 * other_end * other_end);
      integral += f(4.0 * k - 1.0 + above) * cos_phi / std::sqrt(std::sin(pi / 2.0 * nearest));
    }
    integral *= pi / nodes;
    sum += k % 2 == 1 ? integral : -integral;
    if (integral <= 1e-17 * sum) break;
  }
  return std::clamp(sum, 0.0, 1.0);
}

}  // namespace

double cramer_von_mises_limit_sf(double x) {
  if (x <= 0.003) return 1.0;
  // D(y) = sin(sqrt y) / sqrt y.
  return alternating_integrals(x < 3.0 ? kFewNodes : kManyNodes, [x](double s) {
    const double root = pi / 2.0 * (s - 1.0);
    return std::exp(-0.5 * x * root * root) / std::sqrt(root);
  });
}

double anderson_darling_limit_sf(double x) {
  if (x <= 0.01) return 1.0;
  // D(y) = -cos(pi/2 sqrt(1 + 4y)) / (pi y).
  return alternating_integrals(x < 20.0 ? kFewNodes : kManyNodes, [x](double s) {
    const double y = 0.25 * (s * s - 1.0);
    return std::exp(-0.5 * x * y) * s / (2.0 * std::sqrt(pi * y));
  });
}

}  // namespace leeway::drift
