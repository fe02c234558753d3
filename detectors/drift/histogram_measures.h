#pragma once

#include "detectors/drift/measures.h"

// The measures that compare shares of classes, as the table of measures wants them.
namespace leeway::drift {

/// All rows of a column: missing values are a class of their own.
double all_rows(const profile::ColumnProfile& column);

/// The number of classes that the reference fills; 2 for a constant column, which may move into a
/// second one.
NullParameters filled_classes(const profile::Column& column,
                              const profile::ColumnProfile& reference, const Classes& classes);

Result<Measured> psi(const Sides& sides);
double psi_noise(const NullParameters& null, double reference_rows, double current_rows);
/// n_e PSI is about chi-squared with B-1 degrees of freedom (Yurdakul and Naranjo, J. Risk Model
/// Validation 14(4), 2020), and so PSI over its mean is chi-squared over its degrees of freedom.
double psi_null_quantile(const NullParameters& null, double alpha);

}  // namespace leeway::drift
