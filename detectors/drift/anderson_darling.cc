#include "detectors/drift/anderson_darling.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "detectors/drift/quadratic_tails.h"

namespace leeway::drift {
namespace {

using Samples = std::span<const std::span<const double>>;
using Seven = std::array<double, 7>;

constexpr Seven kLevels = {0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.001};
constexpr Seven kB0 = {0.675, 1.281, 1.645, 1.96, 2.326, 2.573, 3.085};
constexpr Seven kB1 = {-0.245, 0.25, 0.678, 1.149, 1.822, 2.364, 3.615};
constexpr Seven kB2 = {-0.105, -0.305, -0.362, -0.391, -0.396, -0.345, -0.154};

double count(std::size_t n) { return static_cast<double>(n); }

/// A2kN or A2akN: over the distinct pooled values, with l equal to the value at hand.
class Statistic {
 public:
  Statistic(Samples samples, AndersonDarlingTies ties)
      : samples_(samples), midrank_(ties == AndersonDarlingTies::kMidrank), at_(samples.size()) {
    for (const auto& sample : samples) total_ += count(sample.size());
  }

  double compute() {
    double sum = 0.0;
    while (below_ < total_) sum += add_value();
    return midrank_ ? sum * (total_ - 1.0) / total_ : sum;
  }

  /// Of the values that there are at all.
  std::size_t distinct() const { return distinct_; }

 private:
  double add_value() {
    double value = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      if (at_[i] < samples_[i].size()) value = std::min(value, samples_[i][at_[i]]);
    }
    equal_.clear();
    double l = 0.0;
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      const std::size_t first = at_[i];
      while (at_[i] < samples_[i].size() && samples_[i][at_[i]] == value) ++at_[i];
      equal_.push_back(count(at_[i] - first));
      l += equal_.back();
    }
    const double counted = midrank_ ? 0.5 : 1.0;  // of the values at hand
    const double b = below_ + counted * l;
    below_ += l;
    ++distinct_;
    const double spread = b * (total_ - b) - (midrank_ ? total_ * l / 4.0 : 0.0);
    if (spread <= 0.0) return 0.0;  // the last value, of the right-continuous version
    double sum = 0.0;
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      const double n = count(samples_[i].size());
      const double m = count(at_[i]) - (1.0 - counted) * equal_[i];
      const double gap = total_ * m - n * b;
      sum += gap * gap / n;
    }
    return l / total_ * sum / spread;
  }

  Samples samples_;
  bool midrank_;
  std::vector<std::size_t> at_;
  std::vector<double> equal_;
  double total_ = 0.0;
  double below_ = 0.0;
  std::size_t distinct_ = 0;
};

/// Of A2kN without drift, for continuous distributions: equation 4.
double variance(Samples samples) {
  const double k = count(samples.size());
  double inverse = 0.0;  // H
  std::size_t total = 0;
  for (const auto& sample : samples) {
    inverse += 1.0 / count(sample.size());
    total += sample.size();
  }
  const double n = count(total);
  double h = 0.0;
  double g = 0.0;
  for (std::size_t i = total - 1; i >= 1; --i) {
    h += 1.0 / count(i);  // 1/i + ... + 1/(N-1)
    if (i >= 2) g += h / count(total - i + 1);
  }
  const double a = (4 * g - 6) * (k - 1) + (10 - 6 * g) * inverse;
  const double b =
      (2 * g - 4) * k * k + 8 * h * k + (2 * g - 14 * h - 4) * inverse - 8 * h + 4 * g - 6;
  const double c =
      (6 * h + 2 * g - 2) * k * k + (4 * h - 4 * g + 6) * k + (2 * h - 6) * inverse + 4 * h;
  const double d = (2 * h + 6) * k * k - 4 * h * k;
  return (((a * n + b) * n + c) * n + d) / ((n - 1) * (n - 2) * (n - 3));
}

/// The least-squares parabola through seven points, at x. Around the mean of the abscissas, so that
/// the normal equations are well conditioned.
double parabola_at(const Seven& xs, const Seven& ys, double x) {
  double center = 0.0;
  for (const double each : xs) center += each / 7.0;
  std::array<double, 5> s{};  // sums of powers
  std::array<double, 3> t{};
  for (std::size_t i = 0; i < 7; ++i) {
    double power = 1.0;
    for (std::size_t e = 0; e < 5; ++e) {
      s[e] += power;
      if (e < 3) t[e] += power * ys[i];
      power *= xs[i] - center;
    }
  }
  // Cramer's rule for s[i+j] c_j = t_i.
  const auto determinant = [](const std::array<std::array<double, 3>, 3>& m) {
    return m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
           m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
           m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
  };
  const std::array<std::array<double, 3>, 3> matrix = {
      {{s[0], s[1], s[2]}, {s[1], s[2], s[3]}, {s[2], s[3], s[4]}}};
  double value = 0.0;
  double power = 1.0;
  for (std::size_t column = 0; column < 3; ++column) {
    auto replaced = matrix;
    for (std::size_t row = 0; row < 3; ++row) replaced[row][column] = t[row];
    value += power * determinant(replaced) / determinant(matrix);
    power *= x - center;
  }
  return value;
}

double interpolated(const Seven& critical, double statistic) {
  if (statistic < critical.front()) return kLevels.front();
  if (statistic > critical.back()) return kLevels.back();
  Seven logs{};
  for (std::size_t i = 0; i < 7; ++i) logs[i] = std::log(kLevels[i]);
  return std::clamp(std::exp(parabola_at(critical, logs, statistic)), kLevels.back(),
                    kLevels.front());
}

}  // namespace

Result<AndersonDarling> anderson_darling(Samples samples, AndersonDarlingTies ties) {
  if (samples.size() < 2)
    return fail(ErrorCode::kInvalidArgument, "anderson-darling: needs two samples or more");
  std::size_t total = 0;
  for (const auto& sample : samples) {
    if (sample.empty())
      return fail(ErrorCode::kInsufficientData, "anderson-darling: a sample has no values");
    total += sample.size();
  }
  if (total < 4)
    return fail(ErrorCode::kInsufficientData, "anderson-darling: needs 4 values in all");
  Statistic statistic(samples, ties);
  const double a2 = statistic.compute();
  if (statistic.distinct() < 2)
    return fail(ErrorCode::kInsufficientData, "anderson-darling: all values are equal");
  const double m = count(samples.size() - 1);
  AndersonDarling test{.statistic = (a2 - m) / std::sqrt(variance(samples))};
  for (std::size_t i = 0; i < 7; ++i)
    test.critical_values[i] = kB0[i] + kB1[i] / std::sqrt(m) + kB2[i] / m;
  test.p_interpolated = interpolated(test.critical_values, test.statistic);
  if (samples.size() == 2) {
    const double sigma = std::sqrt(2.0 / 3.0 * (std::numbers::pi * std::numbers::pi - 9.0));
    test.p_limit = anderson_darling_limit_sf(1.0 + sigma * test.statistic);
  }
  return test;
}

}  // namespace leeway::drift
