#include "collectors/compute/budget.h"

#include <algorithm>
#include <array>
#include <boost/math/distributions/students_t.hpp>
#include <chrono>
#include <cmath>
#include <vector>

namespace leeway::compute {
namespace {

constexpr std::int64_t kDay = std::int64_t{86'400} * 1'000'000;
constexpr std::int64_t kKeptDays = 70;
constexpr std::int64_t kLearntDays = 28;
constexpr double kSecondsPerDay = 86'400.0;
constexpr double kWhole = 0.95;  ///< share of a day that must be known for it to count as one
constexpr double kQuantile = 0.95;
constexpr std::size_t kByWeekdayFrom = 14;
constexpr std::size_t kIntervalFrom = 3;
constexpr double kLeastSeconds = 3600.0;
constexpr std::size_t kDayBytes = 24;

std::int64_t day_of(TimePoint time) {
  const std::int64_t micros = to_micros(time);
  return micros >= 0 ? micros / kDay : -((-micros + kDay - 1) / kDay);
}

std::size_t weekday_of(std::int64_t day) {
  const std::chrono::weekday weekday{std::chrono::sys_days{std::chrono::days{day}}};
  return weekday.c_encoding();
}

struct Month {
  std::int64_t first;
  std::int64_t end;  ///< the first day of the next
};

Month month_of(std::int64_t day) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
  const auto first = std::chrono::sys_days{date.year() / date.month() / 1};
  const auto end = std::chrono::sys_days{date.year() / date.month() / 1 + std::chrono::months{1}};
  return {first.time_since_epoch().count(), end.time_since_epoch().count()};
}

/// Means of whole days, one of all or one a weekday, with what is left around them.
struct Means {
  std::array<double, 7> mean{};
  std::array<double, 7> days{};  ///< that each mean is of
  double variance = 0.0;
  double freedom = 0.0;
};

Means means_of(const std::vector<std::pair<std::size_t, double>>& whole) {
  Means means;
  const bool by_weekday = whole.size() >= kByWeekdayFrom;
  const auto cell = [by_weekday](std::size_t weekday) { return by_weekday ? weekday : 0; };
  for (const auto& [weekday, cost] : whole) {
    means.mean[cell(weekday)] += cost;
    means.days[cell(weekday)] += 1.0;
  }
  double cells = 0.0;
  for (std::size_t i = 0; i < 7; ++i) {
    if (means.days[i] == 0.0) continue;
    means.mean[i] /= means.days[i];
    cells += 1.0;
  }
  double squares = 0.0;
  for (const auto& [weekday, cost] : whole) {
    const double rest = cost - means.mean[cell(weekday)];
    squares += rest * rest;
  }
  means.freedom = static_cast<double>(whole.size()) - cells;
  means.variance = means.freedom > 0.0 ? squares / means.freedom : 0.0;
  if (!by_weekday) {
    means.mean.fill(means.mean[0]);
    means.days.fill(means.days[0]);
  }
  return means;
}

/// Variance of the sum of what is to come: of the days themselves and of the means.
double variance_of_rest(const Means& means, const std::array<double, 7>& to_come, bool by_weekday) {
  double variance = 0.0;
  double all = 0.0;
  for (std::size_t i = 0; i < 7; ++i) {
    variance += means.variance * to_come[i];
    all += to_come[i];
    if (by_weekday && means.days[i] > 0.0) {
      variance += means.variance * to_come[i] * to_come[i] / means.days[i];
    }
  }
  if (!by_weekday && means.days[0] > 0.0) variance += means.variance * all * all / means.days[0];
  return variance;
}

}  // namespace

void DailyCosts::add(TimePoint from, TimePoint to, double cost) {
  const double micros = static_cast<double>((to - from).count());
  if (micros <= 0.0) return;
  for (TimePoint at = from; at < to;) {
    const std::int64_t day = day_of(at);
    const TimePoint end = std::min(to, from_micros((day + 1) * kDay));
    const double share = static_cast<double>((end - at).count()) / micros;
    Day& into = days_[day];
    into.cost += cost * share;
    into.seconds += to_seconds(end - at);
    at = end;
  }
  days_.erase(days_.begin(), days_.lower_bound(day_of(to) - kKeptDays));
}

double DailyCosts::today(TimePoint now) const {
  const auto found = days_.find(day_of(now));
  return found == days_.end() ? 0.0 : found->second.cost;
}

std::optional<double> DailyCosts::yesterday(TimePoint now) const {
  const auto found = days_.find(day_of(now) - 1);
  if (found == days_.end()) return std::nullopt;
  return found->second.cost;
}

double DailyCosts::this_month(TimePoint now) const {
  double sum = 0.0;
  for (auto at = days_.lower_bound(month_of(day_of(now)).first); at != days_.end(); ++at) {
    sum += at->second.cost;
  }
  return sum;
}

std::optional<double> DailyCosts::mean_of_week(TimePoint now) const {
  const std::int64_t today = day_of(now);
  double sum = 0.0;
  double days = 0.0;
  for (const auto& [day, of] : days_) {
    if (day < today - 7 || day >= today || of.seconds < kWhole * kSecondsPerDay) continue;
    sum += of.cost;
    days += 1.0;
  }
  if (days == 0.0) return std::nullopt;
  return sum / days;
}

std::optional<Forecast> DailyCosts::month_end(TimePoint now) const {
  const std::int64_t today = day_of(now);
  const Month month = month_of(today);
  std::vector<std::pair<std::size_t, double>> whole;
  double known_seconds = 0.0;
  double known_cost = 0.0;
  for (const auto& [day, of] : days_) {
    if (day < today - kLearntDays || day > today) continue;
    known_seconds += of.seconds;
    known_cost += of.cost;
    if (day < today && of.seconds >= kWhole * kSecondsPerDay) {
      whole.emplace_back(weekday_of(day), of.cost);
    }
  }
  if (known_seconds < kLeastSeconds) return std::nullopt;

  std::array<double, 7> to_come{};
  to_come[weekday_of(today)] +=
      1.0 - static_cast<double>(to_micros(now) - today * kDay) / static_cast<double>(kDay);
  for (std::int64_t day = today + 1; day < month.end; ++day) to_come[weekday_of(day)] += 1.0;

  Forecast forecast{.expected = this_month(now),
                    .lower = std::nullopt,
                    .upper = std::nullopt,
                    .days = static_cast<std::uint32_t>(whole.size())};
  Means means;
  if (whole.empty()) {
    means.mean.fill(known_cost / known_seconds * kSecondsPerDay);
  } else {
    means = means_of(whole);
  }
  double rest = 0.0;
  for (std::size_t i = 0; i < 7; ++i) rest += means.mean[i] * to_come[i];
  const double spent = forecast.expected;
  forecast.expected += rest;
  if (whole.size() < kIntervalFrom || means.freedom < 1.0) return forecast;
  const boost::math::students_t student(means.freedom);
  const double half = boost::math::quantile(student, kQuantile) *
                      std::sqrt(variance_of_rest(means, to_come, whole.size() >= kByWeekdayFrom));
  forecast.lower = std::max(spent, forecast.expected - half);  // what is spent is spent
  forecast.upper = forecast.expected + half;
  return forecast;
}

void DailyCosts::write(ByteWriter& out) const {
  out.varint(days_.size());
  for (const auto& [day, of] : days_) {
    out.i64(day);
    out.f64(of.cost);
    out.f64(of.seconds);
  }
}

Result<DailyCosts> DailyCosts::read(ByteReader& in) {
  DailyCosts costs;
  const std::size_t days = in.count(kDayBytes);
  for (std::size_t i = 0; i < days && in.ok(); ++i) {
    const std::int64_t day = in.i64();
    Day of;
    of.cost = in.f64();
    of.seconds = in.f64();
    if (!std::isfinite(of.cost) || !std::isfinite(of.seconds)) in.refuse();
    costs.days_.emplace(day, of);
  }
  if (!in.ok()) return fail(ErrorCode::kCorrupt, "the saved costs by day make no sense");
  return costs;
}

}  // namespace leeway::compute
