#pragma once

#include <span>
#include <vector>

#include "detectors/base/result.h"

namespace leeway::threshold {

/// How p-values of several tests are made comparable with one level.
enum class Correction {
  kBonferroni,         ///< min(1, m p): bounds the probability of any false rejection
  kHolm,               ///< the same bound, and never less powerful: use it instead
  kBenjaminiHochberg,  ///< bounds the expected share of false ones among the rejections; needs
                       ///< independence or positive dependence
};

/// The adjusted p-values, in the order of the input: the tests with adjusted p <= alpha are those
/// that the procedure rejects at level alpha. Empty for no tests.
///
/// @param p_values  each in [0, 1], else kInvalidArgument
/// O(m log m). Holm, Scand. J. Stat. 6(2), 1979; Benjamini and Hochberg, J. R. Stat. Soc. B 57(1),
/// 1995.
Result<std::vector<double>> adjusted_p_values(std::span<const double> p_values,
                                              Correction correction);

}  // namespace leeway::threshold
