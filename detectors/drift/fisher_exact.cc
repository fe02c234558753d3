#include "detectors/drift/fisher_exact.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "detectors/drift/deviance.h"

namespace leeway::drift {
namespace {

/// ln n! less Stirling's (n + 1/2) ln n - n + ln sqrt(2 pi), for n >= 1.
double stirling_error(double n) {
  if (n <= 15.0) {
    const double half_log_2_pi = 0.5 * std::log(2.0 * std::numbers::pi);
    return std::lgamma(n + 1.0) - (n + 0.5) * std::log(n) + n - half_log_2_pi;
  }
  const double n2 = n * n;
  const double tail = 1.0 / 1260.0 - (1.0 / 1680.0 - 1.0 / (1188.0 * n2)) / n2;
  return (1.0 / 12.0 - (1.0 / 360.0 - tail / n2) / n2) / n;
}

/// ln of the binomial probability of x in n trials, 0 < p < 1.
double log_binomial(double x, double n, double p) {
  if (x == 0.0) return n * std::log1p(-p);
  if (x == n) return n * std::log(p);
  const double rest = n - x;
  return stirling_error(n) - stirling_error(x) - stirling_error(rest) - deviance(x, n * p) -
         deviance(rest, n * (1.0 - p)) + 0.5 * std::log(n / (2.0 * std::numbers::pi * x * rest));
}

/// The first cell of a table whose margins are given. All members are whole numbers below 2^53.
class Hypergeometric {
 public:
  explicit Hypergeometric(const Table2x2& table)
      : row_(static_cast<double>(table.a + table.b)),
        other_row_(static_cast<double>(table.c + table.d)),
        column_(static_cast<double>(table.a + table.c)) {}

  double least() const { return std::max(0.0, column_ - other_row_); }
  double most() const { return std::min(row_, column_); }
  double mode() const {
    const double n = row_ + other_row_;
    const double mode = std::floor((row_ + 1.0) * ((column_ + 1.0) / (n + 2.0)));
    return std::clamp(mode, least(), most());
  }

  /// As three binomials whose share of successes is that of the column.
  double log_probability(double x) const {
    const double n = row_ + other_row_;
    const double share = column_ / n;
    if (least() == most()) return 0.0;
    return log_binomial(x, row_, share) + log_binomial(column_ - x, other_row_, share) -
           log_binomial(column_, n, share);
  }

  /// P(X <= x) / P(X = x) for x not above the mode, so that the terms fall.
  double lower_tail(double x) const {
    double sum = 1.0;
    double term = 1.0;
    for (; x > least() && term > kNegligible * sum; x -= 1.0) {
      term *= x / (row_ - x + 1.0) * ((other_row_ - column_ + x) / (column_ - x + 1.0));
      sum += term;
    }
    return sum;
  }

  /// P(X >= x) / P(X = x) for x not below the mode.
  double upper_tail(double x) const {
    double sum = 1.0;
    double term = 1.0;
    for (; x < most() && term > kNegligible * sum; x += 1.0) {
      term *= (row_ - x) / (x + 1.0) * ((column_ - x) / (other_row_ - column_ + x + 1.0));
      sum += term;
    }
    return sum;
  }

 private:
  static constexpr double kNegligible = 1e-18;

  double row_;
  double other_row_;
  double column_;
};

/// The sum over all x that are no more likely than `log_limit`: on either side of the mode they are
/// the values beyond one that bisection finds.
double no_more_likely(const Hypergeometric& x, double log_limit) {
  const double mode = x.mode();
  if (x.log_probability(mode) <= log_limit) return 1.0;
  double p = 0.0;
  const auto outermost = [&](double inside, double outside) {
    while (std::abs(inside - outside) > 1.0) {
      const double middle = std::floor((inside + outside) / 2.0);
      (x.log_probability(middle) <= log_limit ? outside : inside) = middle;
    }
    return outside;
  };
  if (x.log_probability(x.least()) <= log_limit) {
    const double below = outermost(mode, x.least());
    p += std::exp(x.log_probability(below)) * x.lower_tail(below);
  }
  if (x.log_probability(x.most()) <= log_limit) {
    const double above = outermost(mode, x.most());
    p += std::exp(x.log_probability(above)) * x.upper_tail(above);
  }
  return std::min(1.0, p);
}

std::optional<double> odds_ratio(const Table2x2& t) {
  const double with = static_cast<double>(t.a) * static_cast<double>(t.d);
  const double against = static_cast<double>(t.b) * static_cast<double>(t.c);
  if (against > 0.0) return with / against;
  if (with > 0.0) return std::numeric_limits<double>::infinity();
  return std::nullopt;
}

}  // namespace

Result<FisherExact> fisher_exact(const Table2x2& table) {
  if (std::max({table.a, table.b, table.c, table.d}) >= std::uint64_t{1} << 50U)
    return fail(ErrorCode::kInvalidArgument, "Fisher's exact test: a count is not below 2^50");
  FisherExact test{.odds_ratio = odds_ratio(table)};
  const Hypergeometric x(table);
  if (x.least() == x.most()) return test;  // The margins leave one table only.
  const double a = static_cast<double>(table.a);
  const double log_probability = x.log_probability(a);
  const double probability = std::exp(log_probability);
  // The tail away from the mode is summed; the other one is its complement.
  const bool below = a <= x.mode();
  const double summed = probability * (below ? x.lower_tail(a) : x.upper_tail(a));
  (below ? test.p_less : test.p_greater) = std::min(1.0, summed);
  (below ? test.p_greater : test.p_less) = std::min(1.0, 1.0 - summed + probability);
  test.p_two_sided = no_more_likely(x, log_probability + std::log1p(1e-7));
  return test;
}

}  // namespace leeway::drift
