#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "detectors/base/bytes.h"
#include "detectors/base/result.h"

namespace leeway::sequential {

/// What an hour of a series looked like.
struct HourSummary {
  double median = 0.0;
  double spread = 0.0;  ///< 1.4826 x median absolute deviation of the hour's values
};

/// What is usual for an hour of the week.
struct Expectation {
  double level = 0.0;
  /// Of the median of one such hour around the level: what hours of that kind differ by and what
  /// values differ by within one, added in squares, each at least 2 % of the level.
  double scale = 0.0;
  std::uint32_t weeks = 0;  ///< in which this very hour was seen
};

/// A robust seasonal expectation by hour of the week: the median over the last weeks of that hour.
/// It is shrunk towards the median of that hour of any day, and that towards the median of all, by
/// as much as the difference may be chance: w = max(0, 1 - (s^2/n)/d^2), with n hours of deviation
/// s that differ by d from the coarser median (the positive part of James and Stein, per cell). So
/// a weekend that is seen once and far away counts as it is, and a Tuesday like all days is pooled
/// with them. Deviations are pooled over all hours of the week and counted in with n/(n + prior).
///
/// One odd week in six moves a median by little, and none of three.
///
/// Hours are counted from 1970 in UTC; week 0 began on a Thursday. Memory is 168 x weeks summaries.
class SeasonalBaseline {
 public:
  struct Options {
    std::uint32_t weeks = 6;
    double prior = 4.0;  ///< weeks that the pooled deviation counts as
  };

  explicit SeasonalBaseline(Options options);

  void add(std::int64_t hour, HourSummary summary);

  /// Nothing before the first hour. O(hours kept) after an add(), then O(1) for the same hour.
  std::optional<Expectation> expect(std::int64_t hour) const;

  /// Moves everything that is known: the level has changed for good, its season has not.
  void shift(double by);

  std::uint64_t hours() const { return hours_; }  ///< added since it was made

  void write(ByteWriter& out) const;
  /// Refuses `in` for bytes that write() cannot have written.
  void read(ByteReader& in);

 private:
  static constexpr std::size_t kHoursOfDay = 24;
  static constexpr std::size_t kHoursOfWeek = 168;
  using Summaries = std::vector<HourSummary>;

  Summaries of_cell(std::size_t cell) const;
  Summaries of_day(std::size_t cell) const;
  Summaries of_all() const;
  std::optional<double> pooled_deviation() const;
  Expectation make_expectation(std::size_t cell) const;

  Options options_;
  std::array<std::deque<HourSummary>, kHoursOfWeek> cells_;
  std::uint64_t hours_ = 0;
  mutable std::optional<std::pair<std::size_t, Expectation>> last_;  ///< cell and what it gave
};

/// The middle of the values, the mean of both where there are two; 0 of none. Reorders them.
double median_of(std::vector<double>& values);

/// 1.4826 times the median distance from `center`: the standard deviation of normal values.
double robust_deviation(const std::vector<double>& values, double center);

}  // namespace leeway::sequential
