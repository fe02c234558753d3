#pragma once

#include "detectors/drift/measures.h"

// The measures that compare shares of classes, as the table of measures wants them. Without drift
// the sum of (q - p)^2 / p over B classes, times the effective rows, is chi-squared with B-1
// degrees of freedom; the others are functions of it to first order: psi is that sum, KL half of
// it, the Jensen-Shannon divergence and the square of Hellinger an eighth.
namespace leeway::drift {

/// All rows of a column: missing values are a class of their own.
double all_rows(const profile::ColumnProfile& column);

/// The number of classes that the reference fills; 2 for a constant column, which may move into a
/// second one.
NullParameters filled_classes(const profile::Column& column,
                              const profile::ColumnProfile& reference, const Classes& classes);

/// Its shares may stay 0, where the statistic stays finite: a bin that is empty on both sides does
/// not exist. psi and kl take the shrunk shares of psi.h.
Result<Measured> psi(const Sides& sides);
Result<Measured> kl(const Sides& sides);  ///< KL(current || reference), nats
Result<Measured> jensen_shannon(const Sides& sides);
Result<Measured> jensen_shannon_bits(const Sides& sides);
Result<Measured> hellinger(const Sides& sides);
Result<Measured> total_variation(const Sides& sides);
Result<Measured> l_infinity(const Sides& sides);

/// By what they contribute to psi.
Explanation explain_classes(const Sides& sides);
/// By the difference of the shares.
Explanation explain_shares(const Sides& sides);

double psi_noise(const NullParameters& null, double reference_rows, double current_rows);
double kl_noise(const NullParameters& null, double reference_rows, double current_rows);
double jensen_shannon_noise(const NullParameters& null, double reference_rows, double current_rows);
double jensen_shannon_bits_noise(const NullParameters& null, double reference_rows,
                                 double current_rows);
double hellinger_noise(const NullParameters& null, double reference_rows, double current_rows);

/// Chi-squared over its degrees of freedom (for psi: Yurdakul and Naranjo, J. Risk Model Validation
/// 14(4), 2020), and the root of it over its mean.
double chi_squared_ratio(const NullParameters& null, double alpha);
double chi_ratio(const NullParameters& null, double alpha);

/// Mean and largest standard deviation, times the root of the effective rows: of half the sum of
/// |q - p|, and of the largest |q - p| with the 32 largest standard deviations of a class.
NullParameters total_variation_null(const profile::Column& column,
                                    const profile::ColumnProfile& reference,
                                    const Classes& classes);
NullParameters l_infinity_null(const profile::Column& column,
                               const profile::ColumnProfile& reference, const Classes& classes);
double supremum_noise(const NullParameters& null, double reference_rows, double current_rows);
double supremum_ratio(const NullParameters& null, double alpha);
double l_infinity_ratio(const NullParameters& null, double alpha);

}  // namespace leeway::drift
