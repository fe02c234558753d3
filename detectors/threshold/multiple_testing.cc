#include "detectors/threshold/multiple_testing.h"

#include <algorithm>
#include <numeric>
#include <string>

namespace leeway::threshold {
namespace {

std::vector<std::size_t> ascending(std::span<const double> p_values) {
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),  // The order of equal ones makes no difference.
            [&](std::size_t i, std::size_t j) { return p_values[i] < p_values[j]; });
  return order;
}

/// Steps down from the least p-value: none may be adjusted below a smaller one.
std::vector<double> holm(std::span<const double> p_values) {
  std::vector<double> adjusted(p_values.size());
  double largest = 0.0;
  double left = static_cast<double>(p_values.size());
  for (const std::size_t i : ascending(p_values)) {
    largest = std::max(largest, std::min(1.0, left * p_values[i]));
    adjusted[i] = largest;
    left -= 1.0;
  }
  return adjusted;
}

/// Steps up from the largest p-value: none may be adjusted above a larger one.
std::vector<double> benjamini_hochberg(std::span<const double> p_values) {
  std::vector<double> adjusted(p_values.size());
  const std::vector<std::size_t> order = ascending(p_values);
  const double m = static_cast<double>(p_values.size());
  double smallest = 1.0;
  for (std::size_t rank = order.size(); rank > 0; --rank) {
    const std::size_t i = order[rank - 1];
    smallest = std::min(smallest, p_values[i] * (m / static_cast<double>(rank)));
    adjusted[i] = smallest;
  }
  return adjusted;
}

std::vector<double> bonferroni(std::span<const double> p_values) {
  std::vector<double> adjusted(p_values.begin(), p_values.end());
  const double m = static_cast<double>(p_values.size());
  for (double& p : adjusted) p = std::min(1.0, m * p);
  return adjusted;
}

}  // namespace

Result<std::vector<double>> adjusted_p_values(std::span<const double> p_values,
                                              Correction correction) {
  for (std::size_t i = 0; i < p_values.size(); ++i) {
    if (p_values[i] >= 0.0 && p_values[i] <= 1.0) continue;  // NaN is neither.
    return fail(ErrorCode::kInvalidArgument, "multiple testing: 'p_values' " + std::to_string(i) +
                                                 " is " + std::to_string(p_values[i]) +
                                                 ", must be in [0, 1]");
  }
  switch (correction) {
    case Correction::kBonferroni:
      return bonferroni(p_values);
    case Correction::kHolm:
      return holm(p_values);
    case Correction::kBenjaminiHochberg:
      break;
  }
  return benjamini_hochberg(p_values);
}

}  // namespace leeway::threshold
