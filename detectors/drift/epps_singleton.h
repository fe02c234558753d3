#pragma once

#include <span>

#include "detectors/base/result.h"

namespace leeway::drift {

struct EppsSingleton {
  double statistic = 0.0;
  int degrees_of_freedom = 0;  ///< 4, less for data of few values
  double p_value = 1.0;
};

/// The test of Epps and Singleton (J. Stat. Comput. Simul. 26, 1986): the difference of the two
/// empirical characteristic functions at two points, in units of the pooled sample's interquartile
/// range. Needs no continuous distribution, and sees differences in shape that rank tests miss.
///
/// With s half of the pooled interquartile range, g(x) holds the cosines and sines of 0.4 x/s and
/// 0.8 x/s; d is the difference of its means, S = N (cov_r/m + cov_c/n), W = N d' S^+ d,
/// chi-squared with the rank of S. Below 25 values a side W is reduced as the authors say. Unmoved
/// by shifts and changes of scale.
///
/// @param reference, current  ascending, without NaN
/// @return kInsufficientData below 5 values a side, or if the middle half of the pooled values is
///         one value; kInvalidArgument for infinities. O(m + n), some 30 ns for each distinct
///         value.
Result<EppsSingleton> epps_singleton(std::span<const double> reference,
                                     std::span<const double> current);

}  // namespace leeway::drift
