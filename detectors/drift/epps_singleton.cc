#include "detectors/drift/epps_singleton.h"

#include <Eigen/Dense>
#include <cmath>

#include "detectors/drift/chi_squared.h"
#include "detectors/drift/sorted_walk.h"

namespace leeway::drift {
namespace {

constexpr std::size_t kLeastValues = 5;
constexpr std::size_t kSmall = 25;
constexpr double kFirstPoint = 0.4;  // the second is twice that
constexpr double kRankTolerance = 1e-12;

struct Summary {
  Eigen::Vector4d mean = Eigen::Vector4d::Zero();
  Eigen::Matrix4d covariance = Eigen::Matrix4d::Zero();
};

/// Values are counted from `center`: a shift turns both pairs of g by an angle, which leaves W as
/// it is, and keeps the digits of values far from 0.
Summary summarize(std::span<const double> sorted, double center, double scale) {
  Summary summary;
  const auto n = static_cast<double>(sorted.size());
  for (std::size_t i = 0; i < sorted.size();) {
    const double value = sorted[i];
    const std::size_t first = i;
    while (i < sorted.size() && sorted[i] == value) ++i;
    const double weight = static_cast<double>(i - first) / n;
    const double angle = kFirstPoint * ((value - center) / scale);
    const double c = std::cos(angle);
    const double s = std::sin(angle);
    const Eigen::Vector4d g(c, c * c - s * s, s, 2.0 * s * c);
    summary.mean += weight * g;
    summary.covariance += weight * g * g.transpose();
  }
  summary.covariance -= summary.mean * summary.mean.transpose();
  return summary;
}

double small_sample_factor(double m, double n) {
  return 1.0 / (1.0 + std::pow(m + n, -0.45) + 10.1 * (std::pow(m, -1.7) + std::pow(n, -1.7)));
}

}  // namespace

Result<EppsSingleton> epps_singleton(std::span<const double> reference,
                                     std::span<const double> current) {
  if (reference.size() < kLeastValues || current.size() < kLeastValues)
    return fail(ErrorCode::kInsufficientData, "epps-singleton: needs 5 values on each side");
  if (auto checked = check_finite_samples(reference, current, "epps-singleton"); !checked)
    return fail(checked.error());
  const double lower = pooled_quantile(reference, current, 0.25);
  const double scale = pooled_quantile(reference, current, 0.75) / 2.0 - lower / 2.0;
  if (scale <= 0.0) {
    return fail(ErrorCode::kInsufficientData,
                "epps-singleton: the middle half of all values is one value");
  }
  const Summary r = summarize(reference, lower, scale);
  const Summary c = summarize(current, lower, scale);
  const auto m = static_cast<double>(reference.size());
  const auto n = static_cast<double>(current.size());
  const Eigen::Matrix4d spread = (m + n) * (r.covariance / m + c.covariance / n);
  const Eigen::Vector4d difference = r.mean - c.mean;
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix4d> solver(spread);
  EppsSingleton test;
  for (int i = 0; i < 4; ++i) {
    const double eigenvalue = solver.eigenvalues()(i);
    if (eigenvalue <= kRankTolerance * solver.eigenvalues()(3)) continue;
    const double along = solver.eigenvectors().col(i).dot(difference);
    test.statistic += (m + n) * along * along / eigenvalue;
    ++test.degrees_of_freedom;
  }
  if (test.degrees_of_freedom == 0)
    return fail(ErrorCode::kInsufficientData, "epps-singleton: each side is one value");
  if (std::max(reference.size(), current.size()) < kSmall)
    test.statistic *= small_sample_factor(m, n);
  test.p_value = chi_squared_p(test.statistic, test.degrees_of_freedom);
  return test;
}

}  // namespace leeway::drift
