#include "detectors/drift/rank_measures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "detectors/drift/anderson_darling.h"
#include "detectors/drift/cramer_von_mises.h"
#include "detectors/drift/kolmogorov_distribution.h"
#include "detectors/drift/kolmogorov_smirnov.h"
#include "detectors/drift/mann_whitney.h"
#include "detectors/drift/null_distributions.h"
#include "detectors/drift/numbers.h"
#include "detectors/drift/sorted_distances.h"

namespace leeway::drift {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kExactSteps = 1e6;  // of the lattice: a few ms

/// Where F and G differ most, and what they are there.
struct Gap {
  double at = 0.0;
  double reference = 0.0;
  double current = 0.0;
};

double share_up_to(std::span<const double> sorted, double value) {
  const auto end = std::upper_bound(sorted.begin(), sorted.end(), value);
  return static_cast<double>(end - sorted.begin()) / static_cast<double>(sorted.size());
}

double share_up_to(std::span<const std::uint64_t> counts, std::size_t cell) {
  std::uint64_t below = 0;
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    all += counts[i];
    if (i <= cell) below += counts[i];
  }
  return static_cast<double>(below) / static_cast<double>(all);
}

Result<KsDistances> ks_of_rows(const Sides& sides) {
  if (sides.distances != nullptr) return sides.distances->ks;
  return kolmogorov_smirnov(sides.reference_sorted, sides.current_sorted);
}

Result<GridKs> ks_on_grid(const Sides& sides) {
  const profile::Grid& grid = *sides.column.grid;
  return kolmogorov_smirnov(grid, sides.reference.cells.dense(grid.cells()),
                            sides.current.cells.dense(grid.cells()));
}

Result<Gap> widest_gap(const Sides& sides) {
  if (sides.has_rows()) {
    const auto distances = ks_of_rows(sides);
    if (!distances) return fail(distances.error());
    return Gap{.at = distances->at,
               .reference = share_up_to(sides.reference_sorted, distances->at),
               .current = share_up_to(sides.current_sorted, distances->at)};
  }
  const auto ks = ks_on_grid(sides);
  if (!ks) return fail(ks.error());
  const profile::Grid& grid = *sides.column.grid;
  return Gap{.at = ks->cell < grid.edges().size() ? grid.edges()[ks->cell] : kInfinity,
             .reference = share_up_to(sides.reference.cells.dense(grid.cells()), ks->cell),
             .current = share_up_to(sides.current.cells.dense(grid.cells()), ks->cell)};
}

double p_value(double statistic, double m, double n, Alternative alternative) {
  const auto rows = [](double count) { return static_cast<std::uint64_t>(count); };
  return m * n <= kExactSteps ? ks_p_exact(statistic, rows(m), rows(n), alternative)
                              : ks_p_asymptotic(statistic, rows(m), rows(n), alternative);
}

/// The one-sided statistic of cells: at their ends it is known, inside F - G rises by no more than
/// the reference does there.
Measured one_sided_on_grid(const Sides& sides, bool up) {
  const profile::Grid& grid = *sides.column.grid;
  const auto reference = sides.reference.cells.dense(grid.cells());
  const auto current = sides.current.cells.dense(grid.cells());
  const double m = rows_with_values(sides.reference);
  const double n = rows_with_values(sides.current);
  const double sign = up ? 1.0 : -1.0;
  double gap = 0.0;
  double least = 0.0;
  double most = 0.0;
  for (std::size_t cell = 0; cell < reference.size(); ++cell) {
    const double p = static_cast<double>(reference[cell]) / m;
    const double q = static_cast<double>(current[cell]) / n;
    const bool exact = grid.single_valued(cell);
    const double inside = exact ? 0.0 : (up ? p : q);
    most = std::max(most, gap + inside);
    gap += sign * (p - q);
    least = std::max(least, gap);
    most = std::max(most, gap);
  }
  return {.value = least, .error_bound = most - least};
}

