#include "detectors/multivariate/mmd.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "detectors/base/random.h"
#include "detectors/multivariate/table.h"

namespace leeway::multivariate {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr Index kBlock = 256;        // rows of the kernel at a time
constexpr Index kDirect = 8;         // up to so many dimensions differences beat products
constexpr double kSafeSize = 1e150;  // squares of what is smaller do not overflow
constexpr double kTie = 1e-12;       // equal but for rounding
constexpr Index kMedianRows = 2048;  // two million pairs

/// Squared distances between rows, a block at a time.
class Distances {
 public:
  /// Distances do not change when the middle is subtracted; then products lose least.
  explicit Distances(MatrixXd rows) : rows_(std::move(rows)) {
    const bool small = rows_.size() == 0 || rows_.cwiseAbs().maxCoeff() < kSafeSize;
    by_products_ = small && rows_.rows() > kDirect;
    if (!by_products_) {
      by_dimension_ = rows_.transpose();
      return;
    }
    const VectorXd middle = rows_.rowwise().mean();
    rows_.colwise() -= middle;
    squares_ = rows_.colwise().squaredNorm().transpose();
  }

  Index rows() const { return rows_.cols(); }

  /// Of `count` rows from `first` on to all from `from` on: count x (rows - from).
  void block(Index first, Index count, Index from, MatrixXd& out) const {
    const Index width = rows_.cols() - from;
    out.resize(count, width);
    if (by_products_) {
      out.noalias() = rows_.middleCols(first, count).transpose() * rows_.rightCols(width);
      out *= -2.0;
      out.colwise() += squares_.segment(first, count);
      out.rowwise() += squares_.tail(width).transpose();
      out = out.cwiseMax(0.0);
      return;
    }
    out.setZero();
    for (Index d = 0; d < rows_.rows(); ++d) {
      for (Index j = 0; j < width; ++j) {
        out.col(j).array() +=
            (by_dimension_.col(d).segment(first, count).array() - rows_(d, from + j)).square();
      }
    }
  }

 private:
  MatrixXd rows_;
  MatrixXd by_dimension_;
  VectorXd squares_;
  bool by_products_ = false;
};

double middle_of(std::vector<double>& values) {
  const std::size_t half = values.size() / 2;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(half);
  std::nth_element(values.begin(), at, values.end());
  if (values.size() % 2 == 1) return *at;
  return (*std::max_element(values.begin(), at) + *at) / 2.0;
}

/// Sums of the kernel over the pairs of different rows, from which both estimates follow.
struct Sums {
  double within_reference = 0.0;
  double within_current = 0.0;
  double between = 0.0;  ///< each mixed pair once
};

double unbiased(const Sums& sums, double m, double n) {
  return sums.within_reference / (m * (m - 1.0)) + sums.within_current / (n * (n - 1.0)) -
         2.0 * sums.between / (m * n);
}

double biased(const Sums& sums, double m, double n) {
  return (sums.within_reference + m) / (m * m) + (sums.within_current + n) / (n * n) -
         2.0 * sums.between / (m * n);
}

/// For each way to call rows reference (a column of 0 and 1 in `labels`) the sums of the kernel.
/// Each pair is made once, as row < column.
std::vector<Sums> kernel_sums(const Distances& distances, double sigma, const MatrixXd& labels) {
  const double rate = -0.5 / (sigma * sigma);
  VectorXd within = VectorXd::Zero(labels.cols());    // over pairs that are both called reference
  VectorXd touching = VectorXd::Zero(labels.cols());  // over pairs, for each row called reference
  double all = 0.0;
  MatrixXd kernel;
  MatrixXd products;
  for (Index first = 0; first < distances.rows(); first += kBlock) {
    const Index count = std::min(kBlock, distances.rows() - first);
    distances.block(first, count, first, kernel);
    kernel = (kernel.array() * rate).exp();
    kernel.leftCols(count).triangularView<Eigen::Lower>().setZero();
    const auto mine = labels.middleRows(first, count);
    const auto others = labels.bottomRows(kernel.cols());
    products.noalias() = kernel * others;
    within += products.cwiseProduct(mine).colwise().sum().transpose();
    touching.noalias() += mine.transpose() * kernel.rowwise().sum();
    touching.noalias() += others.transpose() * kernel.colwise().sum().transpose();
    all += kernel.sum();
  }
  std::vector<Sums> sums;
  for (Index p = 0; p < labels.cols(); ++p) {
    sums.push_back({.within_reference = 2.0 * within(p),
                    .within_current = 2.0 * (all - touching(p) + within(p)),
                    .between = touching(p) - 2.0 * within(p)});
  }
  return sums;
}

}  // namespace

