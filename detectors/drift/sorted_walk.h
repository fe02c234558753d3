#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "detectors/base/result.h"

namespace leeway::drift {

/// The finite part of values in ascending order: infinities can only be at its ends. O(log n).
std::span<const double> finite_part(std::span<const double> sorted);

/// How many of the `steps` least pooled values are of the reference, those of it first among equals
/// (the merge path). O(log n).
std::size_t merge_path(std::span<const double> reference, std::span<const double> current,
                       std::size_t steps);

/// The quantile of order q in [0, 1] of the pooled values, linear between neighbours (type 7).
/// Both sides have finite values. O(log n).
double pooled_quantile(std::span<const double> reference, std::span<const double> current,
                       double q);

/// Values in ascending order, each with a weight >= 0 (as many of these), not all of them 0.
struct Weighted {
  std::span<const double> values;
  std::span<const double> weights;
};

// What follows serves the measures of the area between two distribution functions.

/// Both sides have values, all of them finite. kInsufficientData or kInvalidArgument with a
/// sentence that starts with `measure`.
Result<> check_finite_samples(std::span<const double> reference, std::span<const double> current,
                              const char* measure);

/// As above, and the weights are weights: checked one by one.
Result<> check_weighted_samples(const Weighted& reference, const Weighted& current,
                                const char* measure);

/// The values times 2^-200, for where an integral over them overflows.
struct ScaledDown {
  std::vector<double> reference;
  std::vector<double> current;

  static constexpr double kFactor = 0x1p-200;
  static ScaledDown of(std::span<const double> reference, std::span<const double> current);
};

/// Calls visit(F - G, width) for every stretch between neighbouring values of the two samples,
/// where F and G are the distribution functions, weights over their sum. O(m + n).
template <class Visit>
void walk_weighted(const Weighted& reference, const Weighted& current, Visit visit) {
  const auto sum = [](std::span<const double> weights) {
    double total = 0.0;
    for (const double weight : weights) total += weight;
    return total;
  };
  const double reference_weight = sum(reference.weights);
  const double current_weight = sum(current.weights);
  constexpr double kEnd = std::numeric_limits<double>::infinity();
  std::size_t i = 0;
  std::size_t j = 0;
  double f = 0.0;
  double g = 0.0;
  double here = std::min(reference.values.front(), current.values.front());
  while (here < kEnd) {
    double next = kEnd;
    for (; i < reference.values.size() && reference.values[i] == here; ++i)
      f += reference.weights[i];
    if (i < reference.values.size()) next = reference.values[i];
    for (; j < current.values.size() && current.values[j] == here; ++j) g += current.weights[j];
    if (j < current.values.size()) next = std::min(next, current.values[j]);
    if (next < kEnd) visit(f / reference_weight - g / current_weight, next - here);
    here = next;
  }
}

}  // namespace leeway::drift
