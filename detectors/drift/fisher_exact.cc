#include "detectors/drift/fisher_exact.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "detectors/drift/hypergeometric.h"

namespace leeway::drift {
namespace {

/// What the first cell may be with the margins of the table.
Hypergeometric first_cell(const Table2x2& table) {
  return {static_cast<double>(table.a + table.b), static_cast<double>(table.c + table.d),
          static_cast<double>(table.a + table.c)};
}

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
  const Hypergeometric x = first_cell(table);
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