Result<Measured> one_sided(const Sides& sides, bool up) {
  const double m = rows_with_values(sides.reference);
  const double n = rows_with_values(sides.current);
  if (m == 0.0 || n == 0.0) return fail(ErrorCode::kInsufficientData, "ks: a side has no values");
  const Alternative alternative = up ? Alternative::kGreater : Alternative::kLess;
  Measured measured;
  if (sides.has_rows()) {
    const auto distances = ks_of_rows(sides);
    if (!distances) return fail(distances.error());
    measured.value = distances->statistic(alternative);
  } else {
    measured = one_sided_on_grid(sides, up);
  }
  measured.p_value = p_value(measured.value, m, n, alternative);
  if (measured.error_bound > 0.0) {
    measured.p_value_at_bound = p_value(measured.value + measured.error_bound, m, n, alternative);
  }
  return measured;
}

/// 2 U / mn - 1 of cells: between what it is if all pairs inside a cell of several values go one
/// way, and if they go the other.
struct DeltaInterval {
  double low = 0.0;
  double high = 0.0;
  double ties = 0.0;  ///< sum of t^3 - t over what is tied for certain
};

DeltaInterval delta_on_grid(const Sides& sides) {
  const profile::Grid& grid = *sides.column.grid;
  const auto reference = sides.reference.cells.dense(grid.cells());
  const auto current = sides.current.cells.dense(grid.cells());
  const double pairs = rows_with_values(sides.reference) * rows_with_values(sides.current);
  double wins = 0.0;  // pairs whose current value is the larger one, less the others
  double open = 0.0;
  double reference_below = 0.0;
  double current_below = 0.0;
  DeltaInterval delta;
  for (std::size_t cell = 0; cell < reference.size(); ++cell) {
    const auto r = static_cast<double>(reference[cell]);
    const auto c = static_cast<double>(current[cell]);
    wins += c * reference_below - r * current_below;
    if (grid.single_valued(cell)) {
      delta.ties += std::pow(r + c, 3.0) - (r + c);
    } else {
      open += r * c;
    }
    reference_below += r;
    current_below += c;
  }
  delta.low = (wins - open) / pairs;
  delta.high = (wins + open) / pairs;
  return delta;
}

/// The two-sided p-value by the normal distribution, as mann_whitney() has it.
double delta_p_value(double delta, double m, double n, double ties) {
  const double all = m + n;
  const double variance = m * n / 12.0 * (all + 1.0 - ties / (all * (all - 1.0)));
  if (!(variance > 0.0)) return 1.0;
  const double z = std::max(0.0, 0.5 * delta * m * n - 0.5) / std::sqrt(variance);
  return std::min(1.0, std::erfc(z / std::numbers::sqrt2));
}

Result<Measured> mann_whitney_of_rows(const Sides& sides) {
  const auto test = mann_whitney(sides.reference_sorted, sides.current_sorted);
  if (!test) return fail(test.error());
  const double pairs = test->u_reference + test->u_current;
  return Measured{.value = std::abs(test->u_reference - test->u_current) / pairs,
                  .p_value = test->p_two_sided};
}

}  // namespace

double rows_with_values(const profile::ColumnProfile& column) {
  return static_cast<double>(column.cells.total() + column.unseen);
}

double rows_with_finite(const profile::ColumnProfile& column) {
  return static_cast<double>(column.cells.total() - column.positive_infinite -
                             column.negative_infinite);
}

NullParameters no_parameters(const profile::Column& /*column*/,
                             const profile::ColumnProfile& /*reference*/,
                             const Classes& /*classes*/) {
  return {};
}

Result<Measured> ks(const Sides& sides) {
  const double m = rows_with_values(sides.reference);
  const double n = rows_with_values(sides.current);
  Measured measured;
  if (sides.has_rows()) {
    const auto distances = ks_of_rows(sides);
    if (!distances) return fail(distances.error());
    measured.value = distances->statistic();
  } else {
    const auto ks = ks_on_grid(sides);
    if (!ks) return fail(ks.error());
    measured.value = ks->statistic;
    measured.error_bound = ks->error_bound;
  }
  measured.p_value = p_value(measured.value, m, n, Alternative::kTwoSided);
  if (measured.error_bound > 0.0) {
    measured.p_value_at_bound =
        p_value(measured.value + measured.error_bound, m, n, Alternative::kTwoSided);
  }
  return measured;
}

