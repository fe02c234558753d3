#include "detectors/sequential/detector.h"

#include <cmath>

namespace leeway::sequential {

std::string_view to_string(DetectorState state) {
  switch (state) {
    case DetectorState::kWarmingUp:
      return "warming up";
    case DetectorState::kStable:
      return "stable";
    case DetectorState::kWarning:
      return "warning";
    case DetectorState::kDrift:
      break;
  }
  return "drift";
}

bool Detector::takes(double value) const {
  switch (input_) {
    case Input::kNumbers:
      return std::isfinite(value);
    case Input::kShares:
      return value >= 0.0 && value <= 1.0;
    case Input::kErrors:
      break;
  }
  return value == 0.0 || value == 1.0;
}

DetectorState Detector::update(double value) {
  if (!takes(value)) {
    ++ignored_;
    return state_ == DetectorState::kDrift ? DetectorState::kStable : state_;
  }
  if (state_ == DetectorState::kDrift && after_ == AfterDrift::kRestart) clear();
  ++values_;
  state_ = next(value);
  if (state_ == DetectorState::kDrift) ++drifts_;
  return state_;
}

void Detector::reset() {
  clear();
  state_ = DetectorState::kWarmingUp;
  direction_ = Direction::kUnknown;
}

double Detector::number_from(ByteReader& in) {
  const double value = in.f64();
  if (std::isnan(value)) in.refuse();
  return value;
}

void Detector::write(ByteWriter& out) const {
  out.u8(static_cast<std::uint8_t>(state_));
  out.u8(static_cast<std::uint8_t>(direction_));
  out.varint(values_);
  out.varint(ignored_);
  out.varint(drifts_);
  write_sequence(out);
}

void Detector::read(ByteReader& in) {
  const std::uint8_t state = in.u8();
  const std::uint8_t direction = in.u8();
  values_ = in.varint();
  ignored_ = in.varint();
  drifts_ = in.varint();
  const bool known = state <= static_cast<std::uint8_t>(DetectorState::kDrift) &&
                     direction <= static_cast<std::uint8_t>(Direction::kDown);
  if (!known || drifts_ > values_) return in.refuse();
  state_ = static_cast<DetectorState>(state);
  direction_ = static_cast<Direction>(direction);
  read_sequence(in);
}

}  // namespace leeway::sequential
