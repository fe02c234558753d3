#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/drift/measures.h"
#include "detectors/threshold/thresholds.h"

namespace leeway::drift {

/// A versioned set of exact definitions of the measures, so that a team can keep the numbers it
/// knows. What a dialect does not define anew is as in `leeway-1`.
struct Dialect {
  std::string_view name;
  std::string_view sentence;
  Result<Measured> (*psi)(const Sides& sides);
  bool psi_needs_rows;  ///< bins numbers anew for each comparison: cannot be had from the grid
  threshold::Fixed psi_thresholds;  ///< where the user sets none; nothing: learned ones apply
};

/// All dialects, ours first. The one list.
std::span<const Dialect> dialects();

const Dialect* find_dialect(std::string_view name);

}  // namespace leeway::drift
