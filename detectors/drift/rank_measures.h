#pragma once

#include "detectors/drift/measures.h"

// The measures that compare distribution functions, as the table of measures wants them.
namespace leeway::drift {

/// Rows with a value: missing ones and NaN have no place in an order. Of categories too.
double rows_with_values(const profile::ColumnProfile& column);
/// Rows with a finite number: where distances count, infinities are left to quality.
double rows_with_finite(const profile::ColumnProfile& column);

NullParameters no_parameters(const profile::Column& column, const profile::ColumnProfile& reference,
                             const Classes& classes);

Result<Measured> ks(const Sides& sides);
Result<Measured> ks_up(const Sides& sides);    ///< max(F - G): current values are larger
Result<Measured> ks_down(const Sides& sides);  ///< max(G - F): current values are smaller
/// Where F and G differ most.
Explanation explain_ks(const Sides& sides);
double ks_noise(const NullParameters& null, double reference_rows, double current_rows);
double ks_null_quantile(const NullParameters& null, double alpha);
/// P(sup(F - G) > x) is exp(-2 x^2 n) for large samples of n effective rows.
double one_sided_ks_noise(const NullParameters& null, double reference_rows, double current_rows);
double one_sided_ks_quantile(const NullParameters& null, double alpha);

/// Cramer-von Mises, Anderson-Darling: statistic and p-value. Rows only.
Result<Measured> cramer_von_mises_test(const Sides& sides);
Result<Measured> anderson_darling_test(const Sides& sides);
double cramer_von_mises_noise(const NullParameters& null, double reference_rows,
                              double current_rows);
double cramer_von_mises_ratio(const NullParameters& null, double alpha);

/// |P(X > Y) - P(X < Y)| of a reference value X and a current value Y: Cliff's delta, |2 AUC - 1|;
/// p-value two-sided. On the grid pairs inside a cell may go either way.
Result<Measured> mann_whitney_delta(const Sides& sides);
double mann_whitney_noise(const NullParameters& null, double reference_rows, double current_rows);

}  // namespace leeway::drift
