#pragma once

#include "detectors/drift/kolmogorov_smirnov.h"

namespace leeway::drift {

struct MergeWalk {
  KsDistances ks;
  /// Of |F - G|, or of its square, over the line. Not finite with infinite values, and where it
  /// times mn, or its square, is beyond the range of double.
  double integral = 0.0;
};

/// Walks through two samples in ascending order as merge sort does: of m reference and n current
/// values, neither empty, without NaN, fewer than 2^31 each. O(m + n), 1.5 ns a value, without
/// memory of its own.
///
/// A step of a merge depends on the comparison of the last one. So the merge is cut into segments
/// of equal length (Odeh, Green, Mwassi, Shmueli, Birk 2012, "Merge Path"), which are walked in
/// turns, two in one vector and without a branch.
MergeWalk walk_extremes(std::span<const double> reference, std::span<const double> current);
MergeWalk walk_area(std::span<const double> reference, std::span<const double> current);
MergeWalk walk_squares(std::span<const double> reference, std::span<const double> current);
MergeWalk walk_extremes_and_area(std::span<const double> reference,
                                 std::span<const double> current);

}  // namespace leeway::drift
