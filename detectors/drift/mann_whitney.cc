#include "detectors/drift/mann_whitney.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

#include "detectors/drift/tie_groups.h"

namespace leeway::drift {
namespace {

using Wide = __int128;
using Count = unsigned __int128;

constexpr double kMostSteps = 2e6;
constexpr double kMostOrders = 0x1p126;

struct RankSums {
  Wide twice_u = 0;  ///< of the reference
  Wide ties = 0;     ///< sum of t^3 - t
};

RankSums rank_sums(std::span<const double> reference, std::span<const double> current) {
  RankSums sums;
  for_each_tie_group(reference, current, [&](const TieGroup& group) {
    sums.twice_u += static_cast<Wide>(group.reference) *
                    (2 * static_cast<Wide>(group.current_below) + static_cast<Wide>(group.current));
    const Wide t = static_cast<Wide>(group.size());
    sums.ties += t * t * t - t;
  });
  return sums;
}

bool exact_is_cheap(double m, double n) {
  const double least = std::min(m, n);
  if (least * m * n > kMostSteps) return false;
  double orders = 1.0;  // C(m + n, least)
  for (double i = 1.0; i <= least && orders < kMostOrders; ++i) orders *= (std::max(m, n) + i) / i;
  return orders < kMostOrders;
}

/// How many orders of m and n distinct values have each U from 0 to mn: the coefficients of the
/// product over i = 1..m of (1 - q^(n+i)) / (1 - q^i). Exact: intermediate values may wrap around,
/// the last do not.
std::vector<Count> orders_by_u(std::size_t m, std::size_t n) {
  std::vector<Count> orders(m * n + 1, 0);
  orders[0] = 1;
  for (std::size_t i = 1; i <= m; ++i) {
    for (std::size_t u = m * n; u >= n + i; --u) orders[u] -= orders[u - n - i];
    for (std::size_t u = i; u <= m * n; ++u) orders[u] += orders[u - i];
  }
  return orders;
}

/// P(U >= u), for u = 0, 1, ..., mn.
std::vector<double> upper_tails(std::size_t m, std::size_t n) {
  const std::vector<Count> orders = orders_by_u(std::min(m, n), std::max(m, n));
  const Count all = std::accumulate(orders.begin(), orders.end(), Count{0});
  std::vector<double> tails(orders.size());
  Count above = 0;
  for (std::size_t u = orders.size(); u-- > 0;) {
    above += orders[u];
    tails[u] = static_cast<double>(above) / static_cast<double>(all);
  }
  return tails;
}

/// Of three tests, from the upper tail of U.
template <class Tail>
void set_p_values(MannWhitney& test, Tail tail) {
  test.p_greater = tail(test.u_reference);
  test.p_less = tail(test.u_current);
  test.p_two_sided = std::min(1.0, 2.0 * std::min(*test.p_greater, *test.p_less));
}

}  // namespace

PMethod scipy_method(std::size_t reference, std::size_t current) {
  return std::min(reference, current) > 8 ? PMethod::kAsymptotic : PMethod::kAuto;
}

Result<MannWhitney> mann_whitney(std::span<const double> reference, std::span<const double> current,
                                 PMethod method, bool continuity) {
  if (reference.empty() || current.empty())
    return fail(ErrorCode::kInsufficientData, "mann-whitney: a side has no values");
  const auto m = static_cast<double>(reference.size());
  const auto n = static_cast<double>(current.size());
  const bool cheap = exact_is_cheap(m, n);
  if (method == PMethod::kExact && !cheap)
    return fail(ErrorCode::kInvalidArgument, "mann-whitney: too many values for an exact p-value");
  const RankSums sums = rank_sums(reference, current);
  MannWhitney test;
  test.u_reference = static_cast<double>(sums.twice_u) / 2.0;
  test.u_current = m * n - test.u_reference;
  if (method == PMethod::kExact || (method == PMethod::kAuto && cheap && sums.ties == 0)) {
    // With ties U may end in a half; the next whole number below is the cautious side, and SciPy's.
    const std::vector<double> tails = upper_tails(reference.size(), current.size());
    set_p_values(test, [&](double u) { return tails[static_cast<std::size_t>(u)]; });
    return test;
  }
  const Wide total = static_cast<Wide>(reference.size() + current.size());
  const Wide untied = total * total * total - total - sums.ties;
  if (untied == 0) return test;  // all values are equal
  const double sigma =
      std::sqrt(m * n / 12.0 * (static_cast<double>(untied) / (m + n) / (m + n - 1.0)));
  set_p_values(test, [&](double u) {
    const double z = (u - m * n / 2.0 - (continuity ? 0.5 : 0.0)) / sigma;
    return 0.5 * std::erfc(z / std::numbers::sqrt2);
  });
  return test;
}

}  // namespace leeway::drift
