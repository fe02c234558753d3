#pragma once

#include "detectors/drift/measures.h"

// The measures of means, quantiles and spread, as the table of measures wants them. Infinities are
// left out where there are moments.
namespace leeway::drift {

/// The population standard deviation of the reference; kInsufficientData if it is constant.
Result<double> reference_deviation(const Sides& sides);

/// |mean_c - mean_r| in standard deviations of the reference. Exact from the profiles, as the t
/// tests are, whose value is |t|.
Result<Measured> mean_shift_size(const Sides& sides);
Result<Measured> welch(const Sides& sides);
Result<Measured> student(const Sides& sides);
/// "the mean rose from 5.7 to 9.3 (0.13 standard deviations)".
Explanation explain_mean(const Sides& sides);

/// The furthest of the nine deciles, in interquartile ranges of the reference. On the grid a
/// quantile is somewhere in its cell.
Result<Measured> quantile_shift_size(const Sides& sides);
Explanation explain_quantiles(const Sides& sides);

/// Brown-Forsythe: the F statistic of the distances from the median. Rows only.
Result<Measured> levene_test(const Sides& sides);
/// "the standard deviation rose from 28.2 to 41.0".
Explanation explain_spread(const Sides& sides);

/// The characteristic functions at two points: chi-squared with 4 degrees of freedom. Rows only.
Result<Measured> epps_singleton_test(const Sides& sides);

/// Of |N(0, 1)| and its square.
double abs_normal_noise(const NullParameters& null, double reference_rows, double current_rows);
double abs_normal_ratio(const NullParameters& null, double alpha);
double squared_normal_noise(const NullParameters& null, double reference_rows, double current_rows);
double squared_normal_ratio(const NullParameters& null, double alpha);
/// |N(0, 1)| over the root of the effective rows.
double mean_shift_noise(const NullParameters& null, double reference_rows, double current_rows);
double epps_singleton_noise(const NullParameters& null, double reference_rows, double current_rows);
double epps_singleton_ratio(const NullParameters& null, double alpha);

/// The largest standard deviation of a decile of the reference times the root of the rows, from the
/// slope of its quantiles, in interquartile ranges.
NullParameters quantile_shift_null(const profile::Column& column,
                                   const profile::ColumnProfile& reference, const Classes& classes);
double quantile_shift_noise(const NullParameters& null, double reference_rows, double current_rows);
/// By Bonferroni over three: nine deciles move together.
double quantile_shift_ratio(const NullParameters& null, double alpha);

/// The effective rows and their root: what statistics of tests grow by.
double by_rows(double reference_rows, double current_rows);
double by_root_of_rows(double reference_rows, double current_rows);

}  // namespace leeway::drift
