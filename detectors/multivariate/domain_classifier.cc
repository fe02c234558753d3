#include "detectors/multivariate/domain_classifier.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "detectors/base/random.h"
#include "detectors/multivariate/auc.h"

namespace leeway::multivariate {
namespace {

constexpr std::size_t kLeastRowsInFold = 10;
constexpr std::size_t kCandidates = 8;  // columns that are shuffled to see what they carry
constexpr double kTwoSided95 = 1.959963984540054;

// Two folds' AUCs are not independent: each was learned from rows that the other is tested on. With
// differences d_f of the folds AUC_f goes like (sum of d_g, g != f) * d_f without drift, and the
// variance of the sum over f of these is twice the sum of their variances, for any number of folds.
constexpr double kFoldsShare = 2.0;

using Rows = std::vector<std::uint32_t>;

void shuffle(Rows& rows, Random& random) {
  for (std::size_t i = rows.size(); i-- > 1;)
    std::swap(rows[i], rows[static_cast<std::size_t>(random.below(i + 1))]);
}

/// The fold of every row: both sides are dealt out evenly.
std::vector<std::size_t> deal_folds(std::size_t reference, std::size_t current, std::size_t folds,
                                    Random& random) {
  std::vector<std::size_t> fold(reference + current);
  for (const auto& [first, count] : {std::pair{std::size_t{0}, reference}, {reference, current}}) {
    Rows rows(count);
    std::iota(rows.begin(), rows.end(), static_cast<std::uint32_t>(first));
    shuffle(rows, random);
    for (std::size_t i = 0; i < count; ++i) fold[rows[i]] = i % folds;
  }
  return fold;
}

/// Scores of held-out rows by side, with a column's bins taken from other rows if asked for.
class HeldOut {
 public:
  HeldOut(const BinnedRows& data, const BoostedTrees& trees, Rows rows, std::size_t first_current)
      : data_(data), trees_(trees), rows_(std::move(rows)), first_current_(first_current) {}

  Result<Auc> auc() const { return auc_of(rows_, 0); }
  Result<Auc> auc_shuffled(std::size_t column, Random& random) const {
    Rows others = rows_;
    shuffle(others, random);
    return auc_of(others, column);
  }

 private:
  Result<Auc> auc_of(const Rows& others, std::size_t column) const {
    std::vector<double> reference;
    std::vector<double> current;
    std::vector<std::uint8_t> bins;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const auto own = data_.row(rows_[i]);
      bins.assign(own.begin(), own.end());
      bins[column] = data_.row(others[i])[column];
      (rows_[i] < first_current_ ? reference : current).push_back(trees_.score(bins));
    }
    return area_under_curve(reference, current);
  }

  const BinnedRows& data_;
  const BoostedTrees& trees_;
  Rows rows_;
  std::size_t first_current_;
};

std::vector<std::size_t> largest(const std::vector<double>& gains, std::size_t most) {
  std::vector<std::size_t> order(gains.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&gains](std::size_t a, std::size_t b) {
    return gains[a] != gains[b] ? gains[a] > gains[b] : a < b;
  });
  order.resize(std::min(order.size(), most));
  std::erase_if(order, [&gains](std::size_t column) { return gains[column] <= 0.0; });
  return order;
}

}  // namespace

Result<DomainClassifier> domain_classifier(const Table& reference, const Table& current,
                                           const DomainClassifierOptions& options) {
  const std::size_t folds = std::max<std::size_t>(options.folds, 2);
  if (auto alike = check_alike(reference, current, kLeastRowsInFold * folds); !alike)
    return fail(std::move(alike.error()).in("domain_classifier"));
  const BinnedRows data = BinnedRows::make(reference, current);
  std::vector<std::uint8_t> is_current(data.rows(), 0);
  std::fill(is_current.begin() + static_cast<std::ptrdiff_t>(reference.rows()), is_current.end(),
            std::uint8_t{1});
  Random random(options.seed);
  const std::vector<std::size_t> fold = deal_folds(reference.rows(), current.rows(), folds, random);

  Auc sum{.value = 0.0};
  std::vector<double> lost(data.columns(), 0.0);
  for (std::size_t k = 0; k < folds; ++k) {
    Rows learned;
    Rows held_out;
    for (std::uint32_t row = 0; row < fold.size(); ++row)
      (fold[row] == k ? held_out : learned).push_back(row);
    const BoostedTrees trees = BoostedTrees::fit(data, learned, is_current, options.boosting);
    const HeldOut test(data, trees, std::move(held_out), reference.rows());
    const auto auc = test.auc();
    if (!auc) return fail(auc.error());
    sum.value += auc->value;
    sum.variance += auc->variance;
    sum.null_variance += auc->null_variance;
    for (const std::size_t column : largest(trees.gains(), kCandidates)) {
      const auto without = test.auc_shuffled(column, random);
      if (without) lost[column] += auc->value - without->value;
    }
  }
  const auto k = static_cast<double>(folds);
  DomainClassifier result;
  result.auc = sum.value / k;
  const double half_width = kTwoSided95 * std::sqrt(kFoldsShare * sum.variance) / k;
  result.lower = std::max(0.0, result.auc - half_width);
  result.upper = std::min(1.0, result.auc + half_width);
  result.null = Null::normal(0.5, std::sqrt(kFoldsShare * sum.null_variance) / k);
  result.p_value = result.null.tail(result.auc);
  std::vector<std::string> names;
  for (const TableColumn& column : reference.columns) names.push_back(column.name);
  result.carriers = carriers_of(names, lost);
  return result;
}

}  // namespace leeway::multivariate
