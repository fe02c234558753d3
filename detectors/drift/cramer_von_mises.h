#pragma once

#include <span>

#include "detectors/base/result.h"
#include "detectors/drift/p_method.h"

namespace leeway::drift {

struct CramerVonMises {
  double statistic = 0.0;
  double p_value = 1.0;
};

/// Two-sample Cramer-von Mises test. Without ties T = mn/N^2 times the sum over the N = m + n
/// pooled values of (F - G)^2; with them by midranks, U = m sum (r_i - i)^2 + n sum (s_j - j)^2 and
/// T = U/(mnN) - (4mn - 1)/(6N), as SciPy has it. It grows with the sample sizes; unmoved by
/// monotone maps. Midranks of many ties make T too large and both p-values too small (dice, 80
/// against 50 values: 8 % of p are at most 0.05).
///
/// The exact p-value ignores ties, as SciPy's: a T between two attainable values counts as the
/// lower one. kAuto takes it for at most 20 values a side (about 2 ms, at most 30). The asymptotic
/// one standardises T by its mean and variance and takes the limiting distribution (Anderson 1962,
/// Ann. Math. Stat. 33(3)); unlike SciPy's, 1 minus a series, it keeps its digits in the far tail.
///
/// @param reference, current  ascending, infinities included, NaN not
/// @return kInsufficientData below 2 values a side; kInvalidArgument for kExact with more than 20
///         values, or from 2^29 values on. O(m + n), and some microseconds for p.
Result<CramerVonMises> cramer_von_mises(std::span<const double> reference,
                                        std::span<const double> current,
                                        PMethod method = PMethod::kAuto);

}  // namespace leeway::drift
