#pragma once

#include "detectors/drift/wasserstein.h"

namespace leeway::drift {

/// Energy distance: sqrt(2 integral (F - G)^2) = sqrt(2E|X-Y| - E|X-X'| - E|Y-Y'|), a metric in the
/// square root of the column's unit, as SciPy has it (Szekely and Rizzo 2013, J. Stat. Plan.
/// Inference 143(8), whose energy distance is its square). More weight on large gaps than
/// Wasserstein-1.
///
/// @param reference, current  ascending, without NaN
/// @return kInsufficientData if a side is empty, kInvalidArgument if it holds an infinity. O(m +
/// n).
Result<double> energy_distance(std::span<const double> reference, std::span<const double> current);

/// Of samples whose values have weights. kInvalidArgument also for a weight that is none.
Result<double> energy_distance(const Weighted& reference, const Weighted& current);

/// Of two columns of which only counts and sums by cell are known. In a cell of width w where F - G
/// integrates to A, its square integrates at least to A^2 / w (Cauchy, Schwarz) and at most to that
/// and w times the largest variance that F - G can have there: see most_variance() in the source.
/// O(cells that hold something).
Result<GridDistance> energy_distance(const profile::Grid& grid,
                                     const profile::ColumnProfile& reference,
                                     const profile::ColumnProfile& current);

}  // namespace leeway::drift
