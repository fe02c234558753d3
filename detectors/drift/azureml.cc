#include <algorithm>
#include <cmath>

#include "detectors/drift/bin_measures.h"
#include "detectors/drift/dialects.h"
#include "detectors/drift/kolmogorov_smirnov.h"
#include "detectors/drift/measure_table.h"
#include "detectors/drift/sorted_walk.h"
#include "detectors/drift/wasserstein.h"

// What the monitoring components of Azure Machine Learning (v2) compute.
namespace leeway::drift {
namespace azureml {
namespace {

constexpr double kLeastDeviation = 0.001;

using Values = std::span<const double>;

Values reference_of(const Sides& sides) { return finite_part(sides.reference_sorted); }
Values current_of(const Sides& sides) { return finite_part(sides.current_sorted); }

/// Numbers: equal width over both sides together, as many bins as Sturges' rule gives the smaller
/// side. Categories: all of either side.
Result<Bins> bins_of(const Sides& sides) {
  if (!sides.column.grid) return category_bins(sides);
  const Values reference = reference_of(sides);
  const Values current = current_of(sides);
  if (reference.empty() || current.empty())
    return fail(ErrorCode::kInsufficientData, "a side has no values");
  const auto rows = static_cast<double>(std::min(reference.size(), current.size()));
  const auto steps = static_cast<std::size_t>(std::ceil(std::log2(rows) + 1.0));
  const auto edges = even_edges(std::min(reference.front(), current.front()),
                                std::max(reference.back(), current.back()), steps);
  return Bins{.counts = {bin_counts(reference, edges), bin_counts(current, edges)}};
}

Result<Measured> jensen_shannon(const Sides& sides) {
  const auto bins = bins_of(sides);
  if (!bins) return fail(bins.error());
  return jensen_shannon_of(*bins, LogBase::kTwo);
}

/// A row is added to every bin.
Result<Measured> psi(const Sides& sides) {
  const auto bins = bins_of(sides);
  if (!bins) return fail(bins.error());
  return psi_of(*bins, {.rule = ZeroRule::kLaplace, .alpha = 1.0});
}

Result<Measured> wasserstein(const Sides& sides) {
  const auto distance = wasserstein_distance(reference_of(sides), current_of(sides));
  if (!distance) return fail(distance.error());
  return Measured{.value = *distance /
                           std::max(population_deviation(reference_of(sides)), kLeastDeviation)};
}

/// Azure ML refuses sides of 10,000 rows and more; here the p-value is the asymptotic one then.
Result<Measured> ks(const Sides& sides) {
  constexpr std::size_t kMostExactRows = 10'000;
  const Values reference = reference_of(sides);
  const Values current = current_of(sides);
  const auto distances = kolmogorov_smirnov(reference, current);
  if (!distances) return fail(distances.error());
  const double d = distances->statistic();
  const bool exact = std::max(reference.size(), current.size()) < kMostExactRows;
  return Measured{.value = d,
                  .p_value = exact ? ks_p_exact(d, reference.size(), current.size())
                                   : ks_p_asymptotic(d, reference.size(), current.size())};
}

Result<Measured> chi_squared(const Sides& sides) {
  return goodness_of_fit_of(category_bins(sides));
}

consteval Measure entry(std::string_view name, Result<Measured> (*measure)(const Sides&),
                        std::string_view sentence) {
  Measure own = as_in_table(name);
  own.sentence = sentence;
  own.needs_rows = true;
  own.line = Line::kAbove;
  own.limits_from = LimitsFrom::kNothing;
  own.measure = measure;
  own.rows = &rows_with_values;
  own.null_parameters = nullptr;
  own.noise_floor = nullptr;
  own.null_quantile = nullptr;
  own.scale = nullptr;
  return own;
}

consteval Measure with_limit(Measure own, double critical) {
  own.limits_from = LimitsFrom::kDialect;
  own.limits = {.critical = critical};
  return own;
}

consteval Measure by_p(Measure own) {
  own.line = Line::kPBelow;
  return own;
}

consteval Measure of_categories(Measure own) {
  own.numeric = false;
  own.needs_rows = false;
  return own;
}

constexpr std::array kAzureml = {
    with_limit(entry("jensen_shannon", &jensen_shannon,
                     "Jensen-Shannon distance with base 2 over equal-width bins of both sides "
                     "together or all categories"),
               0.1),
    entry("psi", &psi, "population stability index over the same bins, a row added to each"),
    with_limit(entry("wasserstein", &wasserstein,
                     "Wasserstein-1 distance over the standard deviation of the reference, which "
                     "is at least 0.001"),
               0.1),
    by_p(entry("ks", &ks, "Kolmogorov-Smirnov distance and p-value")),
    of_categories(by_p(entry("chi_squared", &chi_squared,
                             "chi-squared of goodness of fit over all categories: a new one gives "
                             "p = 0"))),
};

}  // namespace
}  // namespace azureml

std::span<const Measure> azureml_measures() { return azureml::kAzureml; }

}  // namespace leeway::drift
