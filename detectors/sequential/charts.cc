#include "detectors/sequential/charts.h"

#include <array>
#include <cmath>

namespace leeway::sequential {
namespace {

constexpr Parameter kMean{.name = "mean",
                          .unit = "units of the values",
                          .sentence = "The mean while nothing has changed."};
constexpr Parameter kSigma{.name = "sigma",
                           .least = 0,
                           .open = true,
                           .unit = "units of the values",
                           .sentence = "The standard deviation while nothing has changed."};
constexpr Parameter kLimit{.name = "limit",
                           .otherwise = 3.0,
                           .least = 0,
                           .open = true,
                           .unit = "standard deviations of what is charted",
                           .sentence = "How far from the mean a point may lie."};

constexpr std::array kEwma{
    kMean, kSigma, kLimit,
    Parameter{.name = "lambda",
              .otherwise = 0.2,
              .least = 1e-6,
              .most = 1,
              .sentence = "The weight of the newest value; small finds small shifts."},
    Parameter{.name = "reset",
              .type = ParameterType::kSwitch,
              .otherwise = false,
              .sentence = "Whether the average starts again from the mean after a report."}};

constexpr std::array kShewhart{kMean, kSigma, kLimit};

}  // namespace

std::span<const Parameter> EwmaChart::parameters() { return kEwma; }

EwmaChart::EwmaChart(const Parameters& parameters)
    : Detector(Input::kNumbers, AfterDrift::kGoOn),
      mean_(parameters.number("mean")),
      sigma_(parameters.number("sigma")),
      lambda_(parameters.number("lambda")),
      limit_(parameters.number("limit")),
      reset_(parameters.on("reset")),
      settled_(-20.0 / std::log1p(-lambda_)),
      z_(mean_) {}

DetectorState EwmaChart::next(double value) {
  n_ += 1.0;
  z_ = lambda_ * value + (1.0 - lambda_) * z_;
  // The power is below what 1 can be lessened by, once it is below exp(-40).
  const double grown = n_ < settled_ ? 1.0 - std::pow(1.0 - lambda_, 2.0 * n_) : 1.0;
  const double limit = limit_ * sigma_ * std::sqrt(lambda_ / (2.0 - lambda_) * grown);
  if (std::abs(z_ - mean_) <= limit) return DetectorState::kStable;
  moved(z_ > mean_ ? Direction::kUp : Direction::kDown);
  if (reset_) clear();
  return DetectorState::kDrift;
}

void EwmaChart::clear() {
  n_ = 0.0;
  z_ = mean_;
}

void EwmaChart::write_sequence(ByteWriter& out) const {
  out.f64(n_);
  out.f64(z_);
}

void EwmaChart::read_sequence(ByteReader& in) {
  n_ = number_from(in);
  z_ = number_from(in);
}

std::span<const Parameter> Shewhart::parameters() { return kShewhart; }

Shewhart::Shewhart(const Parameters& parameters)
    : Detector(Input::kNumbers, AfterDrift::kGoOn),
      mean_(parameters.number("mean")),
      limit_(parameters.number("limit") * parameters.number("sigma")) {}

DetectorState Shewhart::next(double value) {
  if (std::abs(value - mean_) <= limit_) return DetectorState::kStable;
  moved(value > mean_ ? Direction::kUp : Direction::kDown);
  return DetectorState::kDrift;
}

}  // namespace leeway::sequential
