#pragma once

#include <cstdint>
#include <vector>

#include "detectors/base/result.h"
#include "detectors/multivariate/boosted_trees.h"
#include "detectors/multivariate/carriers.h"
#include "detectors/multivariate/null.h"
#include "detectors/multivariate/table.h"

namespace leeway::multivariate {

struct DomainClassifierOptions {
  std::size_t folds = 5;
  std::uint64_t seed = 0;  ///< of the folds
  BoostingOptions boosting{};
};

struct DomainClassifier {
  double auc = 0.5;    ///< the mean over the folds of the area under the held-out ROC curve
  double lower = 0.0;  ///< 95 % interval of `auc`, DeLong's variances of the folds added
  double upper = 1.0;
  Null null{};  ///< normal around 1/2
  double p_value = 1.0;
  /// Of the AUC that is lost when a column is shuffled among the held-out rows; of the columns on
  /// which the trees split most. Empty if none loses any.
  std::vector<Carrier> carriers{};
};

/// How well a classifier tells current rows from reference rows, 1/2 if not at all: k-fold
/// cross-validated AUC of boosted trees over all columns at once. Sees what univariate measures
/// cannot: columns that changed only in how they go together.
///
/// Trees and not a logistic regression on squared terms: that is blind to pairs of columns unless
/// each of their products is a term, p^2/2 of them. Three splits on a way see triples, take
/// categories and missing values as they are and do not mind scales or outliers.
///
/// The null: with rows drawn independently held-out scores are exchangeable and each fold's AUC has
/// the Mann-Whitney variance. The folds are not independent, each is learned from rows that the
/// others are tested on: the variance of their mean is twice that of independent ones.
/// @return kInsufficientData below 10 rows a fold on a side, see check_alike for the rest.
/// O(folds x trees x depth x rows x columns): 2 x 2,000 rows of 20 columns take about 0.1 s.
/// Lopez-Paz and Oquab, ICLR 2017; NannyML's domain classifier (LightGBM, 5 folds).
Result<DomainClassifier> domain_classifier(const Table& reference, const Table& current,
                                           const DomainClassifierOptions& options);

}  // namespace leeway::multivariate
