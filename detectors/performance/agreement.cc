#include "detectors/performance/agreement.h"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <map>
#include <string>
#include <vector>

namespace leeway::performance {
namespace {

template <class T>
Result<> check_pairs(std::span<const T> first, std::span<const T> second, std::size_t least,
                     const char* what) {
  const std::string where = std::string(what) + ": ";
  if (first.size() != second.size()) {
    return fail(ErrorCode::kInvalidArgument, where + std::to_string(first.size()) + " and " +
                                                 std::to_string(second.size()) + " rows");
  }
  if (first.size() < least) {
    return fail(ErrorCode::kInsufficientData, where + "needs " + std::to_string(least) +
                                                  " rows, has " + std::to_string(first.size()));
  }
  return {};
}

/// Of ascending values: the smallest with at least the share q at or below it.
double quantile(const std::vector<double>& sorted, double q) {
  const double rank = std::ceil(q * static_cast<double>(sorted.size()) - 1e-9);
  const auto at = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
  return sorted[std::min(at, sorted.size() - 1)];
}

}  // namespace

Interval wilson_interval(std::uint64_t successes, std::uint64_t trials, double confidence) {
  const boost::math::normal_distribution<double> normal;
  const double z = boost::math::quantile(boost::math::complement(normal, (1.0 - confidence) / 2));
  const auto n = static_cast<double>(trials);
  const double p = static_cast<double>(successes) / n;
  const double shrink = 1.0 + z * z / n;
  const double center = (p + z * z / (2.0 * n)) / shrink;
  const double half = z / shrink * std::sqrt(p * (1.0 - p) / n + z * z / (4.0 * n * n));
  // At the ends the bound is the share itself, which rounding would miss.
  return {.lower = successes == 0 ? 0.0 : std::max(0.0, center - half),
          .upper = successes == trials ? 1.0 : std::min(1.0, center + half)};
}

std::uint64_t most_within(double limit, std::uint64_t trials, double confidence) {
  std::uint64_t within = 0;  // whose lower bound is 0
  std::uint64_t beyond = trials + 1;
  while (beyond - within > 1) {
    const std::uint64_t middle = within + (beyond - within) / 2;
    (wilson_interval(middle, trials, confidence).lower <= limit ? within : beyond) = middle;
  }
  return within;
}

Result<Differences> absolute_differences(std::span<const double> first,
                                         std::span<const double> second) {
  if (auto fine = check_pairs(first, second, 1, "differences"); !fine) return fail(fine.error());
  std::vector<double> apart(first.size());
  double mean = 0.0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    apart[i] = std::abs(second[i] - first[i]);
    mean += (apart[i] - mean) / static_cast<double>(i + 1);
  }
  std::ranges::sort(apart);
  return Differences{.mean = mean,
                     .median = quantile(apart, 0.5),
                     .p95 = quantile(apart, 0.95),
                     .largest = apart.back()};
}

Result<PairedDifference> paired_difference(std::span<const double> first,
                                           std::span<const double> second, double confidence) {
  if (auto fine = check_pairs(first, second, 2, "paired difference"); !fine) {
    return fail(fine.error());
  }
  double mean = 0.0;
  double m2 = 0.0;
  for (std::size_t i = 0; i < first.size(); ++i) {  // Welford
    const double difference = second[i] - first[i];
    const double before = difference - mean;
    mean += before / static_cast<double>(i + 1);
    m2 += before * (difference - mean);
  }
  const auto n = static_cast<double>(first.size());
  const double error = std::sqrt(m2 / (n - 1.0) / n);
  if (error == 0.0) {
    return PairedDifference{
        .mean = mean, .interval = {mean, mean}, .p_value = mean == 0.0 ? 1.0 : 0.0};
  }
  const boost::math::students_t student(n - 1.0);
  const double t = boost::math::quantile(boost::math::complement(student, (1.0 - confidence) / 2));
  const double tail = boost::math::cdf(boost::math::complement(student, std::abs(mean) / error));
  return PairedDifference{.mean = mean,
                          .interval = {mean - t * error, mean + t * error},
                          .p_value = std::min(1.0, 2.0 * tail)};
}

Result<double> cohen_kappa(std::span<const std::uint32_t> first,
                           std::span<const std::uint32_t> second) {
  if (auto fine = check_pairs(first, second, 1, "kappa"); !fine) return fail(fine.error());
  struct Counts {
    double first = 0.0;
    double second = 0.0;
  };
  std::map<std::uint32_t, Counts> classes;
  double agreed = 0.0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    classes[first[i]].first += 1.0;
    classes[second[i]].second += 1.0;
    if (first[i] == second[i]) agreed += 1.0;
  }
  if (classes.size() == 1) {
    return fail(ErrorCode::kInsufficientData, "kappa: all rows have one class");
  }
  const auto n = static_cast<double>(first.size());
  double by_chance = 0.0;
  for (const auto& [name, counts] : classes) by_chance += counts.first * counts.second;
  by_chance /= n * n;
  return (agreed / n - by_chance) / (1.0 - by_chance);
}

double mcnemar_p_value(std::uint64_t only_first_right, std::uint64_t only_second_right) {
  const std::uint64_t differ = only_first_right + only_second_right;
  if (differ == 0) return 1.0;
  const boost::math::binomial_distribution<double> binomial(static_cast<double>(differ), 0.5);
  const auto fewer = static_cast<double>(std::min(only_first_right, only_second_right));
  return std::min(1.0, 2.0 * boost::math::cdf(binomial, fewer));
}

}  // namespace leeway::performance
