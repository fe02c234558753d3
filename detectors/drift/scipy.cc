#include <cmath>

#include "detectors/drift/anderson_darling.h"
#include "detectors/drift/bin_measures.h"
#include "detectors/drift/dialects.h"
#include "detectors/drift/energy.h"
#include "detectors/drift/fisher_exact.h"
#include "detectors/drift/kolmogorov_smirnov.h"
#include "detectors/drift/mann_whitney.h"
#include "detectors/drift/measure_table.h"
#include "detectors/drift/sorted_walk.h"

// What the functions of scipy.stats return by default; missing values are left out first.
namespace leeway::drift {
namespace scipy {
namespace {

constexpr std::size_t kMostExactRows = 10'000;

Result<Measured> ks_test(const Sides& sides, Alternative alternative) {
  const auto distances = kolmogorov_smirnov(sides.reference_sorted, sides.current_sorted);
  if (!distances) return fail(distances.error());
  const double d = distances->statistic(alternative);
  const std::size_t m = sides.reference_sorted.size();
  const std::size_t n = sides.current_sorted.size();
  return Measured{.value = d,
                  .p_value = std::max(m, n) <= kMostExactRows
                                 ? ks_p_exact(d, m, n, alternative)
                                 : ks_p_asymptotic(d, m, n, alternative)};
}

Result<Measured> ks(const Sides& sides) { return ks_test(sides, Alternative::kTwoSided); }
Result<Measured> ks_up(const Sides& sides) { return ks_test(sides, Alternative::kGreater); }
Result<Measured> ks_down(const Sides& sides) { return ks_test(sides, Alternative::kLess); }

Result<Measured> energy(const Sides& sides) {
  const auto distance =
      energy_distance(finite_part(sides.reference_sorted), finite_part(sides.current_sorted));
  if (!distance) return fail(distance.error());
  return Measured{.value = *distance};
}

Result<Measured> anderson_darling(const Sides& sides) {
  const std::array samples = {sides.reference_sorted, sides.current_sorted};
  const auto test = drift::anderson_darling(samples);
  if (!test) return fail(test.error());
  return Measured{.value = test->statistic, .p_value = test->p_interpolated};
}

Result<Measured> mann_whitney(const Sides& sides) {
  const auto test =
      drift::mann_whitney(sides.reference_sorted, sides.current_sorted,
                          scipy_method(sides.reference_sorted.size(), sides.current_sorted.size()));
  if (!test) return fail(test.error());
  return Measured{.value = test->u_reference, .p_value = test->p_two_sided};
}

Result<Measured> chi_squared(const Sides& sides) {
  return contingency_of(category_bins(sides), CountTest::kYates);
}
Result<Measured> chi_squared_fit(const Sides& sides) {
  return goodness_of_fit_of(category_bins(sides));
}
Result<Measured> g(const Sides& sides) {
  return contingency_of(category_bins(sides), CountTest::kG);
}
Result<Measured> jensen_shannon(const Sides& sides) {
  return jensen_shannon_of(category_bins(sides), LogBase::kE);
}
Result<Measured> kl(const Sides& sides) {
  return kl_of(category_bins(sides), {.rule = ZeroRule::kNone});
}

Result<Measured> fisher(const Sides& sides) {
  const Bins bins = category_bins(sides);
  const Counts& counts = bins.counts;
  if (counts.reference.size() != 2)
    return fail(ErrorCode::kInvalidArgument, "fisher: is of columns with two categories");
  const auto test = fisher_exact({.a = counts.reference[0],
                                  .b = counts.reference[1],
                                  .c = counts.current[0],
                                  .d = counts.current[1]});
  if (!test) return fail(test.error());
  return Measured{.value = test->odds_ratio.value_or(1.0), .p_value = test->p_two_sided};
}

consteval Measure entry(std::string_view name, Result<Measured> (*measure)(const Sides&),
                        std::string_view sentence) {
  Measure own = as_in_table(name);
  own.sentence = sentence;
  own.needs_rows = own.numeric;
  own.measure = measure;
  own.rows = &rows_with_values;
  return own;
}

consteval Measure test(std::string_view name, Result<Measured> (*measure)(const Sides&),
                       std::string_view sentence) {
  Measure own = entry(name, measure, sentence);
  own.line = Line::kPBelow;
  own.limits_from = LimitsFrom::kDialect;
  own.limits = {.critical = 0.05};
  return own;
}

consteval Measure of_categories(Measure own) {
  own.numeric = false;
  own.needs_rows = false;
  return own;
}

/// U counts pairs; the delta of the table is at most 1.
consteval Measure mann_whitney_entry() {
  Measure own = test("mann_whitney", &mann_whitney, "mannwhitneyu: U of the reference, two-sided");
  own.most = std::numeric_limits<double>::infinity();
  return own;
}

consteval Measure distance(std::string_view name, Result<Measured> (*measure)(const Sides&),
                           std::string_view sentence) {
  Measure own = entry(name, measure, sentence);
  own.limits_from = LimitsFrom::kNothing;
  own.null_parameters = nullptr;
  own.noise_floor = nullptr;
  own.null_quantile = nullptr;
  return own;
}

constexpr std::array kScipy = {
    test("ks", &ks, "ks_2samp: p exact up to 10,000 rows a side"),
    test("ks_up", &ks_up, "ks_2samp with alternative 'greater': current values are larger"),
    test("ks_down", &ks_down, "ks_2samp with alternative 'less': current values are smaller"),
    distance("wasserstein", &drift::wasserstein_plain,
             "wasserstein_distance, in the unit of the column"),
    distance("energy", &energy, "energy_distance, in the root of the column's unit"),
    test("cramer_von_mises", &drift::cramer_von_mises_test, "cramervonmises_2samp"),
    test("anderson_darling", &anderson_darling, "anderson_ksamp: p between 0.001 and 0.25"),
    test("epps_singleton", &drift::epps_singleton_test, "epps_singleton_2samp"),
    mann_whitney_entry(),
    test("welch", &drift::welch, "ttest_ind with equal_var=False, t without sign"),
    test("student", &drift::student, "ttest_ind, t without sign"),
    test("levene", &drift::levene_test, "levene, around the median"),
    of_categories(test("chi_squared", &chi_squared,
                       "chi2_contingency: with Yates' correction for two categories")),
    of_categories(test("chi_squared_fit", &chi_squared_fit,
                       "chisquare, expected counts by the shares of the reference")),
    of_categories(test("g", &g, "chi2_contingency with lambda_='log-likelihood', no correction")),
    of_categories(test("fisher", &fisher, "fisher_exact: odds ratio of two categories")),
    of_categories(distance("jensen_shannon", &jensen_shannon, "jensenshannon, base e")),
    of_categories(distance("kl", &kl, "entropy(reference, current), in nats")),
};

}  // namespace
}  // namespace scipy

std::span<const Measure> scipy_measures() { return scipy::kScipy; }

}  // namespace leeway::drift
