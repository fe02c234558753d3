#include "detectors/drift/kolmogorov_distribution.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "detectors/drift/deviance.h"

namespace leeway::drift {
namespace {

constexpr double kPi = std::numbers::pi;

/// 2 sum (-1)^(k-1) exp(-2 k^2 z^2): a few terms where z is not small.
double alternating_tail(double z) {
  double sum = 0.0;
  for (int k = 1; k <= 100; ++k) {
    const double term = std::exp(-2.0 * k * k * z * z);
    sum += k % 2 == 1 ? term : -term;
    if (term < 1e-18 * sum) break;
  }
  return 2.0 * sum;
}

/// The same distribution from below, by Jacobi's transformation: sqrt(2 pi)/z sum exp(-(2k-1)^2
/// pi^2/(8 z^2)).
double limit_cdf(double z) {
  double sum = 0.0;
  for (int k = 1; k <= 20; ++k) {
    const double odd = 2.0 * k - 1.0;
    sum += std::exp(-odd * odd * kPi * kPi / (8.0 * z * z));
  }
  return std::sqrt(2.0 * kPi) / z * sum;
}

/// A square matrix times a power of ten, so that powers of it neither overflow nor vanish.
struct Matrix {
  std::size_t size;
  std::vector<double> cells;
  int exponent = 0;

  double& at(std::size_t row, std::size_t column) { return cells[row * size + column]; }
  double at(std::size_t row, std::size_t column) const { return cells[row * size + column]; }
};

Matrix product(const Matrix& a, const Matrix& b) {
  Matrix c{a.size, std::vector<double>(a.size * a.size, 0.0), a.exponent + b.exponent};
  for (std::size_t i = 0; i < a.size; ++i) {
    for (std::size_t k = 0; k < a.size; ++k) {
      const double factor = a.at(i, k);
      if (factor == 0.0) continue;
      for (std::size_t j = 0; j < a.size; ++j) c.at(i, j) += factor * b.at(k, j);
    }
  }
  if (c.at(c.size / 2, c.size / 2) > 1e140) {
    for (double& cell : c.cells) cell *= 1e-140;
    c.exponent += 140;
  }
  return c;
}

Matrix power(const Matrix& base, std::uint64_t n) {
  if (n == 1) return base;
  const Matrix half = power(base, n / 2);
  const Matrix square = product(half, half);
  return n % 2 == 0 ? square : product(base, square);
}

/// Marsaglia, Tsang, Wang 2003: P(D_n < d) is an entry of H^n times n!/n^n, H made of d alone.
double exact_cdf(double d, std::uint64_t n) {
  const double nd = static_cast<double>(n) * d;
  const auto k = static_cast<std::size_t>(nd) + 1;
  const std::size_t m = 2 * k - 1;
  const double h = static_cast<double>(k) - nd;
  Matrix matrix{m, std::vector<double>(m * m, 0.0)};
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < m && j <= i + 1; ++j) matrix.at(i, j) = 1.0;
  }
  for (std::size_t i = 0; i < m; ++i) {
    matrix.at(i, 0) -= std::pow(h, static_cast<double>(i + 1));
    matrix.at(m - 1, i) -= std::pow(h, static_cast<double>(m - i));
  }
  if (2.0 * h - 1.0 > 0.0) matrix.at(m - 1, 0) += std::pow(2.0 * h - 1.0, static_cast<double>(m));
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < m && j <= i + 1; ++j) {
      for (std::size_t g = 1; g <= i + 1 - j; ++g) matrix.at(i, j) /= static_cast<double>(g);
    }
  }
  const Matrix powered = power(matrix, n);
  double value = powered.at(k - 1, k - 1);
  int exponent = powered.exponent;
  for (std::uint64_t i = 1; i <= n; ++i) {
    value *= static_cast<double>(i) / static_cast<double>(n);
    if (value < 1e-140) {
      value *= 1e140;
      exponent -= 140;
    }
  }
  return value * std::pow(10.0, exponent);
}

/// ln(k!) less Stirling's formula for it.
double stirling_error(double k) {
  if (k < 16.0) {
    double log_factorial = 0.0;
    for (double i = 2.0; i <= k; i += 1.0) log_factorial += std::log(i);
    return log_factorial - (k + 0.5) * std::log(k) + k - 0.5 * std::log(2.0 * kPi);
  }
  const double kk = k * k;
  return (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - 1.0 / (1680.0 * kk)) / kk) / kk) / k;
}

