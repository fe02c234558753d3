#include "detectors/drift/deviance.h"

#include <cmath>

namespace leeway::drift {

double deviance(double x, double m) {
  if (x == 0.0) return m;
  const double difference = x - m;
  const double v = difference / (x + m);
  if (std::abs(v) > 0.1) return x * std::log(x / m) - difference;
  // ln(x/m) = 2 (v + v^3/3 + v^5/5 + ...); the first term, with m - x, is (x - m) v.
  double sum = difference * v;
  double power = 2.0 * x * v;
  for (int odd = 3; odd < 50; odd += 2) {
    power *= v * v;
    const double next = sum + power / odd;
    if (next == sum) break;
    sum = next;
  }
  return sum;
}

}  // namespace leeway::drift
