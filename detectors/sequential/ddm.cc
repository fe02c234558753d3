#include "detectors/sequential/ddm.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace leeway::sequential {
namespace {

constexpr Parameter kWarmUp{.name = "warm_up",
                            .type = ParameterType::kInteger,
                            .otherwise = 30.0,
                            .least = 0,
                            .most = 1e9,
                            .unit = "values",
                            .sentence = "No change is reported within the first so many values."};

constexpr std::array kDdm{
    kWarmUp,
    Parameter{.name = "warning",
              .otherwise = 2.0,
              .least = 0,
              .unit = "standard deviations",
              .sentence = "How far above its least the error rate is a warning."},
    Parameter{.name = "drift",
              .otherwise = 3.0,
              .least = 0,
              .unit = "standard deviations",
              .sentence = "How far above its least the error rate is a drift."}};

constexpr std::array kEddm{
    kWarmUp,
    Parameter{.name = "min_errors",
              .type = ParameterType::kInteger,
              .otherwise = 30.0,
              .least = 0,
              .most = 1e9,
              .unit = "errors",
              .sentence = "No change is reported before more errors than this."},
    Parameter{.name = "warning",
              .otherwise = 0.95,
              .least = 0,
              .most = 1,
              .sentence = "The share of the largest distance below which is a warning."},
    Parameter{.name = "drift",
              .otherwise = 0.9,
              .least = 0,
              .most = 1,
              .sentence = "The share of the largest distance below which is a drift."},
    Parameter{.name = "ddof",
              .type = ParameterType::kInteger,
              .otherwise = 1.0,
              .least = 0,
              .most = 1,
              .sentence = "What the number of errors is lessened by to divide the sum of squares: "
                          "1 in river from 0.15 on, 0 before and in scikit-multiflow."}};

}  // namespace

std::span<const Parameter> Ddm::parameters() { return kDdm; }

Result<> Ddm::consistent(const Parameters& parameters) {
  if (parameters.number("warning") <= parameters.number("drift")) return {};
  return fail(ErrorCode::kInvalidConfig, "'warning' must not be above 'drift'");
}

Ddm::Ddm(const Parameters& parameters)
    : Detector(Input::kShares, AfterDrift::kRestart),
      warm_up_(parameters.number("warm_up")),
      warning_(parameters.number("warning")),
      drift_(parameters.number("drift")) {}

DetectorState Ddm::next(double value) {
  n_ += 1.0;
  p_ += (value - p_) / n_;
  if (n_ <= warm_up_) return DetectorState::kWarmingUp;
  const double s = std::sqrt(std::max(p_ * (1.0 - p_), 0.0) / n_);
  if (!has_least_ || p_ + s <= p_least_ + s_least_) {
    p_least_ = p_;
    s_least_ = s;
    has_least_ = true;
  }
  if (p_ + s > p_least_ + drift_ * s_least_) {
    moved(Direction::kUp);
    return DetectorState::kDrift;
  }
  return p_ + s > p_least_ + warning_ * s_least_ ? DetectorState::kWarning : DetectorState::kStable;
}

void Ddm::clear() {
  n_ = p_ = p_least_ = s_least_ = 0.0;
  has_least_ = false;
}

void Ddm::write_sequence(ByteWriter& out) const {
  for (const double value : {n_, p_, p_least_, s_least_}) out.f64(value);
  out.u8(has_least_ ? 1 : 0);
}

void Ddm::read_sequence(ByteReader& in) {
  for (double* value : {&n_, &p_, &p_least_, &s_least_}) *value = number_from(in);
  has_least_ = in.u8() != 0;
}

std::span<const Parameter> Eddm::parameters() { return kEddm; }

Result<> Eddm::consistent(const Parameters& parameters) {
  if (parameters.number("drift") <= parameters.number("warning")) return {};
  return fail(ErrorCode::kInvalidConfig, "'drift' must not be above 'warning'");
}

Eddm::Eddm(const Parameters& parameters)
    : Detector(Input::kErrors, AfterDrift::kRestart),
      warm_up_(parameters.number("warm_up")),
      min_errors_(parameters.number("min_errors")),
      warning_(parameters.number("warning")),
      drift_(parameters.number("drift")),
      ddof_(parameters.number("ddof")) {}

DetectorState Eddm::next(double value) {
  Sums& s = sums_;
  s.n += 1.0;
  if (value == 0.0) return held_;
  s.errors += 1.0;
  const double distance = s.n - s.last;
  const double before = distance - s.mean;
  s.mean += before / s.errors;
  s.squares += before * (distance - s.mean);
  s.last = s.n;
  const double divisor = s.errors - ddof_;
  const double deviation = divisor > 0.0 ? std::sqrt(s.squares / divisor) : 0.0;
  return judge(s.mean + 2.0 * deviation);
}

DetectorState Eddm::judge(double level) {
  Sums& s = sums_;
  if (s.n <= warm_up_) return held_;
  if (level > s.most) {
    s.most = level;
    // A new maximum says nothing about what was held.
    if (held_ == DetectorState::kWarmingUp && s.errors > min_errors_)
      held_ = DetectorState::kStable;
    return held_;
  }
  if (s.errors <= min_errors_) return held_;
  const double ratio = level / s.most;
  if (ratio < drift_) {
    moved(Direction::kUp);
    return DetectorState::kDrift;
  }
  held_ = ratio < warning_ ? DetectorState::kWarning : DetectorState::kStable;
  return held_;
}

void Eddm::clear() {
  sums_ = {};
  held_ = DetectorState::kWarmingUp;
}

void Eddm::write_sequence(ByteWriter& out) const {
  for (const double value :
       {sums_.n, sums_.last, sums_.errors, sums_.mean, sums_.squares, sums_.most}) {
    out.f64(value);
  }
  out.u8(static_cast<std::uint8_t>(held_));
}

void Eddm::read_sequence(ByteReader& in) {
  for (double* value :
       {&sums_.n, &sums_.last, &sums_.errors, &sums_.mean, &sums_.squares, &sums_.most}) {
    *value = number_from(in);
  }
  const std::uint8_t held = in.u8();
  if (held > static_cast<std::uint8_t>(DetectorState::kWarning)) return in.refuse();
  held_ = static_cast<DetectorState>(held);
}

}  // namespace leeway::sequential
