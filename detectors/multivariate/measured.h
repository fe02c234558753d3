#pragma once

#include <string>
#include <vector>

#include "detectors/multivariate/carriers.h"
#include "detectors/multivariate/null.h"

namespace leeway::multivariate {

/// What a measure says of two samples of rows. Large is drift.
struct Measured {
  double value = 0.0;
  Null null{};  ///< of `value` at these row counts
  double p_value = 1.0;
  std::vector<Carrier> carriers{};
  std::string moved{};  ///< one sentence that names the columns
  bool operator==(const Measured&) const = default;
};

}  // namespace leeway::multivariate
