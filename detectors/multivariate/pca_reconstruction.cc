#include "detectors/multivariate/pca_reconstruction.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <numeric>

namespace leeway::multivariate {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::size_t kLeastRows = 20;

/// The directions of most variance of points around 0, as few as explain the share.
MatrixXd components_of(const MatrixXd& points, double explained) {
  const MatrixXd covariance = points * points.transpose();
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(covariance);
  const VectorXd& variances = solver.eigenvalues();  // ascending
  const double wanted = explained * variances.sum();
  Index count = 0;
  for (double sum = 0.0; count < variances.size() && sum < wanted; ++count)
    sum += variances(variances.size() - 1 - count);
  return solver.eigenvectors().rightCols(std::max<Index>(count, 1));
}

/// Distances of rows from their reconstruction, and the mean square of each dimension's part.
struct Errors {
  VectorXd of_row;
  VectorXd of_dimension;
};

struct Fit {
  VectorXd middle;
  MatrixXd components;

  Fit(const MatrixXd& points, double explained)
      : middle(points.rowwise().mean()),
        components(components_of(points.colwise() - middle, explained)) {}

  Errors errors(const MatrixXd& points) const {
    const MatrixXd centred = points.colwise() - middle;
    const MatrixXd projected = components.transpose() * centred;
    const MatrixXd left = centred - components * projected;
    return {.of_row = left.colwise().norm().transpose(),
            .of_dimension = left.rowwise().squaredNorm() / static_cast<double>(points.cols())};
  }
};

double variance_of_mean(const VectorXd& values) {
  const auto n = static_cast<double>(values.size());
  return (values.array() - values.mean()).square().sum() / (n - 1.0) / n;
}

MatrixXd columns_of(const MatrixXd& points, const std::vector<bool>& chosen, bool which) {
  const auto count = std::count(chosen.begin(), chosen.end(), which);
  MatrixXd some(points.rows(), count);
  Index to = 0;
  for (Index i = 0; i < points.cols(); ++i) {
    if (chosen[static_cast<std::size_t>(i)] == which) some.col(to++) = points.col(i);
  }
  return some;
}

}  // namespace

Result<PcaReconstruction> pca_reconstruction(const Table& reference, const Table& current,
                                             const PcaOptions& options) {
  if (auto alike = check_alike(reference, current, kLeastRows); !alike)
    return fail(std::move(alike.error()).in("pca_reconstruction"));
  const auto encoding = Encoding::learn(reference, options.scale);
  if (!encoding) return fail(Error(encoding.error()).in("pca_reconstruction"));
  if (encoding->dimensions() < 2)
    return fail(ErrorCode::kInsufficientData, "pca_reconstruction: a single column varies");
  const MatrixXd before = encoding->apply(reference);
  const MatrixXd now = encoding->apply(current);
  std::vector<bool> first_half(reference.rows(), false);
  for (const std::size_t row : sample_rows(reference.rows(), reference.rows() / 2, options.seed))
    first_half[row] = true;
  const MatrixXd halves[2] = {columns_of(before, first_half, true),
                              columns_of(before, first_half, false)};

  PcaReconstruction result;
  result.dimensions = static_cast<std::size_t>(encoding->dimensions());
  VectorXd reference_errors(before.cols());
  VectorXd current_errors = VectorXd::Zero(now.cols());
  VectorXd grown = VectorXd::Zero(before.rows());
  for (int i = 0; i < 2; ++i) {
    const Fit fit(halves[i], options.explained);
    const Errors old_errors = fit.errors(halves[1 - i]);
    const Errors new_errors = fit.errors(now);
    if (i == 0) {
      result.components = static_cast<std::size_t>(fit.components.cols());
      reference_errors.head(old_errors.of_row.size()) = old_errors.of_row;
    } else {
      reference_errors.tail(old_errors.of_row.size()) = old_errors.of_row;
    }
    current_errors += new_errors.of_row / 2.0;
    grown += new_errors.of_dimension - old_errors.of_dimension;
  }
  result.reference_error = reference_errors.mean();
  result.current_error = current_errors.mean();
  const double unit = result.reference_error;
  if (!(unit > 0.0))
    return fail(ErrorCode::kInsufficientData, "pca_reconstruction: nothing is left to reconstruct");
  result.change = std::abs(result.current_error - result.reference_error) / unit;
  const double deviation =
      std::sqrt(variance_of_mean(reference_errors) + variance_of_mean(current_errors)) / unit;
  result.null = Null::largest_of(deviation, 1.0);
  result.p_value = result.null.tail(result.change);

  std::vector<std::string> names;
  std::vector<double> parts;
  const double sign = result.current_error < result.reference_error ? -1.0 : 1.0;
  for (Index d = 0; d < grown.size(); ++d) {
    names.push_back(encoding->name(d));
    parts.push_back(sign * grown(d));
  }
  result.carriers = carriers_of(names, parts);
  return result;
}

}  // namespace leeway::multivariate