Result<Measured> ks_up(const Sides& sides) { return one_sided(sides, true); }
Result<Measured> ks_down(const Sides& sides) { return one_sided(sides, false); }

Explanation explain_ks(const Sides& sides) {
  const auto gap = widest_gap(sides);
  if (!gap) return {};
  if (sides.column.is_private) {
    return {.sentence =
                "its values moved " + std::string(gap->reference > gap->current ? "up" : "down")};
  }
  const Shift shift{.what = "values up to " + brief(gap->at),
                    .reference = gap->reference,
                    .current = gap->current};
  return {.sentence = sentence_of(shift, "values"), .shifts = {shift}};
}

double ks_noise(const NullParameters& /*null*/, double reference_rows, double current_rows) {
  return ks_noise_floor(reference_rows, current_rows);
}

double ks_null_quantile(const NullParameters& /*null*/, double alpha) {
  return kolmogorov_limit_isf(alpha) / (std::sqrt(std::numbers::pi / 2.0) * std::numbers::ln2);
}

double one_sided_ks_noise(const NullParameters& /*null*/, double reference_rows,
                          double current_rows) {
  return std::sqrt(std::numbers::pi / 8.0 / effective_rows(reference_rows, current_rows));
}

double one_sided_ks_quantile(const NullParameters& /*null*/, double alpha) {
  return std::sqrt(-0.5 * std::log(alpha)) / std::sqrt(std::numbers::pi / 8.0);
}

Result<Measured> cramer_von_mises_test(const Sides& sides) {
  const auto test = cramer_von_mises(sides.reference_sorted, sides.current_sorted);
  if (!test) return fail(test.error());
  return Measured{.value = test->statistic, .p_value = test->p_value};
}

Result<Measured> anderson_darling_test(const Sides& sides) {
  const std::array samples = {sides.reference_sorted, sides.current_sorted};
  const auto test = anderson_darling(samples);
  if (!test) return fail(test.error());
  return Measured{.value = test->statistic, .p_value = test->p_limit};
}

double cramer_von_mises_noise(const NullParameters& /*null*/, double reference_rows,
                              double current_rows) {
  return (1.0 + 1.0 / (reference_rows + current_rows)) / 6.0;
}

double cramer_von_mises_ratio(const NullParameters& /*null*/, double alpha) {
  constexpr SumOfSquares kLimit{.total = 1.0 / 6.0,
                                .largest = std::numbers::inv_pi * std::numbers::inv_pi};
  return kLimit.quantile(alpha) / kLimit.total;
}

Result<Measured> mann_whitney_delta(const Sides& sides) {
  const double m = rows_with_values(sides.reference);
  const double n = rows_with_values(sides.current);
  if (m == 0.0 || n == 0.0)
    return fail(ErrorCode::kInsufficientData, "mann_whitney: a side has no values");
  if (sides.has_rows()) return mann_whitney_of_rows(sides);
  const DeltaInterval delta = delta_on_grid(sides);
  const double most = std::max(std::abs(delta.low), std::abs(delta.high));
  const double least = delta.low <= 0.0 && delta.high >= 0.0
                           ? 0.0
                           : std::min(std::abs(delta.low), std::abs(delta.high));
  return Measured{.value = least,
                  .error_bound = most - least,
                  .p_value = delta_p_value(least, m, n, delta.ties),
                  .p_value_at_bound = delta_p_value(most, m, n, delta.ties)};
}

double mann_whitney_noise(const NullParameters& /*null*/, double reference_rows,
                          double current_rows) {
  return kMeanAbsNormal *
         std::sqrt((reference_rows + current_rows + 1.0) / (3.0 * reference_rows * current_rows));
}

}  // namespace leeway::drift
