#include "detectors/sequential/page_hinkley.h"

#include <algorithm>
#include <array>

namespace leeway::sequential {
namespace {

constexpr std::array<std::string_view, 3> kSides{"both", "up", "down"};

constexpr Parameter kMinSamples{.name = "min_samples",
                                .type = ParameterType::kInteger,
                                .otherwise = 30.0,
                                .least = 1,
                                .most = 1e9,
                                .unit = "values",
                                .sentence = "No change is reported before so many values."};
constexpr Parameter kDelta{.name = "delta",
                           .otherwise = 0.005,
                           .least = 0,
                           .unit = "units of the values",
                           .sentence = "A drift of the mean that is tolerated at each value."};
constexpr Parameter kThreshold{.name = "threshold",
                               .otherwise = 50.0,
                               .least = 0,
                               .open = true,
                               .unit = "units of the values",
                               .sentence =
                                   "How large the sum of deviations has to be; larger is "
                                   "later and with fewer false alarms."};
constexpr Parameter kAlpha{.name = "alpha",
                           .otherwise = 0.9999,
                           .least = 0,
                           .most = 1,
                           .sentence = "What of the sum is kept at each value; 1 keeps all."};

constexpr std::array kTwoSided{kMinSamples, kDelta, kThreshold, kAlpha,
                               Parameter{.name = "side",
                                         .type = ParameterType::kChoice,
                                         .otherwise = "both",
                                         .sentence = "Which changes of the mean count.",
                                         .choices = kSides}};

constexpr std::array kOneSided{
    kMinSamples, kDelta, kThreshold, kAlpha,
    Parameter{.name = "strict",
              .type = ParameterType::kSwitch,
              .otherwise = false,
              .sentence = "Whether the sum has to exceed the threshold, not only to reach it."}};

}  // namespace

std::span<const Parameter> PageHinkley::parameters() { return kTwoSided; }

PageHinkley::PageHinkley(const Parameters& parameters)
    : Detector(Input::kNumbers, AfterDrift::kRestart),
      min_samples_(parameters.number("min_samples")),
      delta_(parameters.number("delta")),
      threshold_(parameters.number("threshold")),
      alpha_(parameters.number("alpha")),
      upwards_(parameters.choice("side") != "down"),
      downwards_(parameters.choice("side") != "up") {}

DetectorState PageHinkley::next(double value) {
  Sums& s = sums_;
  s.n += 1.0;
  s.mean += (value - s.mean) / s.n;
  const double deviation = value - s.mean;
  s.up = alpha_ * s.up + deviation - delta_;
  s.down = alpha_ * s.down + deviation + delta_;
  s.least_up = std::min(s.least_up, s.up);
  s.most_down = std::max(s.most_down, s.down);
  if (s.n < min_samples_) return DetectorState::kWarmingUp;
  const bool rose = upwards_ && s.up - s.least_up > threshold_;
  const bool fell = downwards_ && s.most_down - s.down > threshold_;
  if (!rose && !fell) return DetectorState::kStable;
  moved(rose ? Direction::kUp : Direction::kDown);
  return DetectorState::kDrift;
}

void PageHinkley::clear() { sums_ = {}; }

void PageHinkley::write_sequence(ByteWriter& out) const {
  for (const double value :
       {sums_.n, sums_.mean, sums_.up, sums_.down, sums_.least_up, sums_.most_down}) {
    out.f64(value);
  }
}

void PageHinkley::read_sequence(ByteReader& in) {
  for (double* value :
       {&sums_.n, &sums_.mean, &sums_.up, &sums_.down, &sums_.least_up, &sums_.most_down}) {
    *value = number_from(in);
  }
}

std::span<const Parameter> PageHinkleyOneSided::parameters() { return kOneSided; }

PageHinkleyOneSided::PageHinkleyOneSided(const Parameters& parameters)
    : Detector(Input::kNumbers, AfterDrift::kRestart),
      min_samples_(parameters.number("min_samples")),
      delta_(parameters.number("delta")),
      threshold_(parameters.number("threshold")),
      alpha_(parameters.number("alpha")),
      strict_(parameters.on("strict")) {}

DetectorState PageHinkleyOneSided::next(double value) {
  n_ += 1.0;
  mean_ += (value - mean_) / n_;
  sum_ = std::max(0.0, alpha_ * sum_ + (value - mean_ - delta_));
  // The form that this one follows counts one value more than it has seen.
  if (n_ + 1.0 < min_samples_) return DetectorState::kWarmingUp;
  if (strict_ ? sum_ <= threshold_ : sum_ < threshold_) return DetectorState::kStable;
  moved(Direction::kUp);
  return DetectorState::kDrift;
}

void PageHinkleyOneSided::clear() { n_ = mean_ = sum_ = 0.0; }

void PageHinkleyOneSided::write_sequence(ByteWriter& out) const {
  for (const double value : {n_, mean_, sum_}) out.f64(value);
}

void PageHinkleyOneSided::read_sequence(ByteReader& in) {
  for (double* value : {&n_, &mean_, &sum_}) *value = number_from(in);
}

}  // namespace leeway::sequential
