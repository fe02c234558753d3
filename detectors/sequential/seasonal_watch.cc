#include "detectors/sequential/seasonal_watch.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace leeway::sequential {
namespace {

constexpr std::string_view kMagic = "LWSEASON";
constexpr std::uint32_t kVersion = 1;
constexpr std::int64_t kHour = std::int64_t{3600} * 1'000'000;
constexpr std::size_t kMostValues = 3600;

std::int64_t hour_of(TimePoint time) { return to_micros(time) / kHour; }

void write_values(ByteWriter& out, const std::vector<double>& values) {
  out.varint(values.size());
  for (const double value : values) out.f64(value);
}

std::vector<double> read_values(ByteReader& in) {
  std::vector<double> values(in.count(sizeof(double)));
  for (double& value : values) {
    value = in.f64();
    if (!std::isfinite(value)) in.refuse();
  }
  return values;
}

void write_hour(ByteWriter& out, const std::optional<std::int64_t>& hour) {
  out.u8(hour ? 1 : 0);
  out.i64(hour.value_or(0));
}

std::optional<std::int64_t> read_hour(ByteReader& in) {
  const bool there = in.u8() != 0;
  const std::int64_t hour = in.i64();
  if (!there) return std::nullopt;
  return hour;
}

void write_change(ByteWriter& out, const std::optional<SeasonalChange>& change) {
  out.u8(change ? 1 : 0);
  const SeasonalChange it = change.value_or(SeasonalChange{});
  out.i64(to_micros(it.hour));
  out.u8(static_cast<std::uint8_t>(it.direction));
  out.f64(it.expected);
  out.f64(it.median);
  out.f64(it.scale);
}

std::optional<SeasonalChange> read_change(ByteReader& in) {
  const bool there = in.u8() != 0;
  SeasonalChange change;
  change.hour = from_micros(in.i64());
  const std::uint8_t direction = in.u8();
  change.expected = in.f64();
  change.median = in.f64();
  change.scale = in.f64();
  if (direction > static_cast<std::uint8_t>(Direction::kDown)) in.refuse();
  change.direction = static_cast<Direction>(direction);
  if (!there) return std::nullopt;
  return change;
}

}  // namespace

SeasonalWatch::SeasonalWatch(Options options, SequentialDetector detector)
    : options_(std::move(options)), baseline_(options_.baseline), detector_(std::move(detector)) {}

Result<SeasonalWatch> SeasonalWatch::make(Options options) {
  auto detector = SequentialDetector::make(options.detector, options.parameters);
  if (!detector) return fail(std::move(detector.error()));
  return SeasonalWatch(std::move(options), std::move(*detector));
}

std::optional<SeasonalChange> SeasonalWatch::update(TimePoint time, double value) {
  const std::int64_t hour = hour_of(time);
  if (!std::isfinite(value) || (hour_ && hour < *hour_)) return std::nullopt;
  std::optional<SeasonalChange> change;
  if (hour_ && hour > *hour_) change = close_hour();
  hour_ = hour;
  values_.push_back(value);
  if (values_.size() > kMostValues) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < values_.size(); i += 2) values_[kept++] = values_[i];
    values_.resize(kept);
  }
  return change;
}

std::optional<SeasonalChange> SeasonalWatch::close_hour() {
  HourSummary summary;
  summary.median = median_of(values_);
  summary.spread = robust_deviation(values_, summary.median);
  values_.clear();
  if (baseline_.hours() >= options_.warm_up_hours) return judge(summary);
  baseline_.add(*hour_, summary);
  return std::nullopt;
}

std::optional<SeasonalChange> SeasonalWatch::judge(HourSummary summary) {
  const Expectation expected = *baseline_.expect(*hour_);
  const double difference = summary.median - expected.level;
  if (hold_until_) {
    adapt(difference);
    return std::nullopt;
  }
  const double scaled = std::clamp(difference / expected.scale, -options_.most, options_.most);
  if (detector_->update(scaled) != DetectorState::kDrift) {
    baseline_.add(*hour_, summary);
    return std::nullopt;
  }
  ++changes_;
  hold_until_ = *hour_ + options_.hold_hours;
  differences_.clear();
  change_ = SeasonalChange{.hour = from_micros(*hour_ * kHour),
                           .direction = difference > 0.0 ? Direction::kUp : Direction::kDown,
                           .expected = expected.level,
                           .median = summary.median,
                           .scale = expected.scale};
  return change_;
}

void SeasonalWatch::adapt(double difference) {
  differences_.push_back(difference);
  if (*hour_ < *hold_until_) return;
  baseline_.shift(median_of(differences_));
  differences_.clear();
  hold_until_.reset();
  detector_->reset();
}

DetectorState SeasonalWatch::state() const {
  if (hold_until_) return DetectorState::kDrift;
  if (baseline_.hours() < options_.warm_up_hours) return DetectorState::kWarmingUp;
  return detector_->state() == DetectorState::kWarning ? DetectorState::kWarning
                                                       : DetectorState::kStable;
}

std::optional<Expectation> SeasonalWatch::expect(TimePoint time) const {
  if (baseline_.hours() < options_.warm_up_hours) return std::nullopt;
  return baseline_.expect(hour_of(time));
}

std::uint64_t SeasonalWatch::hours_to_warm_up() const {
  return options_.warm_up_hours - std::min(options_.warm_up_hours, baseline_.hours());
}

std::string SeasonalWatch::serialize() const {
  ByteWriter out;
  out.text(detector_.serialize());
  baseline_.write(out);
  write_hour(out, hour_);
  write_values(out, values_);
  write_hour(out, hold_until_);
  write_values(out, differences_);
  write_change(out, change_);
  out.varint(changes_);
  return frame(kMagic, kVersion, out.bytes());
}

Result<SeasonalWatch> SeasonalWatch::deserialize(Options options, std::string_view bytes) {
  const auto opened = open_frame(kMagic, bytes);
  if (!opened) return fail(opened.error());
  if (opened->version != kVersion) {
    return fail(ErrorCode::kCorrupt,
                "a seasonal watch of version " + std::to_string(opened->version) + " is not known");
  }
  ByteReader in(opened->body);
  auto detector = SequentialDetector::deserialize(in.text());
  if (!detector) return fail(std::move(detector.error()));
  if (detector->name() != options.detector) {
    return fail(ErrorCode::kInvalidConfig, "the state is of another detector");
  }
  SeasonalWatch watch(std::move(options), std::move(*detector));
  watch.baseline_.read(in);
  watch.hour_ = read_hour(in);
  watch.values_ = read_values(in);
  watch.hold_until_ = read_hour(in);
  watch.differences_ = read_values(in);
  watch.change_ = read_change(in);
  watch.changes_ = in.varint();
  if (!in.at_end()) return fail(ErrorCode::kCorrupt, "the seasonal watch makes no sense");
  return watch;
}

}  // namespace leeway::sequential
