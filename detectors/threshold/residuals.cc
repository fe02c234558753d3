#include "detectors/threshold/residuals.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace leeway::threshold {
namespace {

struct Sums {
  double mean = 0.0;
  double squares = 0.0;  // about the mean
};

Sums sums_of(std::span<const double> values) {
  Sums sums;
  for (const double value : values) sums.mean += value;
  sums.mean /= static_cast<double>(values.size());
  for (const double value : values) sums.squares += (value - sums.mean) * (value - sums.mean);
  return sums;
}

Spread spread(double mean, double squares, double n, double least) {
  const double deviation = std::max(least, std::sqrt(std::max(squares, 0.0) / (n - 1.0)));
  return {.mean = mean,
          .deviation = deviation * std::sqrt(1.0 + 1.0 / n),
          .size = static_cast<std::size_t>(n)};
}

boost::math::students_t student(double n) {
  return boost::math::students_t(std::max(n - 1.0, 1.0));
}

}  // namespace

Spread spread_of(std::span<const double> values, double least) {
  const Sums sums = sums_of(values);
  return spread(sums.mean, sums.squares, static_cast<double>(values.size()), least);
}

std::vector<double> deleted_residuals(std::span<const double> values, double least) {
  const Sums all = sums_of(values);
  const auto n = static_cast<double>(values.size());
  std::vector<double> residuals;
  residuals.reserve(values.size());
  for (const double value : values) {
    const double away = value - all.mean;
    const Spread others = spread(all.mean - away / (n - 1.0),
                                 all.squares - away * away * n / (n - 1.0), n - 1.0, least);
    const double distance = value - others.mean;
    residuals.push_back(others.deviation > 0.0 ? distance / others.deviation : 0.0);
  }
  return residuals;
}

double residual_quantile(double alpha, double n) {
  return boost::math::quantile(boost::math::complement(student(n), alpha));
}

double residual_probability(double residual, double n) {
  return boost::math::cdf(boost::math::complement(student(n), residual));
}

double upper_quantile(std::span<const double> descending, double alpha) {
  const double rank = std::max(1.0, alpha * static_cast<double>(descending.size() + 1));
  const std::size_t above = std::min(static_cast<std::size_t>(rank), descending.size());
  const std::size_t below = std::min(above + 1, descending.size());
  const double upper = descending[above - 1];
  const double lower = descending[below - 1];
  // Ranks of windows that stay below every floor have no distance to go halfway.
  if (!std::isfinite(lower)) return upper;
  return upper + (rank - std::floor(rank)) * (lower - upper);
}

}  // namespace leeway::threshold
