#include "collectors/compute/savings.h"

#include <algorithm>
#include <cmath>

namespace leeway::compute {
namespace {

constexpr std::int64_t kHour = std::int64_t{3600} * 1'000'000;
constexpr std::int64_t kWeek = 168;
constexpr std::int64_t kIdleHours = 24;
constexpr double kEnoughHours = 72.0;
constexpr double kSpare = 1.3;
constexpr double kMostOfAnHour = 0.9;
constexpr double kSecondsPerHour = 3600.0;
constexpr double kSecondsPerDay = 86'400.0;
constexpr std::size_t kHourBytes = 49;

std::string whole(double value) { return std::to_string(std::llround(value)); }

double cost_of_time(const Cost& cost) {
  double sum = 0.0;
  for (const std::string_view part : {"time", "gpu_time"}) {
    const auto found = cost.parts.find(part);
    if (found != cost.parts.end()) sum += found->second;
  }
  return sum;
}

/// The largest share of anything that is limited; nothing where no limit is known.
std::optional<double> busiest_of(const Usage& usage) {
  std::optional<double> most;
  for (const auto& share :
       {usage.cpu_ratio(), usage.memory_ratio(), usage.gpu_ratio(), usage.gpu_memory_ratio()}) {
    if (share && (!most || *share > *most)) most = share;
  }
  return most;
}

}  // namespace

void Need::add(TimePoint now, const Usage& usage, const Cost& cost) {
  const auto busiest = busiest_of(usage);
  const auto predictions = usage.increase(Metric::kPredictions);
  if (usage.span <= Duration{0} || (!busiest && !predictions)) return;
  const std::int64_t hour = to_micros(now) / kHour;
  if (hours_.empty() || hours_.back().hour < hour) hours_.push_back({.hour = hour});
  Hour& last = hours_.back();
  if (busiest) {
    last.busiest = std::max(last.busiest, *busiest);
    last.seconds_in_view += to_seconds(usage.span);
  }
  last.seconds += to_seconds(usage.span);
  last.cost_of_time += cost_of_time(cost);
  if (predictions) {
    last.predictions += *predictions;
    last.counts_predictions = true;
  }
  while (hours_.front().hour <= hour - kWeek) hours_.pop_front();
}

std::optional<Saving> Need::over_provisioned() const {
  double busiest = 0.0;
  double seconds = 0.0;
  double in_view = 0.0;
  double cost = 0.0;
  for (const Hour& hour : hours_) {
    busiest = std::max(busiest, hour.busiest);
    seconds += hour.seconds;
    in_view += hour.seconds_in_view;
    cost += hour.cost_of_time;
  }
  const double hours = in_view / kSecondsPerHour;
  if (hours < kEnoughHours * kMostOfAnHour || cost <= 0.0) return std::nullopt;
  double size = 1.0;
  while (size > 1.0 / 64.0 && busiest * kSpare <= size / 2.0) size /= 2.0;
  if (size == 1.0) return std::nullopt;
  return Saving{.per_day = cost / seconds * kSecondsPerDay * (1.0 - size),
                .sentence = "at most " + whole(busiest * 100.0) +
                            " % of what is paid for was used at once in the last " + whole(hours) +
                            " hours: with 30 % to spare, 1/" + whole(1.0 / size) +
                            " of it would do"};
}

std::optional<Saving> Need::idle(TimePoint now) const {
  const std::int64_t hour = to_micros(now) / kHour;
  double seconds = 0.0;
  double cost = 0.0;
  for (const Hour& one : hours_) {
    if (one.hour <= hour - kIdleHours - 1) continue;
    if (!one.counts_predictions || one.predictions > 0.0) return std::nullopt;
    seconds += one.seconds;
    cost += one.cost_of_time;
  }
  const double hours = seconds / kSecondsPerHour;
  if (hours < static_cast<double>(kIdleHours) * kMostOfAnHour || cost <= 0.0) return std::nullopt;
  return Saving{.per_day = cost / seconds * kSecondsPerDay,
                .sentence = "not one prediction in the last " + whole(hours) + " hours"};
}

void Need::write(ByteWriter& out) const {
  out.varint(hours_.size());
  for (const Hour& hour : hours_) {
    out.i64(hour.hour);
    out.f64(hour.busiest);
    out.f64(hour.seconds);
    out.f64(hour.seconds_in_view);
    out.f64(hour.cost_of_time);
    out.f64(hour.predictions);
    out.u8(hour.counts_predictions ? 1 : 0);
  }
}

Result<Need> Need::read(ByteReader& in) {
  Need need;
  const std::size_t hours = in.count(kHourBytes);
  for (std::size_t i = 0; i < hours && in.ok(); ++i) {
    Hour hour;
    hour.hour = in.i64();
    hour.busiest = in.f64();
    hour.seconds = in.f64();
    hour.seconds_in_view = in.f64();
    hour.cost_of_time = in.f64();
    hour.predictions = in.f64();
    hour.counts_predictions = in.u8() != 0;
    const bool in_order = need.hours_.empty() || need.hours_.back().hour < hour.hour;
    if (!std::isfinite(hour.busiest) || !std::isfinite(hour.seconds) ||
        !std::isfinite(hour.seconds_in_view) || !std::isfinite(hour.cost_of_time) ||
        !std::isfinite(hour.predictions) || !in_order) {
      in.refuse();
    }
    need.hours_.push_back(hour);
  }
  if (!in.ok()) return fail(ErrorCode::kCorrupt, "the saved hours make no sense");
  return need;
}

}  // namespace leeway::compute
