#include "detectors/drift/rank_measures.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "detectors/drift/kolmogorov_distribution.h"
#include "detectors/drift/kolmogorov_smirnov.h"
#include "detectors/drift/numbers.h"

namespace leeway::drift {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kExactSteps = 1e6;  // of the lattice: a few ms

Explanation ks_explanation(const Sides& sides, double at, double before, double after) {
  if (sides.column.is_private)
    return {.sentence = "its values moved " + std::string(before > after ? "up" : "down")};
  const Shift shift{.what = "values up to " + brief(at), .reference = before, .current = after};
  return {.sentence = sentence_of(shift, "values"), .shifts = {shift}};
}

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

Result<Measured> ks_of_rows(const Sides& sides) {
  const auto distances = kolmogorov_smirnov(sides.reference_sorted, sides.current_sorted);
  if (!distances) return fail(distances.error());
  return Measured{.value = distances->statistic(),
                  .moved = ks_explanation(sides, distances->at,
                                          share_up_to(sides.reference_sorted, distances->at),
                                          share_up_to(sides.current_sorted, distances->at))};
}

Result<Measured> ks_on_grid(const Sides& sides) {
  const profile::Grid& grid = *sides.column.grid;
  const std::vector<std::uint64_t> reference = sides.reference.cells.dense(grid.cells());
  const std::vector<std::uint64_t> current = sides.current.cells.dense(grid.cells());
  const auto ks = kolmogorov_smirnov(grid, reference, current);
  if (!ks) return fail(ks.error());
  const double end = ks->cell < grid.edges().size() ? grid.edges()[ks->cell] : kInfinity;
  return Measured{.value = ks->statistic,
                  .error_bound = ks->error_bound,
                  .moved = ks_explanation(sides, end, share_up_to(reference, ks->cell),
                                          share_up_to(current, ks->cell))};
}

double p_value(double statistic, double m, double n) {
  const auto rows = [](double count) { return static_cast<std::uint64_t>(count); };
  return m * n <= kExactSteps ? ks_p_exact(statistic, rows(m), rows(n))
                              : ks_p_asymptotic(statistic, rows(m), rows(n));
}

}  // namespace

double rows_with_values(const profile::ColumnProfile& column) {
  return static_cast<double>(column.cells.total());
}

NullParameters no_parameters(const profile::Column& /*column*/,
                             const profile::ColumnProfile& /*reference*/,
                             const Classes& /*classes*/) {
  return {};
}

Result<Measured> ks(const Sides& sides) {
  const double m = rows_with_values(sides.reference);
  const double n = rows_with_values(sides.current);
  const bool exact = sides.has_rows();
  auto measured = exact ? ks_of_rows(sides) : ks_on_grid(sides);
  if (!measured) return measured;
  measured->p_value = p_value(measured->value, m, n);
  if (measured->error_bound > 0.0)
    measured->p_value_at_bound = p_value(measured->value + measured->error_bound, m, n);
  return measured;
}

double ks_noise(const NullParameters& /*null*/, double reference_rows, double current_rows) {
  return ks_noise_floor(reference_rows, current_rows);
}

double ks_null_quantile(const NullParameters& /*null*/, double alpha) {
  return kolmogorov_limit_isf(alpha) / (std::sqrt(std::numbers::pi / 2.0) * std::numbers::ln2);
}

}  // namespace leeway::drift
