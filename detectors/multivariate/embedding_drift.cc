#include "detectors/multivariate/embedding_drift.h"

#include <algorithm>
#include <cmath>

namespace leeway::multivariate {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::size_t kLeastRows = 20;
constexpr double kLeastSpread = 1e-3;  // of lengths, as a share of the mean length

MatrixXd matrix_of(const Vectors& vectors) {
  return Eigen::Map<const Eigen::MatrixXf>(vectors.values.data(),
                                           static_cast<Index>(vectors.dimension),
                                           static_cast<Index>(vectors.rows()))
      .cast<double>();
}

double cosine_distance(const VectorXd& a, const VectorXd& b) {
  const double size = a.norm() * b.norm();
  return size > 0.0 ? std::max(0.0, 1.0 - a.dot(b) / size) : 0.0;
}

Distance cosine_of_means(const MatrixXd& pooled, Index reference, const MatrixXd& labels) {
  const auto m = static_cast<double>(reference);
  const auto n = static_cast<double>(pooled.cols() - reference);
  const VectorXd all = pooled.rowwise().sum();
  const VectorXd own = pooled.leftCols(reference).rowwise().sum();
  const MatrixXd permuted = pooled * labels;
  Distance distance{.value = cosine_distance(own / m, (all - own) / n)};
  std::vector<double> values;
  std::size_t exceeding = 0;
  for (Index p = 0; p < permuted.cols(); ++p) {
    values.push_back(cosine_distance(permuted.col(p) / m, (all - permuted.col(p)) / n));
    exceeding += values.back() >= distance.value ? 1U : 0U;
  }
  distance.p_value = permutation_p(exceeding, values.size(), PermutationRule::kAddOne);
  distance.null = null_of(values).value_or(Null::normal(0.0, 0.0));
  return distance;
}

double variance(const VectorXd& values) {
  const auto n = static_cast<double>(values.size());
  return (values.array() - values.mean()).square().sum() / (n - 1.0);
}

Distance difference_of_lengths(const MatrixXd& reference, const MatrixXd& current) {
  const VectorXd before = reference.colwise().norm().transpose();
  const VectorXd now = current.colwise().norm().transpose();
  const double unit = std::max(std::sqrt(variance(before)), kLeastSpread * before.mean());
  if (!(unit > 0.0)) return {.null = Null::largest_of(0.0, 1.0)};
  const double error = std::sqrt(variance(before) / static_cast<double>(before.size()) +
                                 variance(now) / static_cast<double>(now.size()));
  Distance distance{.value = std::abs(now.mean() - before.mean()) / unit,
                    .null = Null::largest_of(error / unit, 1.0)};
  distance.p_value = distance.null.tail(distance.value);
  return distance;
}

}  // namespace

Result<EmbeddingDrift> embedding_drift(const Vectors& reference, const Vectors& current,
                                       const EmbeddingOptions& options) {
  if (reference.dimension != current.dimension) {
    return fail(ErrorCode::kInvalidArgument,
                "embedding: lists of " + std::to_string(current.dimension) +
                    " numbers, the reference has " + std::to_string(reference.dimension));
  }
  const std::size_t fewest = std::min(reference.rows(), current.rows());
  if (fewest < kLeastRows) {
    return fail(ErrorCode::kInsufficientData, "embedding: " + std::to_string(fewest) + " rows, " +
                                                  std::to_string(kLeastRows) +
                                                  " are needed on each side");
  }
  const MatrixXd before = matrix_of(reference);
  const MatrixXd now = matrix_of(current);
  if (!before.allFinite() || !now.allFinite())
    return fail(ErrorCode::kInvalidArgument, "embedding: a number is not finite");
  EmbeddingDrift drift;
  const std::size_t permutations = std::max<std::size_t>(options.permutations, 20);
  auto mmd =
      maximum_mean_discrepancy(before, now, {.permutations = permutations, .seed = options.seed});
  if (!mmd) return fail(std::move(mmd.error()));
  drift.mmd = std::move(*mmd);
  MatrixXd pooled(before.rows(), before.cols() + now.cols());
  pooled << before, now;
  drift.cosine =
      cosine_of_means(pooled, before.cols(),
                      permuted_labels(before.cols(), pooled.cols(), permutations, options.seed));
  drift.norm = difference_of_lengths(before, now);
  return drift;
}

}  // namespace leeway::multivariate
