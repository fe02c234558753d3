#pragma once

#include <cstdint>
#include <optional>

#include "detectors/base/result.h"

namespace leeway::drift {

/// A 2 x 2 table of counts: rows are reference and current, columns the two categories.
struct Table2x2 {
  std::uint64_t a = 0;  ///< reference, first category
  std::uint64_t b = 0;  ///< reference, second
  std::uint64_t c = 0;  ///< current, first
  std::uint64_t d = 0;  ///< current, second
};

struct FisherExact {
  /// ad / (bc) of the sample (not the conditional estimate); infinite if only bc is 0, nothing if
  /// both are.
  std::optional<double> odds_ratio{};
  double p_two_sided = 1.0;
  double p_less = 1.0;     ///< P(X <= a): the odds ratio is below 1
  double p_greater = 1.0;  ///< P(X >= a): it is above 1
};

/// Fisher's exact test. With the margins given, the first cell X is hypergeometric; the two-sided
/// p-value is the sum of P(X = x) over all x with P(X = x) <= P(X = a)(1 + 1e-7), as SciPy and R
/// have it. Probabilities are taken in logs without cancellation (Loader 2000), so that tails keep
/// their digits (relatively about 1e-12) also with millions of rows.
///
/// @return kInvalidArgument if a count is 2^50 or more. O(standard deviation of X): some ten
/// microseconds with thousands of rows, about a millisecond with 10^9.
Result<FisherExact> fisher_exact(const Table2x2& table);

}  // namespace leeway::drift