/// Smirnov's sum: P(D_n^+ >= d) = d sum over j <= n(1-d) of C(n,j) (d + j/n)^(j-1) (1 - d -
/// j/n)^(n-j). A term is a binomial probability over d + j/n, taken as Loader does (see
/// deviance()), so that no digit is lost however large n is.
///
/// In the tail the terms are a smooth hill over j/n that vanishes with all its derivatives at both
/// ends; there the trapezoidal rule with some 4,000 steps is as good as the whole sum.
double one_sided_sum(double d, std::uint64_t count) {
  constexpr std::uint64_t kSteps = 4096;
  const auto n = static_cast<double>(count);
  const auto last = static_cast<std::uint64_t>(std::floor(n * (1.0 - d)));
  const std::uint64_t stride = count <= 2 * kSteps ? 1 : count / kSteps;
  double sum = std::exp(n * std::log1p(-d)) / d;  // j = 0
  for (std::uint64_t i = stride; i <= last && i < count; i += stride) {
    const auto j = static_cast<double>(i);
    const double rest = n * (1.0 - d) - j;
    if (rest <= 0.0) break;
    const double exponent = stirling_error(n) - stirling_error(j) - stirling_error(n - j) -
                            deviance(j, n * d + j) - deviance(n - j, rest);
    sum += static_cast<double>(stride) * std::exp(exponent) /
           (std::sqrt(2.0 * kPi * j * (n - j) / n) * (d + j / n));
  }
  return std::min(1.0, d * sum);
}

/// Twice the one-sided tail, less the paths that leave on both sides.
double tail_sf(double d, std::uint64_t n) {
  return 2.0 * one_sided_sum(d, n) -
         (d < 0.5 ? 2.0 * std::exp(-8.0 * static_cast<double>(n) * d * d) : 0.0);
}

/// The four terms of Pelz and Good 1976 (J. R. Stat. Soc. B 38(2)) in powers of 1/sqrt(n).
double pelz_good_cdf(double d, std::uint64_t count) {
  const auto n = static_cast<double>(count);
  const double z = std::sqrt(n) * d;
  const double z2 = z * z;
  const double z4 = z2 * z2;
  const double z6 = z4 * z2;
  const double pi2 = kPi * kPi;
  const double pi4 = pi2 * pi2;
  const double pi6 = pi4 * pi2;
  double k0 = 0.0;
  double k1 = 0.0;
  double k2 = 0.0;
  double k3 = 0.0;
  for (int i = 0; i < 20; ++i) {
    const double k = i + 0.5;
    const double kk = k * k;
    const double e = std::exp(-kk * pi2 / (2.0 * z2));
    k0 += e;
    k1 += (pi2 * kk - z2) * e;
    k2 += (6.0 * z6 + 2.0 * z4 + pi2 * (2.0 * z4 - 5.0 * z2) * kk +
           pi4 * (1.0 - 2.0 * z2) * kk * kk) *
          e;
    k3 += (-30.0 * z6 - 90.0 * z6 * z2 + pi2 * (135.0 * z4 - 96.0 * z6) * kk +
           pi4 * (212.0 * z4 - 60.0 * z2) * kk * kk + pi6 * kk * kk * kk * (5.0 - 30.0 * z2)) *
          e;
  }
  double k2_whole = 0.0;
  double k3_whole = 0.0;
  for (int i = 1; i < 20; ++i) {
    const double kk = static_cast<double>(i) * i;
    const double e = std::exp(-kk * pi2 / (2.0 * z2));
    k2_whole += pi2 * kk * e;
    k3_whole += (3.0 * pi2 * kk * z2 - pi4 * kk * kk) * e;
  }
  const double root = std::sqrt(kPi / 2.0);
  const double root_tau = std::sqrt(2.0 * kPi);
  // Sums over all k of both signs are twice those over the positive ones.
  k0 *= root_tau / z;
  k1 *= 2.0 * root / (6.0 * z4);
  k2 = k2 * 2.0 * root / (72.0 * z6 * z) - k2_whole * 2.0 * root / (36.0 * z2 * z);
  k3 = k3 * 2.0 * root / (6480.0 * z6 * z4) + k3_whole * 2.0 * root / (216.0 * z6);
  return k0 + k1 / std::sqrt(n) + k2 / n + k3 / (n * std::sqrt(n));
}

}  // namespace

double kolmogorov_limit_sf(double z) {
  if (z <= 0.0) return 1.0;
  if (z < 0.04) return 1.0;  // the distribution function is below 1e-300 there
  return z < 1.0 ? 1.0 - limit_cdf(z) : alternating_tail(z);
}

double kolmogorov_limit_isf(double p) {
  double lo = 0.0;
  double hi = 30.0;
  for (int i = 0; i < 100 && hi - lo > 1e-14; ++i) {
    const double middle = 0.5 * (lo + hi);
    (kolmogorov_limit_sf(middle) > p ? lo : hi) = middle;
  }
  return 0.5 * (lo + hi);
}

double kolmogorov_sf(double d, std::uint64_t n) {
  if (n == 0 || d <= 0.0) return 1.0;
  if (d >= 1.0) return 0.0;
  const double nd = static_cast<double>(n) * d;
  if (nd <= 0.5) return 1.0;
  const double energy = nd * d;  // n d^2: p is about 2 exp(-2 energy)
  if (d >= 0.5 || energy >= 2.5) return std::max(0.0, tail_sf(d, n));
  const double cdf = n <= 140 ? exact_cdf(d, n) : pelz_good_cdf(d, n);
  return std::clamp(1.0 - cdf, 0.0, 1.0);
}

}  // namespace leeway::drift
