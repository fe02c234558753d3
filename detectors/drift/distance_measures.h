#pragma once

#include "detectors/drift/measures.h"

// Measures of how far values moved, as the table of measures wants them. In units of the
// reference's standard deviation (population) unless said otherwise: kInsufficientData for a
// constant reference, which has none to measure by. Infinities are left out; quality counts them.
namespace leeway::drift {

Result<Measured> wasserstein(const Sides& sides);
Result<Measured> wasserstein_plain(const Sides& sides);  ///< in the unit of the column
/// The energy distance of the values divided by that deviation: the root of it smaller.
Result<Measured> energy(const Sides& sides);
/// The kernel's mean discrepancy, squared and without bias, with the p-value of 199 permutations.
Result<Measured> empirical_mmd(const Sides& sides);
/// "values moved by 3.1 on average, ...".
Explanation explain_distance(const Sides& sides);

/// Of the reference in units of its standard deviation: sqrt(2/pi) times the integral of
/// sqrt(F (1 - F)), the mean of Wasserstein-1 times the root of the effective rows; plain, the same
/// times the deviation, and the deviation.
NullParameters wasserstein_null(const profile::Column& column,
                                const profile::ColumnProfile& reference, const Classes& classes);
NullParameters wasserstein_plain_null(const profile::Column& column,
                                      const profile::ColumnProfile& reference,
                                      const Classes& classes);
/// The integral of 2 F (1 - F), the mean of the squared distance times the effective rows, and the
/// largest eigenvalue of the kernel 2 (min(F, F') - F F').
NullParameters energy_null(const profile::Column& column, const profile::ColumnProfile& reference,
                           const Classes& classes);
double energy_noise(const NullParameters& null, double reference_rows, double current_rows);
double energy_ratio(const NullParameters& null, double alpha);

}  // namespace leeway::drift
