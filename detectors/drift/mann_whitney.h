#pragma once

#include <optional>
#include <span>

#include "detectors/base/result.h"
#include "detectors/drift/p_method.h"

namespace leeway::drift {

struct MannWhitney {
  double u_reference = 0.0;  ///< pairs whose reference value is the larger one, ties count half
  double u_current = 0.0;    ///< the others: mn less that
  /// Nothing if all values are equal.
  std::optional<double> p_two_sided{};
  std::optional<double> p_less{};     ///< reference values tend to be the smaller ones
  std::optional<double> p_greater{};  ///< they tend to be the larger ones
};

/// Mann-Whitney U, the same as Wilcoxon's rank sum test: whether values of one side tend to be
/// larger; blind to differences that leave P(X > Y) at 1/2. u_reference / mn is the area under the
/// ROC curve. Unmoved by monotone maps.
///
/// The asymptotic p-values are those of the normal distribution with the variance corrected for
/// ties. The exact ones ignore ties (a U that ends in a half counts as the whole number below, as
/// SciPy has it: p is rather too large); kAuto takes them where there are none and they cost at
/// most some 10 ms (the smaller size squared times the larger up to 2 million, as 100 and 100 would
/// be, and C(m+n, m) below 2^126, up to 64 and 64).
///
/// @param reference, current  ascending, infinities included, NaN not
/// @param continuity  takes half a unit from U on its way to the normal distribution
/// @return kInsufficientData if a side is empty, kInvalidArgument for kExact with larger samples.
/// O(m + n), exact O(m n min(m, n)).
/// Mann and Whitney, Ann. Math. Stat. 18(1), 1947.
Result<MannWhitney> mann_whitney(std::span<const double> reference, std::span<const double> current,
                                 PMethod method = PMethod::kAuto, bool continuity = true);

/// SciPy's "auto": exact for at most 8 values on a side without ties.
PMethod scipy_method(std::size_t reference, std::size_t current);

}  // namespace leeway::drift
