#include "detectors/profile/moments.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "detectors/base/wide.h"

namespace leeway::profile {
namespace {

double total(const Four& sums) { return (sums[0] + sums[1]) + (sums[2] + sums[3]); }

LEEWAY_WIDE double sum_of(std::span<const double> values) {
  Four sums{};
  std::size_t i = 0;
  for (; i + kFour <= values.size(); i += kFour) {
    Four four;
    std::memcpy(&four, values.data() + i, sizeof(four));
    sums += four;
  }
  for (; i < values.size(); ++i) sums[0] += values[i];
  return total(sums);
}

struct PowerSums {
  double first = 0.0;
  double second = 0.0;
  double third = 0.0;
  double fourth = 0.0;
};

LEEWAY_WIDE PowerSums sums_around(std::span<const double> values, double center) {
  Four first{};
  Four second{};
  Four third{};
  Four fourth{};
  std::size_t i = 0;
  for (; i + kFour <= values.size(); i += kFour) {
    Four d;
    std::memcpy(&d, values.data() + i, sizeof(d));
    d -= center;
    const Four square = d * d;
    first += d;
    second += square;
    third += square * d;
    fourth += square * square;
  }
  for (; i < values.size(); ++i) {
    const double d = values[i] - center;
    const double square = d * d;
    first[0] += d;
    second[0] += square;
    third[0] += square * d;
    fourth[0] += square * square;
  }
  return {total(first), total(second), total(third), total(fourth)};
}

PowerSums sums_around(std::span<const double> values, std::span<const double> counts,
                      double center) {
  PowerSums sums;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double d = values[i] - center;
    const double square = d * d;
    sums.first += counts[i] * d;
    sums.second += counts[i] * square;
    sums.third += counts[i] * (square * d);
    sums.fourth += counts[i] * (square * square);
  }
  return sums;
}

/// A sum of squares that lost to overflow is infinite, one that lost to rounding is 0.
double square_sum(double value) {
  if (std::isnan(value)) return std::numeric_limits<double>::infinity();
  return value > 0.0 ? value : 0.0;
}

/// The mean is center + part; what does not fit into its digits is its rest (Knuth's two-sum).
void set_mean(Moments& moments, double center, double part) {
  moments.mean = center + part;
  const double back = moments.mean - center;
  const double rest = (center - (moments.mean - back)) + (part - back);
  moments.mean_rest = std::isfinite(rest) ? rest : 0.0;
}

/// The sum of values overflows, their mean does not.
double careful_mean(std::span<const double> values) {
  const auto n = static_cast<double>(values.size());
  double mean = 0.0;
  for (const double value : values) mean += value / n;
  return mean;
}

double careful_mean(std::span<const double> values, std::span<const double> counts, double n) {
  double mean = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) mean += values[i] * (counts[i] / n);
  return mean;
}

/// From sums around a rounded mean.
Moments moments_of(std::uint64_t count, double center, const PowerSums& sums) {
  const auto n = static_cast<double>(count);
  Moments made;
  // What the rounding of `center` left over; an overflow here says nothing about it.
  const double delta = std::isfinite(sums.first) ? sums.first / n : 0.0;
  made.count = count;
  set_mean(made, center, delta);
  made.m2 = square_sum(sums.second - n * delta * delta);
  made.m3 = sums.third - 3.0 * delta * sums.second + 2.0 * n * delta * delta * delta;
  made.m4 = sums.fourth - 4.0 * delta * sums.third + 6.0 * delta * delta * sums.second -
            3.0 * n * delta * delta * delta * delta;
  return made;
}

}  // namespace

Moments Moments::of(std::span<const double> values) {
  if (values.empty()) return {};
  const double sum = sum_of(values);
  const double center =
      std::isfinite(sum) ? sum / static_cast<double>(values.size()) : careful_mean(values);
  return moments_of(values.size(), center, sums_around(values, center));
}

Moments Moments::of(std::span<const double> values, std::span<const double> counts) {
  if (values.empty()) return {};
  double n = 0.0;
  double sum = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    n += counts[i];
    sum += counts[i] * values[i];
  }
  const double center = std::isfinite(sum) ? sum / n : careful_mean(values, counts, n);
  return moments_of(static_cast<std::uint64_t>(n), center, sums_around(values, counts, center));
}

void Moments::add(double value) { merge(Moments{.count = 1, .mean = value}); }

void Moments::merge(const Moments& other) {
  if (other.count == 0) return;
  if (count == 0) {
    *this = other;
    return;
  }
  const auto na = static_cast<double>(count);
  const auto nb = static_cast<double>(other.count);
  const double n = na + nb;
  const double delta = (other.mean - mean) + (other.mean_rest - mean_rest);
  const double step = delta / n;  // the powers of delta go with those of 1/n, against overflow
  m4 += other.m4 + delta * step * step * step * na * nb * (na * na - na * nb + nb * nb) +
        6.0 * step * step * (na * na * other.m2 + nb * nb * m2) +
        4.0 * step * (na * other.m3 - nb * m3);
  m3 +=
      other.m3 + delta * step * step * na * nb * (na - nb) + 3.0 * step * (na * other.m2 - nb * m2);
  m2 = square_sum(m2 + other.m2 + delta * step * na * nb);
  if (std::isfinite(delta)) {
    set_mean(*this, mean, mean_rest + step * nb);
  } else {
    set_mean(*this, mean * (na / n), other.mean * (nb / n));
  }
  count += other.count;
}

std::optional<double> Moments::skewness() const {
  if (!(m2 > 0.0)) return std::nullopt;
  const double n = static_cast<double>(count);
  const double value = std::sqrt(n) * (m3 / m2) / std::sqrt(m2);
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::optional<double> Moments::kurtosis_excess() const {
  if (!(m2 > 0.0)) return std::nullopt;
  const double value = static_cast<double>(count) * (m4 / m2) / m2 - 3.0;
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

}  // namespace leeway::profile
