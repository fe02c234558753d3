#include <algorithm>
#include <cmath>

#include "detectors/drift/anderson_darling.h"
#include "detectors/drift/bin_measures.h"
#include "detectors/drift/chi_squared.h"
#include "detectors/drift/cramer_von_mises.h"
#include "detectors/drift/dialects.h"
#include "detectors/drift/energy.h"
#include "detectors/drift/epps_singleton.h"
#include "detectors/drift/fisher_exact.h"
#include "detectors/drift/kolmogorov_smirnov.h"
#include "detectors/drift/mann_whitney.h"
#include "detectors/drift/mean_discrepancy.h"
#include "detectors/drift/measure_table.h"
#include "detectors/drift/sorted_walk.h"
#include "detectors/drift/total_variation.h"
#include "detectors/drift/two_proportions.h"
#include "detectors/drift/wasserstein.h"

// What Evidently computes; its functions drop missing values and infinities first.
namespace leeway::drift {
namespace evidently {
namespace {

constexpr std::size_t kValuesAsCategories = 20;
constexpr std::size_t kMostExactRows = 10'000;
constexpr double kLeastDeviation = 0.001;

using Values = std::span<const double>;

Values reference_of(const Sides& sides) { return finite_part(sides.reference_sorted); }
Values current_of(const Sides& sides) { return finite_part(sides.current_sorted); }

Result<> has_values(const Sides& sides) {
  if (!reference_of(sides).empty() && !current_of(sides).empty()) return {};
  return fail(ErrorCode::kInsufficientData, "a side has no values");
}

/// Equal width by Sturges' rule over both sides together, for so many values.
std::vector<double> pooled_edges(Values reference, Values current, std::size_t n) {
  const double lo = std::min(reference.front(), current.front());
  const double hi = std::max(reference.back(), current.back());
  return even_edges(lo, hi, sturges_width(lo, hi, n));
}

/// Up to 20 distinct reference values: each value of either side is a bin.
Result<Bins> bins_of(const Sides& sides) {
  if (!sides.column.grid) return category_bins(sides);
  if (auto fine = has_values(sides); !fine) return fail(fine.error());
  const Values reference = reference_of(sides);
  const Values current = current_of(sides);
  if (distinct_values(reference, {}, kValuesAsCategories + 1) <= kValuesAsCategories)
    return Bins{.counts = value_counts(reference, current)};
  const auto edges = pooled_edges(reference, current, reference.size() + current.size());
  return Bins{.counts = {bin_counts(reference, edges), bin_counts(current, edges)}};
}

Bins values_as_bins(const Sides& sides) {
  if (!sides.column.grid) return category_bins(sides);
  return {.counts = value_counts(reference_of(sides), current_of(sides))};
}

Result<Measured> psi(const Sides& sides) {
  const auto bins = bins_of(sides);
  if (!bins) return fail(bins.error());
  return psi_of(*bins, {.rule = ZeroRule::kAdaptiveFill});
}

Result<Measured> kl(const Sides& sides) {
  const auto bins = bins_of(sides);
  if (!bins) return fail(bins.error());
  return kl_of(*bins, {.rule = ZeroRule::kAdaptiveFill});
}

Result<Measured> jensen_shannon(const Sides& sides) {
  const auto bins = bins_of(sides);
  if (!bins) return fail(bins.error());
  return jensen_shannon_of(*bins, LogBase::kE);
}

Result<Measured> hellinger(const Sides& sides) {
  if (!sides.column.grid) return hellinger_of(category_bins(sides));
  if (auto fine = has_values(sides); !fine) return fail(fine.error());
  const Values reference = reference_of(sides);
  const Values current = current_of(sides);
  // Sturges' rule is asked about the distinct values, not the rows.
  const auto distinct =
      distinct_values(reference, current, std::numeric_limits<std::size_t>::max());
  const auto edges = pooled_edges(reference, current, distinct);
  return hellinger_of({.counts = {bin_counts(reference, edges), bin_counts(current, edges)}});
}

Result<Measured> wasserstein(const Sides& sides) {
  const auto distance = wasserstein_distance(reference_of(sides), current_of(sides));
  if (!distance) return fail(distance.error());
  return Measured{.value = *distance /
                           std::max(population_deviation(reference_of(sides)), kLeastDeviation)};
}

Result<Measured> energy(const Sides& sides) {
  const auto distance = energy_distance(reference_of(sides), current_of(sides));
  if (!distance) return fail(distance.error());
  return Measured{.value = *distance};
}

Result<Measured> ks(const Sides& sides) {
  const Values reference = reference_of(sides);
  const Values current = current_of(sides);
  const auto distances = kolmogorov_smirnov(reference, current);
  if (!distances) return fail(distances.error());
  const double d = distances->statistic();
  const bool exact = std::max(reference.size(), current.size()) <= kMostExactRows;
  return Measured{.value = d,
                  .p_value = exact ? ks_p_exact(d, reference.size(), current.size())
                                   : ks_p_asymptotic(d, reference.size(), current.size())};
}

Result<Measured> cramer_von_mises(const Sides& sides) {
  const auto test = drift::cramer_von_mises(reference_of(sides), current_of(sides));
  if (!test) return fail(test.error());
  return Measured{.value = test->statistic, .p_value = test->p_value};
}

Result<Measured> anderson_darling(const Sides& sides) {
  const std::array samples = {reference_of(sides), current_of(sides)};
  const auto test = drift::anderson_darling(samples);
  if (!test) return fail(test.error());
  return Measured{.value = test->statistic, .p_value = test->p_interpolated};
}

Result<Measured> epps_singleton(const Sides& sides) {
  const auto test = drift::epps_singleton(reference_of(sides), current_of(sides));
  if (!test) return fail(test.error());
  return Measured{.value = test->statistic, .p_value = test->p_value};
}

/// One-sided: blind to values that fall.
Result<Measured> mann_whitney(const Sides& sides) {
  const Values reference = reference_of(sides);
  const Values current = current_of(sides);
  const auto test =
      drift::mann_whitney(reference, current, scipy_method(reference.size(), current.size()));
  if (!test) return fail(test.error());
  return Measured{.value = test->u_reference, .p_value = test->p_less};
}

/// The reference is taken as known.
Result<Measured> chi_squared(const Sides& sides) {
  return goodness_of_fit_of(values_as_bins(sides));
}

/// The expected counts are those of the reference, not scaled to the current rows.
Result<Measured> g(const Sides& sides) {
  if (rows_with_values(sides.reference) != rows_with_values(sides.current)) {
    return fail(ErrorCode::kInvalidArgument,
                "g: Evidently's G test takes two sides with the same number of rows");
  }
  const Bins bins = values_as_bins(sides);
  const auto table = goodness_of_fit(bins.counts.reference, bins.counts.current);
  if (!table) return fail(table.error());
  return Measured{.value = table->g.statistic, .p_value = table->g.p_value};
}

/// The counts of two values on both sides, the smaller first; one of them alone leaves the other
/// empty.
Result<Table2x2> two_values(const Sides& sides) {
  const Bins bins = values_as_bins(sides);
  const Counts& counts = bins.counts;
  if (bins.has_rest || counts.reference.size() > 2) {
    return fail(ErrorCode::kInvalidArgument, "this measure is of columns with two values");
  }
  if (counts.reference.empty()) return fail(ErrorCode::kInsufficientData, "no values");
  Table2x2 table{.a = counts.reference[0], .c = counts.current[0]};
  if (counts.reference.size() == 2) {
    table.b = counts.reference[1];
    table.d = counts.current[1];
  }
  return table;
}

Result<Measured> two_proportions(const Sides& sides) {
  const auto table = two_values(sides);
  if (!table) return fail(table.error());
  const bool has_sides = table->a + table->b > 0 && table->c + table->d > 0;
  if (has_sides && (table->b + table->d == 0 || table->a + table->c == 0))
    return Measured{.value = 0.0, .p_value = 1.0};
  const auto test = two_proportions_z(table->b, table->a + table->b, table->d, table->c + table->d);
  if (!test) return fail(test.error());
  return Measured{.value = std::abs(test->z), .p_value = test->p_two_sided};
}

Result<Measured> fisher(const Sides& sides) {
  const auto table = two_values(sides);
  if (!table) return fail(table.error());
  const auto test = fisher_exact(*table);
  if (!test) return fail(test.error());
  return Measured{.value = test->odds_ratio.value_or(1.0), .p_value = test->p_two_sided};
}

/// Permutations are drawn with our generator, not NumPy's: p differs by what chance adds to it.
Result<Measured> total_variation(const Sides& sides) {
  constexpr std::size_t kPermutations = 1000;
  const auto counts = category_counts(sides);
  if (!counts) return fail(counts.error());
  const auto test = total_variation_test(counts->reference, counts->current, kPermutations, 0);
  if (!test) return fail(test.error());
  return Measured{.value = test->distance, .p_value = test->p_value};
}

/// Evidently does not seed its permutations; here the same data give the same p.
Result<Measured> empirical_mmd(const Sides& sides) {
  constexpr std::size_t kPermutations = 100;
  const auto test = mean_discrepancy(reference_of(sides), current_of(sides), kPermutations, 0);
  if (!test) return fail(test.error());
  return Measured{.value = test->squared,
                  .p_value = static_cast<double>(test->reaching) / kPermutations};
}

consteval Measure entry(std::string_view name, Line line, double critical,
                        Result<Measured> (*measure)(const Sides&), std::string_view sentence) {
  Measure own = as_in_table(name);
  own.sentence = sentence;
  own.needs_rows = true;
  own.line = line;
  own.limits_from = LimitsFrom::kDialect;
  own.limits = {.critical = critical};
  own.measure = measure;
  own.rows = &rows_with_values;
  own.null_parameters = nullptr;
  own.noise_floor = nullptr;
  own.null_quantile = nullptr;
  own.scale = nullptr;
  return own;
}

/// U counts pairs; the delta of the table is at most 1.
consteval Measure mann_whitney_entry() {
  Measure own = entry("mann_whitney", Line::kPBelow, 0.05, &mann_whitney,
                      "Mann-Whitney U of the reference, p one-sided: blind to values that fall");
  own.most = std::numeric_limits<double>::infinity();
  return own;
}

consteval Measure total_variation_entry() {
  Measure own = entry("total_variation", Line::kPBelow, 0.1, &total_variation,
                      "half the sum of the differences of the shares, p by 1,000 permutations");
  own.numeric = false;
  own.needs_rows = false;
  return own;
}

/// Numbers with two values too.
consteval Measure two_proportion_entry() {
  Measure own = entry("two_proportion_z", Line::kPBelow, 0.05, &two_proportions,
                      "z of two proportions, without sign, of columns with two values");
  own.numeric = true;
  return own;
}

constexpr std::array kEvidently = {
    entry("psi", Line::kAtLeast, 0.1, &psi,
          "population stability index over equal-width bins of both sides together, or all values "
          "and categories; a share of 0 becomes 1e-4 or less"),
    entry("kl", Line::kAtLeast, 0.1, &kl, "KL(reference || current) of the same shares, in nats"),
    entry("jensen_shannon", Line::kAtLeast, 0.1, &jensen_shannon,
          "Jensen-Shannon distance with base e over the same bins: at most 0.8326"),
    entry("hellinger", Line::kAtLeast, 0.1, &hellinger,
          "Hellinger distance, of numbers over equal-width bins for the number of distinct values"),
    entry("wasserstein", Line::kAtLeast, 0.1, &wasserstein,
          "Wasserstein-1 distance over the standard deviation of the reference, which is at least "
          "0.001"),
    entry("energy", Line::kAbove, 0.1, &energy, "energy distance in the root of the column's unit"),
    entry("ks", Line::kPAtMost, 0.05, &ks,
          "Kolmogorov-Smirnov distance, p exact up to 10,000 rows a side"),
    entry("cramer_von_mises", Line::kPAtMost, 0.1, &cramer_von_mises, "Cramer-von Mises statistic"),
    entry("anderson_darling", Line::kPBelow, 0.1, &anderson_darling,
          "Anderson-Darling statistic, standardised; p between 0.001 and 0.25"),
    entry("epps_singleton", Line::kPBelow, 0.05, &epps_singleton, "Epps-Singleton statistic"),
    mann_whitney_entry(),
    entry("student", Line::kPBelow, 0.05, &drift::student, "Student's t, without sign"),
    entry("chi_squared", Line::kPBelow, 0.05, &chi_squared,
          "chi-squared of goodness of fit over all values: the reference is taken as known, p too "
          "small by far; a new value gives p = 0"),
    entry("g", Line::kPBelow, 0.1, &g,
          "G of goodness of fit, of sides with the same number of rows only"),
    entry("empirical_mmd", Line::kPBelow, 0.1, &empirical_mmd,
          "squared maximum mean discrepancy, p by 100 permutations: up to 5,000 rows a side"),
    total_variation_entry(),
    two_proportion_entry(),
    entry("fisher", Line::kPBelow, 0.1, &fisher, "odds ratio of columns with two values"),
};

constexpr std::size_t kSmall = 1000;

}  // namespace
}  // namespace evidently

std::span<const Measure> evidently_measures() { return evidently::kEvidently; }

/// By the rows of the reference and the values of both sides: up to 1,000 rows a test, beyond them
/// a distance.
MeasureNames evidently_choice(const Sides& sides) {
  static constexpr std::array<std::string_view, 5> kNames = {"ks", "wasserstein", "chi_squared",
                                                             "jensen_shannon", "two_proportion_z"};
  const auto only = [](std::size_t at) { return MeasureNames(kNames).subspan(at, 1); };
  constexpr std::size_t kFew = 6;
  const bool is_small = rows_with_values(sides.reference) <= static_cast<double>(evidently::kSmall);
  const std::size_t distinct = distinct_up_to(sides, kFew);
  if (sides.column.grid && distinct == kFew) return only(is_small ? 0 : 1);
  if (!is_small) return only(3);
  return only(distinct > 2 ? 2 : 4);
}

}  // namespace leeway::drift
