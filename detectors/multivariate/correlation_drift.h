#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <string>
#include <vector>

#include "detectors/base/result.h"
#include "detectors/multivariate/null.h"
#include "detectors/multivariate/table.h"

namespace leeway::multivariate {

enum class Correlation { kPearson, kSpearman };

/// The correlations between the rows of a matrix and the number of columns each rests on.
struct Correlations {
  Eigen::MatrixXd r;         ///< p x p in [-1, 1], 1 on the diagonal; 0 where one is constant
  Eigen::MatrixXd n;         ///< columns in which both have a value
  Eigen::MatrixXd variance;  ///< of atanh(r), see correlations()
};

/// Over the columns in which both values are there (NaN: missing). Spearman: Pearson's of
/// mid-ranks, ranked once per row of the matrix. The variance of Fisher's z = atanh(r) does not
/// take the data for normal: for Pearson it is that of the influence values x y - r (x^2 + y^2) / 2
/// over n (1 - r^2)^2, which heavy tails inflate as they should; for Spearman (1 + r^2 / 2) / (n -
/// 3) (Bonett and Wright, Psychometrika 65, 2000).
/// @param values  p x n, one row of the data in each column; infinities are clipped to the largest
///   finite value
/// O(p^2 n) in matrix products.
Correlations correlations(const Eigen::Ref<const Eigen::MatrixXd>& values, Correlation kind);

struct CorrelationPair {
  std::string first{};
  std::string second{};
  double reference = 0.0;  ///< correlation
  double current = 0.0;
  double q = 0.0;         ///< |atanh(current) - atanh(reference)|, Cohen's q: 0.1 small, 0.5 large
  double p_value = 1.0;   ///< two-sided, of this pair alone
  double adjusted = 1.0;  ///< Holm, over all pairs: at most 0.05 with probability 0.05 anywhere
};

struct CorrelationDrift {
  std::size_t pairs = 0;  ///< that could be compared
  /// Those with the smallest p-values first: at least one, at most 10.
  std::vector<CorrelationPair> changed{};
  Null null{};  ///< of the first pair's q
};

/// Whether columns go together as they did: all pairs of columns of numbers, the
/// difference of Fisher's z between reference and current over its standard deviation, and of all
/// pairs the one that stands out most. Correlations beyond 0.99 count as 0.99, where z runs away
/// from any meaning. Pairs are taken for independent: conservative where they are not.
/// @return kInsufficientData below 20 rows on a side or without two columns that vary on both.
/// O(p^2 n): 2 x 1,000 rows of 80 columns take about 25 ms.
Result<CorrelationDrift> correlation_drift(const Table& reference, const Table& current,
                                           Correlation kind);

}  // namespace leeway::multivariate