double permutation_p(std::size_t exceeding, std::size_t permutations, PermutationRule rule) {
  const auto b = static_cast<double>(exceeding);
  const auto m = static_cast<double>(permutations);
  return rule == PermutationRule::kAddOne ? (b + 1.0) / (m + 1.0) : b / m;
}

MatrixXd permuted_labels(Index reference, Index rows, std::size_t permutations,
                         std::uint64_t seed) {
  std::vector<Index> order(static_cast<std::size_t>(rows));
  std::iota(order.begin(), order.end(), Index{0});
  Random random(seed);
  MatrixXd labels = MatrixXd::Zero(rows, static_cast<Index>(permutations));
  for (Index p = 0; p < labels.cols(); ++p) {
    for (std::size_t i = order.size(); i-- > 1;)
      std::swap(order[i], order[random.next() % (i + 1)]);
    for (Index i = 0; i < reference; ++i) labels(order[static_cast<std::size_t>(i)], p) = 1.0;
  }
  return labels;
}

std::optional<Null> null_of(const std::vector<double>& permuted) {
  const auto n = static_cast<double>(permuted.size());
  if (n < 2.0) return std::nullopt;
  const double mean = std::accumulate(permuted.begin(), permuted.end(), 0.0) / n;
  double squares = 0.0;
  double cubes = 0.0;
  for (const double value : permuted) {
    squares += (value - mean) * (value - mean);
    cubes += (value - mean) * (value - mean) * (value - mean);
  }
  const double variance = squares / (n - 1.0);
  if (!(variance > 0.0)) return std::nullopt;
  const double deviation = std::sqrt(variance);
  return Null::gamma(mean, deviation, cubes / n / (variance * deviation));
}

double median_distance(const Eigen::Ref<const MatrixXd>& rows, std::uint64_t seed) {
  const std::vector<std::size_t> chosen =
      sample_rows(static_cast<std::size_t>(rows.cols()), kMedianRows, seed);
  MatrixXd some(rows.rows(), static_cast<Index>(chosen.size()));
  for (Index i = 0; i < some.cols(); ++i)
    some.col(i) = rows.col(static_cast<Index>(chosen[static_cast<std::size_t>(i)]));
  const Distances distances(std::move(some));
  std::vector<double> all;
  MatrixXd block;
  for (Index first = 0; first < distances.rows(); first += kBlock) {
    const Index count = std::min(kBlock, distances.rows() - first);
    distances.block(first, count, first, block);
    for (Index j = 1; j < block.cols(); ++j) {
      for (Index i = 0; i < std::min(j, count); ++i) all.push_back(block(i, j));
    }
  }
  if (all.empty()) return 1.0;
  for (double& value : all) value = std::sqrt(value);
  const double median = middle_of(all);
  return median > 0.0 ? median : 1.0;
}

Result<Mmd> maximum_mean_discrepancy(const Eigen::Ref<const MatrixXd>& reference,
                                     const Eigen::Ref<const MatrixXd>& current,
                                     const MmdOptions& options) {
  const Index m = reference.cols();
  const Index n = current.cols();
  if (m == 0 || n == 0)
    return fail(ErrorCode::kInsufficientData,
                std::string("mmd: the ") + (m == 0 ? "reference" : "window") + " has no rows");
  if (reference.rows() != current.rows()) {
    return fail(ErrorCode::kInvalidArgument, "mmd: rows of " + std::to_string(reference.rows()) +
                                                 " and of " + std::to_string(current.rows()) +
                                                 " numbers");
  }
  MatrixXd pooled(reference.rows(), m + n);
  pooled << reference, current;
  Mmd mmd;
  mmd.sigma = options.bandwidth > 0.0 ? options.bandwidth : median_distance(pooled, options.seed);
  MatrixXd labels(m + n, static_cast<Index>(options.permutations) + 1);
  labels.col(0).head(m).setOnes();
  labels.col(0).tail(n).setZero();
  labels.rightCols(labels.cols() - 1) =
      permuted_labels(m, m + n, options.permutations, options.seed);
  const std::vector<Sums> sums = kernel_sums(Distances(std::move(pooled)), mmd.sigma, labels);
  const auto rows = static_cast<double>(m);
  const auto others = static_cast<double>(n);
  mmd.biased = std::max(0.0, biased(sums.front(), rows, others));
  if (m < 2 || n < 2) return mmd;
  mmd.unbiased = unbiased(sums.front(), rows, others);
  if (options.permutations == 0) return mmd;
  std::vector<double> permuted;
  for (std::size_t i = 1; i < sums.size(); ++i) {
    permuted.push_back(unbiased(sums[i], rows, others));
    mmd.exceeding += permuted.back() >= *mmd.unbiased - kTie ? 1U : 0U;
  }
  mmd.p_value = permutation_p(mmd.exceeding, options.permutations, options.rule);
  mmd.null = null_of(permuted);
  return mmd;
}

}  // namespace leeway::multivariate
