#include "detectors/drift/measures.h"

#include <array>
#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>
#include <limits>
#include <numbers>

#include "detectors/drift/kolmogorov_distribution.h"
#include "detectors/drift/kolmogorov_smirnov.h"
#include "detectors/drift/numbers.h"
#include "detectors/drift/psi.h"

namespace leeway::drift {
namespace {

using profile::ColumnProfile;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kExactSteps = 1e6;  // of the lattice: a few ms

double all_rows(const ColumnProfile& column) { return static_cast<double>(column.rows); }
double rows_with_values(const ColumnProfile& column) {
  return static_cast<double>(column.cells.total());
}

std::string rose_or_fell(double from, double to) {
  return (to > from ? " rose from " : " fell from ") + percent(from) + " to " + percent(to);
}

Result<Measured> psi(const Sides& sides) {
  const std::vector<std::uint64_t> reference = sides.classes.count(sides.reference);
  const std::vector<std::uint64_t> current = sides.classes.count(sides.current);
  const auto psi = population_stability_index(reference, current);
  if (!psi) return fail(psi.error());
  const auto most = std::max_element(psi->contributions.begin(), psi->contributions.end());
  const auto at = static_cast<std::size_t>(most - psi->contributions.begin());
  const double before = static_cast<double>(reference[at]) / all_rows(sides.reference);
  const double after = static_cast<double>(current[at]) / all_rows(sides.current);
  return Measured{
      .value = psi->value,
      .noise_floor = psi_noise_floor(psi->bins, all_rows(sides.reference), all_rows(sides.current)),
      .moved = "the share of " + sides.classes.name(at) + rose_or_fell(before, after)};
}

double psi_null_quantile(std::size_t classes, double alpha) {
  // n_e PSI is about chi-squared with B-1 degrees of freedom (Yurdakul and Naranjo, J. Risk Model
  // Validation 14(4), 2020), and so PSI over its mean is chi-squared over its degrees of freedom.
  const double freedom = classes > 1 ? static_cast<double>(classes - 1) : 1.0;
  const boost::math::chi_squared distribution(freedom);
  return boost::math::quantile(boost::math::complement(distribution, alpha)) / freedom;
}

std::string ks_sentence(const Sides& sides, double at, double before, double after) {
  if (sides.column.is_private)
    return "its values moved " + std::string(before > after ? "up" : "down");
  return "the share of values up to " + brief(at) + rose_or_fell(before, after);
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
  return Measured{
      .value = distances->statistic(),
      .moved = ks_sentence(sides, distances->at, share_up_to(sides.reference_sorted, distances->at),
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
                  .moved = ks_sentence(sides, end, share_up_to(reference, ks->cell),
                                       share_up_to(current, ks->cell))};
}

Result<Measured> ks(const Sides& sides) {
  const double m = rows_with_values(sides.reference);
  const double n = rows_with_values(sides.current);
  // Rows that were sampled or cut off would give another sample's D as if it were exact.
  const bool exact = !sides.reference_sorted.empty() &&
                     static_cast<double>(sides.reference_sorted.size()) == m &&
                     static_cast<double>(sides.current_sorted.size()) == n;
  auto measured = exact ? ks_of_rows(sides) : ks_on_grid(sides);
  if (!measured) return measured;
  measured->noise_floor = ks_noise_floor(m, n);
  const auto rows = [](double count) { return static_cast<std::uint64_t>(count); };
  measured->p_value = exact && m * n <= kExactSteps
                          ? ks_p_exact(measured->value, rows(m), rows(n))
                          : ks_p_asymptotic(measured->value, rows(m), rows(n));
  return measured;
}

double ks_noise(std::size_t /*classes*/, double reference_rows, double current_rows) {
  return ks_noise_floor(reference_rows, current_rows);
}

double ks_null_quantile(std::size_t /*classes*/, double alpha) {
  return kolmogorov_limit_isf(alpha) / (std::sqrt(std::numbers::pi / 2.0) * std::numbers::ln2);
}

constexpr std::array<Measure, 2> kMeasures = {{
    {.name = "psi",
     .sentence = "population stability index over the reference's tenths or categories: how far "
                 "the shares moved",
     .numeric = true,
     .categorical = true,
     .most = kInfinity,
     .practical_floor = 0.05,
     .measure = &psi,
     .rows = &all_rows,
     .noise_floor = &psi_noise_floor,
     .null_quantile = &psi_null_quantile},
    {.name = "ks",
     .sentence = "Kolmogorov-Smirnov distance: the largest difference between the two distribution "
                 "functions",
     .numeric = true,
     .categorical = false,
     .most = 1.0,
     .practical_floor = 0.05,
     .measure = &ks,
     .rows = &rows_with_values,
     .noise_floor = &ks_noise,
     .null_quantile = &ks_null_quantile},
}};

}  // namespace

std::span<const Measure> measures() { return kMeasures; }

const Measure* find_measure(std::string_view name) {
  for (const Measure& measure : kMeasures) {
    if (measure.name == name) return &measure;
  }
  return nullptr;
}

bool applies(const Measure& measure, ColumnType type) {
  if (type == ColumnType::kNumeric) return measure.numeric;
  return (type == ColumnType::kCategorical || type == ColumnType::kBoolean) && measure.categorical;
}

}  // namespace leeway::drift
