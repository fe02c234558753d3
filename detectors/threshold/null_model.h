#pragma once

#include "detectors/drift/measures.h"

namespace leeway::threshold {

/// One measure on one column without drift, on the *additive scale*: there the noise of sampling
/// falls with 1/n, and a difference between windows adds to it. Divergences such as PSI are on that
/// scale; distances such as KS, which fall with 1/sqrt(n), are on it when squared; test statistics
/// such as chi-squared once they are divided by what row counts do to them, see Measure::scale.
class NullModel {
 public:
  /// @param measure  one whose null distribution is known (has_null())
  NullModel(const drift::Measure& measure, const profile::Column& column,
            const profile::ColumnProfile& reference, const drift::Classes& classes);

  double additive(double scaled_value) const;  ///< of a value over the measure's scale
  double scaled_value(double additive) const;  ///< the way back

  /// The noise floor at these sizes; 0 if nothing varies.
  double noise(double reference_rows, double rows) const;

  /// The multiple of the noise floor that independent rows exceed with probability alpha.
  double quantile(double alpha) const;

  /// Half the distance between the quantiles at one standard deviation from the middle, of the
  /// fourth roots of multiples of the noise floor.
  double root_deviation() const { return root_deviation_; }

 private:
  const drift::Measure* measure_;
  drift::NullParameters parameters_;
  double power_ = 1.0;
  double root_deviation_ = 0.0;
};

}  // namespace leeway::threshold
