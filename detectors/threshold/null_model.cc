#include "detectors/threshold/null_model.h"

#include <algorithm>
#include <cmath>

namespace leeway::threshold {
namespace {

constexpr double kOneDeviation = 0.158655;  // of a normal distribution lies above it

}  // namespace

NullModel::NullModel(const drift::Measure& measure, const profile::Column& column,
                     const profile::ColumnProfile& reference, const drift::Classes& classes)
    : measure_(&measure), parameters_(measure.null_parameters(column, reference, classes)) {
  constexpr double kManyRows = 1e12;
  constexpr double kRows = 1e4;
  const double fewer = noise(kManyRows, kRows);  // with power 1: as it is
  const double more = noise(kManyRows, 4.0 * kRows);
  if (more > 0.0 && fewer > more) power_ = std::log(4.0) / std::log(fewer / more);
  root_deviation_ = 0.5 * (std::pow(quantile(kOneDeviation), 0.25) -
                           std::pow(quantile(1.0 - kOneDeviation), 0.25));
}

double NullModel::additive(double scaled_value) const {
  return std::pow(std::max(scaled_value, 0.0), power_);
}

double NullModel::scaled_value(double additive) const {
  return std::pow(std::max(additive, 0.0), 1.0 / power_);
}

double NullModel::noise(double reference_rows, double rows) const {
  return additive(measure_->noise_floor(parameters_, reference_rows, rows) /
                  measure_->scale_at(reference_rows, rows));
}

double NullModel::quantile(double alpha) const {
  return additive(measure_->null_quantile(parameters_, alpha));
}

}  // namespace leeway::threshold
