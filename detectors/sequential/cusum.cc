#include "detectors/sequential/cusum.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace leeway::sequential {
namespace {

constexpr Parameter kK{.name = "k",
                       .otherwise = 0.5,
                       .least = 0,
                       .unit = "standard deviations",
                       .sentence =
                           "Deviations up to this are let pass: half of the shift that is "
                           "to be found."};
constexpr Parameter kH{.name = "h",
                       .otherwise = 5.0,
                       .least = 0,
                       .unit = "standard deviations",
                       .sentence = "How large the sum of what is above k has to be."};

constexpr std::array kKnown{
    Parameter{.name = "mean",
              .unit = "units of the values",
              .sentence = "The mean while nothing has changed."},
    Parameter{.name = "sigma",
              .least = 0,
              .open = true,
              .unit = "units of the values",
              .sentence = "The standard deviation while nothing has changed."},
    kK, kH,
    Parameter{.name = "reset",
              .type = ParameterType::kSwitch,
              .otherwise = true,
              .sentence = "Whether both sums start again from 0 after a report."}};

constexpr std::array kLearned{
    Parameter{.name = "warm_up",
              .type = ParameterType::kInteger,
              .otherwise = 30.0,
              .least = 1,
              .most = 1e9,
              .unit = "values",
              .sentence = "How many values the mean and the standard deviation are taken from."},
    kK, kH,
    Parameter{.name = "include_last",
              .type = ParameterType::kSwitch,
              .otherwise = true,
              .sentence = "Whether the last of these is itself tested."}};

}  // namespace

std::span<const Parameter> Cusum::parameters() { return kKnown; }

Cusum::Cusum(const Parameters& parameters)
    : Detector(Input::kNumbers, AfterDrift::kGoOn),
      mean_(parameters.number("mean")),
      sigma_(parameters.number("sigma")),
      k_(parameters.number("k")),
      h_(parameters.number("h")),
      reset_(parameters.on("reset")) {}

DetectorState Cusum::next(double value) {
  const double z = (value - mean_) / sigma_;
  up_ = std::max(0.0, up_ + z - k_);
  down_ = std::max(0.0, down_ - z - k_);
  if (up_ <= h_ && down_ <= h_) return DetectorState::kStable;
  moved(up_ > h_ ? Direction::kUp : Direction::kDown);
  if (reset_) clear();
  return DetectorState::kDrift;
}

void Cusum::clear() { up_ = down_ = 0.0; }

void Cusum::write_sequence(ByteWriter& out) const {
  out.f64(up_);
  out.f64(down_);
}

void Cusum::read_sequence(ByteReader& in) {
  up_ = number_from(in);
  down_ = number_from(in);
}

std::span<const Parameter> CusumWarmUp::parameters() { return kLearned; }

CusumWarmUp::CusumWarmUp(const Parameters& parameters)
    : Detector(Input::kNumbers, AfterDrift::kRestart),
      warm_up_(parameters.number("warm_up")),
      k_(parameters.number("k")),
      h_(parameters.number("h")),
      include_last_(parameters.on("include_last")) {}

DetectorState CusumWarmUp::next(double value) {
  Sums& s = sums_;
  if (s.n < warm_up_) {
    s.n += 1.0;
    const double before = value - s.mean;
    s.mean += before / s.n;
    s.squares += before * (value - s.mean);
    if (s.n < warm_up_ || !include_last_) return DetectorState::kWarmingUp;
  }
  const double sigma = s.n > 1.0 ? std::sqrt(s.squares / (s.n - 1.0)) : 0.0;
  const double deviation = value - s.mean;
  s.up = std::max(0.0, s.up + deviation - k_ * sigma);
  s.down = std::max(0.0, s.down - deviation - k_ * sigma);
  if (s.up <= h_ * sigma && s.down <= h_ * sigma) return DetectorState::kStable;
  moved(s.up > h_ * sigma ? Direction::kUp : Direction::kDown);
  return DetectorState::kDrift;
}

void CusumWarmUp::clear() { sums_ = {}; }

void CusumWarmUp::write_sequence(ByteWriter& out) const {
  for (const double value : {sums_.n, sums_.mean, sums_.squares, sums_.up, sums_.down})
    out.f64(value);
}

void CusumWarmUp::read_sequence(ByteReader& in) {
  for (double* value : {&sums_.n, &sums_.mean, &sums_.squares, &sums_.up, &sums_.down})
    *value = number_from(in);
}

}  // namespace leeway::sequential
