#pragma once

#include "detectors/drift/measures.h"

// The tests of counts, as the table of measures wants them: of the classes of leeway-1, or of any
// other counts. The value is the statistic, with its p-value.
namespace leeway::drift {

struct Counts;

Result<Measured> chi_squared(const Sides& sides);      ///< both sides are samples
Result<Measured> chi_squared_fit(const Sides& sides);  ///< the reference is known
Result<Measured> g(const Sides& sides);
Result<Measured> cramers_v(const Sides& sides);

/// Of the most frequent category of both sides together against all others: |z|, and |ln odds ratio| with
/// half a row added to each cell, with Fisher's exact p-value.
Result<Measured> two_proportions(const Sides& sides);
Result<Measured> fisher(const Sides& sides);

/// Degrees of freedom, of a sum over the classes that the reference fills.
double freedom_noise(const NullParameters& null, double reference_rows, double current_rows);
/// Cramér's V: the root of chi-squared over all rows.
double cramers_v_noise(const NullParameters& null, double reference_rows, double current_rows);
double cramers_v_scale(double reference_rows, double current_rows);
/// Goodness of fit: the reference strays too.
double fit_noise(const NullParameters& null, double reference_rows, double current_rows);
double by_current_rows(double reference_rows, double current_rows);
/// The share p of the most frequent category; the deviation of a log odds ratio is
/// 1 / sqrt(p (1 - p)) over the root of the effective rows.
NullParameters log_odds_null(const profile::Column& column, const profile::ColumnProfile& reference,
                             const Classes& classes);
double log_odds_noise(const NullParameters& null, double reference_rows, double current_rows);

}  // namespace leeway::drift
