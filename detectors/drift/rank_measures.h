#pragma once

#include "detectors/drift/measures.h"

// The measures that compare distribution functions, as the table of measures wants them.
namespace leeway::drift {

/// Rows with a number: missing values and NaN have no place in an order.
double rows_with_values(const profile::ColumnProfile& column);

NullParameters no_parameters(const profile::Column& column, const profile::ColumnProfile& reference,
                             const Classes& classes);

Result<Measured> ks(const Sides& sides);
double ks_noise(const NullParameters& null, double reference_rows, double current_rows);
double ks_null_quantile(const NullParameters& null, double alpha);

}  // namespace leeway::drift
