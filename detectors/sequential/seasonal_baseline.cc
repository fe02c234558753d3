#include "detectors/sequential/seasonal_baseline.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace leeway::sequential {
namespace {

constexpr double kNormal = 1.4826;
constexpr double kLeastScale = 0.02;
constexpr double kTiny = 1e-9;
constexpr std::size_t kSummaryBytes = 16;
constexpr std::size_t kEnoughToPool = 20;

double median_level(const std::vector<HourSummary>& hours) {
  std::vector<double> medians;
  medians.reserve(hours.size());
  for (const HourSummary& hour : hours) medians.push_back(hour.median);
  return median_of(medians);
}

double median_spread(const std::vector<HourSummary>& hours) {
  std::vector<double> spreads;
  spreads.reserve(hours.size());
  for (const HourSummary& hour : hours) spreads.push_back(hour.spread);
  return median_of(spreads);
}

/// By how much their medians differ from `level`.
double deviation(const std::vector<HourSummary>& hours, double level) {
  std::vector<double> medians;
  medians.reserve(hours.size());
  for (const HourSummary& hour : hours) medians.push_back(hour.median);
  return robust_deviation(medians, level);
}

/// `own`, the median of n hours of that deviation, moved towards `coarser` as far as the difference
/// may be chance.
double shrunk(double own, std::size_t n, double deviation, double coarser) {
  const double difference = own - coarser;
  if (n == 0 || difference == 0.0) return coarser;
  const double variance = deviation * deviation / static_cast<double>(n);
  return coarser + std::max(0.0, 1.0 - variance / (difference * difference)) * difference;
}

/// Distances from a median of the values themselves are too small where these are few.
double unbiased(double distance, std::size_t n) {
  return distance * std::sqrt(static_cast<double>(n) / static_cast<double>(n - 1));
}

double blended(double own, std::size_t n, double prior, double pooled) {
  const double weight = static_cast<double>(n) / (static_cast<double>(n) + prior);
  return weight * own + (1.0 - weight) * pooled;
}

}  // namespace

double median_of(std::vector<double>& values) {
  if (values.empty()) return 0.0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  if (values.size() % 2 == 1) return *middle;
  return (*std::max_element(values.begin(), middle) + *middle) / 2.0;
}

double robust_deviation(const std::vector<double>& values, double center) {
  std::vector<double> distances;
  distances.reserve(values.size());
  for (const double value : values) distances.push_back(std::abs(value - center));
  return kNormal * median_of(distances);
}

SeasonalBaseline::SeasonalBaseline(Options options) : options_(options) {}

void SeasonalBaseline::add(std::int64_t hour, HourSummary summary) {
  auto& cell = cells_[static_cast<std::size_t>(hour) % kHoursOfWeek];
  cell.push_back(summary);
  if (cell.size() > options_.weeks) cell.pop_front();
  ++hours_;
  last_.reset();
}

std::optional<Expectation> SeasonalBaseline::expect(std::int64_t hour) const {
  if (hours_ == 0) return std::nullopt;
  const std::size_t cell = static_cast<std::size_t>(hour) % kHoursOfWeek;
  if (!last_ || last_->first != cell) last_ = std::pair(cell, make_expectation(cell));
  return last_->second;
}

Expectation SeasonalBaseline::make_expectation(std::size_t cell) const {
  const Summaries all = of_all();
  const Summaries day = of_day(cell);
  const Summaries own = of_cell(cell);
  const double level_of_all = median_level(all);
  const double median_of_day = median_level(day);
  const double deviation_of_day =
      day.size() > 1 ? deviation(day, median_of_day) : deviation(all, level_of_all);
  const double level_of_day = shrunk(median_of_day, day.size(), deviation_of_day, level_of_all);

  const double of_weeks = pooled_deviation().value_or(deviation_of_day);
  const double median = median_level(own);
  const double level = shrunk(median, own.size(), of_weeks, level_of_day);
  const double between = own.size() > 1 ? blended(unbiased(deviation(own, median), own.size()),
                                                  own.size(), options_.prior, of_weeks)
                                        : of_weeks;
  const double within = blended(median_spread(own), own.size(), options_.prior, median_spread(all));
  const double least = kLeastScale * std::abs(level) + kTiny;
  return {.level = level,
          .scale = std::hypot(std::max(within, least), std::max(between, least)),
          .weeks = static_cast<std::uint32_t>(own.size())};
}

/// Of the medians of one hour of the week from week to week; nothing before some hour was seen
/// twice.
std::optional<double> SeasonalBaseline::pooled_deviation() const {
  std::vector<double> distances;
  for (std::size_t cell = 0; cell < kHoursOfWeek; ++cell) {
    const Summaries own = of_cell(cell);
    if (own.size() < 2) continue;
    const double median = median_level(own);
    for (const HourSummary& hour : own) {
      distances.push_back(unbiased(std::abs(hour.median - median), own.size()));
    }
  }
  if (distances.size() < kEnoughToPool) return std::nullopt;
  return kNormal * median_of(distances);
}

SeasonalBaseline::Summaries SeasonalBaseline::of_cell(std::size_t cell) const {
  return {cells_[cell].begin(), cells_[cell].end()};
}

SeasonalBaseline::Summaries SeasonalBaseline::of_day(std::size_t cell) const {
  Summaries hours;
  for (std::size_t i = cell % kHoursOfDay; i < kHoursOfWeek; i += kHoursOfDay) {
    hours.insert(hours.end(), cells_[i].begin(), cells_[i].end());
  }
  return hours;
}

SeasonalBaseline::Summaries SeasonalBaseline::of_all() const {
  Summaries hours;
  for (const auto& cell : cells_) hours.insert(hours.end(), cell.begin(), cell.end());
  return hours;
}

void SeasonalBaseline::shift(double by) {
  for (auto& cell : cells_) {
    for (HourSummary& hour : cell) hour.median += by;
  }
  last_.reset();
}

void SeasonalBaseline::write(ByteWriter& out) const {
  out.varint(hours_);
  for (const auto& cell : cells_) {
    out.varint(cell.size());
    for (const HourSummary& hour : cell) {
      out.f64(hour.median);
      out.f64(hour.spread);
    }
  }
}

void SeasonalBaseline::read(ByteReader& in) {
  hours_ = in.varint();
  for (auto& cell : cells_) {
    cell.clear();
    const std::size_t hours = in.count(kSummaryBytes);
    if (hours > options_.weeks) in.refuse();
    for (std::size_t i = 0; i < hours && in.ok(); ++i) {
      HourSummary hour;
      hour.median = in.f64();
      hour.spread = in.f64();
      if (!std::isfinite(hour.median) || !(hour.spread >= 0.0)) in.refuse();
      cell.push_back(hour);
    }
  }
  last_.reset();
}

}  // namespace leeway::sequential
