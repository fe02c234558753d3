#pragma once

#include <cmath>
#include <cstddef>
#include <numbers>
#include <string_view>
#include <vector>

#include "detectors/base/random.h"
#include "detectors/sequential/detectors.h"

namespace leeway::sequential {

/// Exactly normal, by Box and Muller: run lengths of charts depend on the tails.
inline double normal(Random& random, double mean = 0.0, double deviation = 1.0) {
  const double radius = std::sqrt(-2.0 * std::log1p(-random.uniform()));
  return mean + deviation * radius * std::cos(2.0 * std::numbers::pi * random.uniform());
}

inline double error(Random& random, double rate) { return random.uniform() < rate ? 1.0 : 0.0; }

/// Parameters of a detector that need values are given those of a standard normal stream.
inline SequentialDetector made(std::string_view name, Parameters::Given given = {}) {
  for (const Parameter& parameter : find_detector(name)->parameters) {
    if (!parameter.otherwise)
      given.try_emplace(std::string(parameter.name), parameter.name == "mean" ? 0.0 : 1.0);
  }
  return *SequentialDetector::make(name, given);
}

/// Where a detector reports.
inline std::vector<std::size_t> drifts(Detector& detector, const std::vector<double>& values) {
  std::vector<std::size_t> at;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (detector.update(values[i]) == DetectorState::kDrift) at.push_back(i);
  }
  return at;
}

}  // namespace leeway::sequential
