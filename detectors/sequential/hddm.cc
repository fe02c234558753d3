#include "detectors/sequential/hddm.h"

#include <array>
#include <cmath>

namespace leeway::sequential {
namespace {

constexpr Parameter kDrift{.name = "drift",
                           .otherwise = 0.001,
                           .least = 0,
                           .most = 1,
                           .open = true,
                           .unit = "probability",
                           .sentence = "The bound on a false drift at any one value."};
constexpr Parameter kWarning{.name = "warning",
                             .otherwise = 0.005,
                             .least = 0,
                             .most = 1,
                             .open = true,
                             .unit = "probability",
                             .sentence = "The bound on a false warning at any one value."};
constexpr Parameter kTwoSided{.name = "two_sided",
                              .type = ParameterType::kSwitch,
                              .otherwise = false,
                              .sentence = "Whether a decrease is reported too."};
constexpr Parameter kWarmUp{.name = "warm_up",
                            .type = ParameterType::kInteger,
                            .otherwise = 30.0,
                            .least = 0,
                            .most = 1e9,
                            .unit = "values",
                            .sentence = "No change is reported within the first so many values."};

constexpr std::array kA{kDrift, kWarning, kTwoSided, kWarmUp};
constexpr std::array kW{kDrift, kWarning,
                        Parameter{.name = "lambda",
                                  .otherwise = 0.05,
                                  .least = 0,
                                  .most = 1,
                                  .open = true,
                                  .sentence = "The weight of the newest value."},
                        kTwoSided, kWarmUp};

Result<> levels_in_order(const Parameters& parameters) {
  if (parameters.number("drift") <= parameters.number("warning")) return {};
  return fail(ErrorCode::kInvalidConfig, "'drift' must not be above 'warning'");
}

double hoeffding(double n, double log_alpha) { return std::sqrt(log_alpha / (2.0 * n)); }

}  // namespace

std::span<const Parameter> HddmA::parameters() { return kA; }
Result<> HddmA::consistent(const Parameters& parameters) { return levels_in_order(parameters); }

HddmA::HddmA(const Parameters& parameters)
    : Detector(Input::kShares, AfterDrift::kRestart),
      warm_up_(parameters.number("warm_up")),
      log_drift_(-std::log(parameters.number("drift"))),
      log_warning_(-std::log(parameters.number("warning"))),
      two_sided_(parameters.on("two_sided")) {}

DetectorState HddmA::next(double value) {
  all_.n += 1.0;
  all_.sum += value;
  move_cuts();
  if (all_.n <= warm_up_) return DetectorState::kWarmingUp;
  const bool up = rose(log_drift_);
  if (up || (two_sided_ && fell(log_drift_))) {
    moved(up ? Direction::kUp : Direction::kDown);
    return DetectorState::kDrift;
  }
  const bool warning = rose(log_warning_) || (two_sided_ && fell(log_warning_));
  return warning ? DetectorState::kWarning : DetectorState::kStable;
}

void HddmA::move_cuts() {
  const double bound = hoeffding(all_.n, log_drift_);
  const double mean = all_.value();
  if (lowest_.n == 0.0 || mean + bound <= lowest_.value() + hoeffding(lowest_.n, log_drift_))
    lowest_ = all_;
  if (!two_sided_) return;
  if (highest_.n == 0.0 || mean - bound >= highest_.value() - hoeffding(highest_.n, log_drift_))
    highest_ = all_;
}

bool HddmA::rose(double log_alpha) const {
  if (lowest_.n == all_.n) return false;
  const double m = (all_.n - lowest_.n) / lowest_.n / all_.n;
  return all_.value() - lowest_.value() >= std::sqrt(m / 2.0 * log_alpha);
}

bool HddmA::fell(double log_alpha) const {
  if (highest_.n == all_.n) return false;
  const double m = (all_.n - highest_.n) / highest_.n / all_.n;
  return highest_.value() - all_.value() >= std::sqrt(m / 2.0 * log_alpha);
}

void HddmA::clear() { all_ = lowest_ = highest_ = {}; }

void HddmA::write_sequence(ByteWriter& out) const {
  for (const Mean* mean : {&all_, &lowest_, &highest_}) {
    out.f64(mean->n);
    out.f64(mean->sum);
  }
}

void HddmA::read_sequence(ByteReader& in) {
  for (Mean* mean : {&all_, &lowest_, &highest_}) {
    mean->n = number_from(in);
    mean->sum = number_from(in);
  }
}

std::span<const Parameter> HddmW::parameters() { return kW; }
Result<> HddmW::consistent(const Parameters& parameters) { return levels_in_order(parameters); }

HddmW::HddmW(const Parameters& parameters)
    : Detector(Input::kShares, AfterDrift::kRestart),
      warm_up_(parameters.number("warm_up")),
      log_drift_(-std::log(parameters.number("drift"))),
      log_warning_(-std::log(parameters.number("warning"))),
      lambda_(parameters.number("lambda")),
      two_sided_(parameters.on("two_sided")) {}

DetectorState HddmW::next(double value) {
  n_ += 1.0;
  add(all_, value);
  follow(lowest_, value, 1.0);
  if (two_sided_) follow(highest_, value, -1.0);
  if (n_ <= warm_up_) return DetectorState::kWarmingUp;
  const bool up = differs(lowest_, log_drift_, 1.0);
  if (up || differs(highest_, log_drift_, -1.0)) {
    moved(up ? Direction::kUp : Direction::kDown);
    return DetectorState::kDrift;
  }
  const bool warning = differs(lowest_, log_warning_, 1.0) || differs(highest_, log_warning_, -1.0);
  return warning ? DetectorState::kWarning : DetectorState::kStable;
}

void HddmW::add(Average& average, double value) const {
  if (average.empty()) {
    average = {.value = value, .weights = 1.0};
    return;
  }
  const double kept = 1.0 - lambda_;
  average.value = lambda_ * value + kept * average.value;
  average.weights = lambda_ * lambda_ + kept * kept * average.weights;
}

/// Moves the cut to here if the average plus its bound (minus, for a decrease) is the least so far.
void HddmW::follow(Cut& cut, double value, double sign) const {
  const double bound = sign * all_.value + std::sqrt(all_.weights * log_drift_ / 2.0);
  if (!cut.bound || bound < *cut.bound) {
    cut = {.bound = bound, .before = all_};
  } else {
    add(cut.after, value);
  }
}

bool HddmW::differs(const Cut& cut, double log_alpha, double sign) const {
  if (cut.before.empty() || cut.after.empty()) return false;
  const double bound = std::sqrt((cut.before.weights + cut.after.weights) * log_alpha / 2.0);
  return sign * (cut.after.value - cut.before.value) > bound;
}

void HddmW::clear() {
  n_ = 0.0;
  all_ = {};
  lowest_ = highest_ = {};
}

void HddmW::write_sequence(ByteWriter& out) const {
  out.f64(n_);
  const auto write = [&out](const Average& average) {
    out.f64(average.value);
    out.f64(average.weights);
  };
  write(all_);
  for (const Cut* cut : {&lowest_, &highest_}) {
    out.u8(cut->bound ? 1 : 0);
    out.f64(cut->bound.value_or(0.0));
    write(cut->before);
    write(cut->after);
  }
}

void HddmW::read_sequence(ByteReader& in) {
  n_ = number_from(in);
  const auto read = [&in](Average& average) {
    average.value = number_from(in);
    average.weights = number_from(in);
  };
  read(all_);
  for (Cut* cut : {&lowest_, &highest_}) {
    const bool has_bound = in.u8() != 0;
    const double bound = number_from(in);
    if (has_bound) cut->bound = bound;
    read(cut->before);
    read(cut->after);
  }
}

}  // namespace leeway::sequential
