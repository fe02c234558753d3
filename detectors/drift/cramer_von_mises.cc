#include "detectors/drift/cramer_von_mises.h"

#include <cmath>
#include <numeric>
#include <vector>

#include "detectors/drift/quadratic_tails.h"
#include "detectors/drift/tie_groups.h"

namespace leeway::drift {
namespace {

using Wide = __int128;  // U and (4mn - 1)mn are close to each other and both some (mn)^2

constexpr std::size_t kMostExact = 20;
constexpr std::size_t kTooMany = std::size_t{1} << 29U;

/// Sum over k = 1..p of (c - 2k)^2, for c < 2^32.
Wide squares(std::uint64_t c, std::uint64_t count) {
  if (count == 1) {  // nearly always: in one multiplication of words
    const std::int64_t rest = static_cast<std::int64_t>(c) - 2;
    return rest * rest;
  }
  const Wide p = static_cast<Wide>(count);
  return p * c * c - 2 * static_cast<Wide>(c) * p * (p + 1) + 2 * p * (p + 1) * (2 * p + 1) / 3;
}

/// 4U: ranks are counted in halves.
Wide four_u(std::span<const double> reference, std::span<const double> current) {
  Wide of_reference = 0;
  Wide of_current = 0;
  for_each_tie_group(reference, current, [&](const TieGroup& group) {
    // r - i of the k-th reference value of the group: the current values below and half the group,
    // less k.
    if (group.reference > 0)
      of_reference += squares(2 * group.current_below + group.size() + 1, group.reference);
    if (group.current > 0)
      of_current += squares(2 * group.reference_below + group.size() + 1, group.current);
  });
  return static_cast<Wide>(reference.size()) * of_reference +
         static_cast<Wide>(current.size()) * of_current;
}

/// The part of the lattice paths to one point whose sum of squares is still below the observed one.
struct Paths {
  struct Sum {
    std::uint64_t sum;
    double share;
  };
  std::vector<Sum> below;  ///< ascending
  double above = 0.0;      ///< the share of the others
};

/// Of the paths to a point a share `p` comes by way of the one, the rest of the other neighbour.
Paths joined(const Paths& one, double p, const Paths& other, std::uint64_t square,
             std::uint64_t observed) {
  Paths paths{.below{}, .above = p * one.above + (1.0 - p) * other.above};
  auto a = one.below.begin();
  auto b = other.below.begin();
  while (a != one.below.end() || b != other.below.end()) {
    const bool take_a = b == other.below.end() || (a != one.below.end() && a->sum <= b->sum);
    const bool take_b = a == one.below.end() || (b != other.below.end() && b->sum <= a->sum);
    const std::uint64_t sum = (take_a ? a->sum : b->sum) + square;
    double share = 0.0;
    if (take_a) share += p * (a++)->share;
    if (take_b) share += (1.0 - p) * (b++)->share;
    if (sum >= observed) {
      paths.above += share;
    } else {
      paths.below.push_back({sum, share});
    }
  }
  return paths;
}

/// The share of the orders of m and n values whose sum over the pooled values of (in - jm)^2 / g^2
/// is at least the observed one, g the greatest common divisor.
double share_at_least(std::uint64_t observed, std::int64_t m, std::int64_t n) {
  if (observed == 0) return 1.0;
  const std::int64_t g = std::gcd(m, n);
  std::vector<Paths> row(static_cast<std::size_t>(n) + 1);
  for (std::int64_t i = 0; i <= m; ++i) {
    for (std::int64_t j = 0; j <= n; ++j) {
      auto& here = row[static_cast<std::size_t>(j)];
      if (i == 0 && j == 0) {
        here.below = {{0, 1.0}};
        continue;
      }
      const std::int64_t gap = (i * n - j * m) / g;
      const double p = static_cast<double>(i) / static_cast<double>(i + j);
      const Paths none;
      here = joined(i == 0 ? none : here, p, j == 0 ? none : row[static_cast<std::size_t>(j) - 1],
                    static_cast<std::uint64_t>(gap * gap), observed);
    }
  }
  return std::min(1.0, row.back().above);
}

double p_asymptotic(double statistic, double m, double n) {
  const double total = m + n;
  const double mean = (1.0 + 1.0 / total) / 6.0;
  // 4mnN - 3(m^2 + n^2) - 2mn over 45 N^2 4mn, in an order that cannot overflow.
  const double variance =
      (total + 1.0) / total / 45.0 * (1.0 - 0.75 * (m / n + n / m) / total - 0.5 / total);
  return cramer_von_mises_limit_sf(1.0 / 6.0 + (statistic - mean) / std::sqrt(45.0 * variance));
}

}  // namespace

Result<CramerVonMises> cramer_von_mises(std::span<const double> reference,
                                        std::span<const double> current, PMethod method) {
  const std::size_t m = reference.size();
  const std::size_t n = current.size();
  if (m < 2 || n < 2) return fail(ErrorCode::kInsufficientData, "cvm: needs 2 values on each side");
  if (m >= kTooMany || n >= kTooMany)
    return fail(ErrorCode::kInvalidArgument, "cvm: takes fewer than 2^29 values on each side");
  const bool small = m <= kMostExact && n <= kMostExact;
  if (method == PMethod::kExact && !small)
    return fail(ErrorCode::kInvalidArgument, "cvm: exact for at most 20 values on each side");
  const Wide pairs = static_cast<Wide>(m) * static_cast<Wide>(n);
  const Wide total = static_cast<Wide>(m) + static_cast<Wide>(n);
  const Wide numerator = 3 * four_u(reference, current) - 2 * pairs * (4 * pairs - 1);  // 12 mnN T
  CramerVonMises test{.statistic = static_cast<double>(numerator) / 12.0 /
                                   static_cast<double>(pairs) / static_cast<double>(total)};
  if (small && method != PMethod::kAsymptotic) {
    // T = Z / (mn N^2) with Z the sum of (in - jm)^2, and so 12 Z = N numerator.
    const Wide g = static_cast<Wide>(std::gcd(m, n));
    // Midranks may lead between two attainable sums: the lower one is the cautious side, and
    // SciPy's.
    const Wide observed = total * numerator / (12 * g * g);
    test.p_value = share_at_least(static_cast<std::uint64_t>(std::max<Wide>(observed, 0)),
                                  static_cast<std::int64_t>(m), static_cast<std::int64_t>(n));
  } else {
    test.p_value = p_asymptotic(test.statistic, static_cast<double>(m), static_cast<double>(n));
  }
  return test;
}

}  // namespace leeway::drift
