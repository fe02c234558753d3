#include <algorithm>
#include <cmath>

#include "detectors/drift/bin_measures.h"
#include "detectors/drift/dialects.h"
#include "detectors/drift/kolmogorov_smirnov.h"
#include "detectors/drift/measure_table.h"
#include "detectors/drift/sorted_walk.h"
#include "detectors/drift/wasserstein.h"

// What NannyML computes: everything is binned by the reference alone, so its values can be compared
// over time.
namespace leeway::drift {
namespace nannyml {
namespace {

constexpr std::size_t kFewestRowsForBins = 10'000;
constexpr std::size_t kEvenBins = 10'000;

using Values = std::span<const double>;

Values reference_of(const Sides& sides) { return finite_part(sides.reference_sorted); }
Values current_of(const Sides& sides) { return finite_part(sides.current_sorted); }

/// With a last bin for what lies in none of them: of no row of the reference. Its floating-point
/// leftover, up to 1e-16 where nothing is left over, is not imitated: equal data give 0.
Bins with_leftover(std::vector<std::uint64_t> reference, std::vector<std::uint64_t> current,
                   std::size_t current_rows) {
  std::size_t inside = 0;
  for (const std::uint64_t count : current) inside += count;
  reference.push_back(0);
  current.push_back(current_rows - inside);
  return {.counts = {std::move(reference), std::move(current)}};
}

/// Numbers: equal width by Doane's rule. Categories: those of the reference.
Result<Bins> bins_of(const Sides& sides) {
  if (!sides.column.grid) return reference_category_bins(sides);
  const Values reference = reference_of(sides);
  const Values current = current_of(sides);
  if (reference.empty() || current.empty())
    return fail(ErrorCode::kInsufficientData, "a side has no values");
  const auto edges = even_edges(reference.front(), reference.back(), doane_width(reference));
  return with_leftover(bin_counts(reference, edges), bin_counts(current, edges), current.size());
}

Result<Measured> jensen_shannon(const Sides& sides) {
  const auto bins = bins_of(sides);
  if (!bins) return fail(bins.error());
  return jensen_shannon_of(*bins, LogBase::kTwo);
}

Result<Measured> hellinger(const Sides& sides) {
  const auto bins = bins_of(sides);
  if (!bins) return fail(bins.error());
  return hellinger_of(*bins);
}

Result<Measured> l_infinity(const Sides& sides) { return l_infinity_of(category_bins(sides)); }

Result<Measured> chi_squared(const Sides& sides) {
  return contingency_of(category_bins(sides), CountTest::kYates);
}

/// F at the upper end of each of 10,000 bins of equal width over the range of the reference.
struct EvenBins {
  explicit EvenBins(Values reference)
      : edges(even_edges(reference.front(), reference.back(), kEvenBins)),
        reference_shares(cumulated(reference)) {}

  std::vector<double> cumulated(Values values) const {
    std::vector<double> shares;
    double below = 0.0;
    for (const std::uint64_t count : bin_counts(values, edges)) {
      below += static_cast<double>(count) / static_cast<double>(values.size());
      shares.push_back(below);
    }
    return shares;
  }

  std::vector<double> edges;
  std::vector<double> reference_shares;
};

Values below_edge(Values sorted, double edge) {
  const auto end = std::lower_bound(sorted.begin(), sorted.end(), edge);
  return sorted.first(static_cast<std::size_t>(end - sorted.begin()));
}

Values above_edge(Values sorted, double edge) {
  const auto first = std::upper_bound(sorted.begin(), sorted.end(), edge);
  return sorted.last(static_cast<std::size_t>(sorted.end() - first));
}

Result<Measured> ks(const Sides& sides) {
  const Values reference = reference_of(sides);
  const Values current = current_of(sides);
  if (reference.size() < kFewestRowsForBins || current.empty()) {
    const auto distances = kolmogorov_smirnov(reference, current);
    if (!distances) return fail(distances.error());
    return Measured{.value = distances->statistic()};
  }
  const EvenBins bins(reference);
  const std::vector<double> shares = bins.cumulated(current);
  const double below = static_cast<double>(below_edge(current, bins.edges.front()).size()) /
                       static_cast<double>(current.size());
  double largest = 0.0;
  for (std::size_t i = 0; i < shares.size(); ++i)
    largest = std::max(largest, std::abs(bins.reference_shares[i] - below - shares[i]));
  return Measured{.value = largest};
}

/// The area beyond the range of the reference on one side, as if its end were one of the values:
/// distances from it, summed, over the rows. Its share of the rows counts that one too.
struct Beyond {
  double area = 0.0;
  double share = 0.0;
};

Beyond beyond(Values outside, double end, std::size_t rows) {
  if (outside.empty()) return {};
  Beyond found{.share = static_cast<double>(outside.size() + 1) / static_cast<double>(rows)};
  for (const double value : outside) found.area += std::abs(value - end);
  found.area /= static_cast<double>(rows);
  return found;
}

Result<Measured> wasserstein(const Sides& sides) {
  const Values reference = reference_of(sides);
  const Values current = current_of(sides);
  if (reference.size() < kFewestRowsForBins || current.empty()) {
    const auto distance = wasserstein_distance(reference, current);
    if (!distance) return fail(distance.error());
    return Measured{.value = *distance};
  }
  const EvenBins bins(reference);
  const Beyond lower =
      beyond(below_edge(current, bins.edges.front()), bins.edges.front(), current.size());
  const Beyond upper =
      beyond(above_edge(current, bins.edges.back()), bins.edges.back(), current.size());
  const std::vector<double> shares = bins.cumulated(current);
  const double width = bins.edges[1] - bins.edges[0];
  double area = lower.area + upper.area;
  for (std::size_t i = 0; i < shares.size(); ++i)
    area += width * std::abs(bins.reference_shares[i] - lower.share - shares[i]);
  return Measured{.value = area};
}

consteval Measure entry(std::string_view name, Result<Measured> (*measure)(const Sides&),
                        std::string_view sentence) {
  Measure own = as_in_table(name);
  own.sentence = sentence;
  own.needs_rows = true;
  own.line = Line::kAbove;
  own.limits_from = LimitsFrom::kDeviations;
  own.measure = measure;
  own.rows = &rows_with_values;
  own.null_parameters = nullptr;  // its own bins and units are not those of the table
  own.noise_floor = nullptr;
  own.null_quantile = nullptr;
  return own;
}

consteval Measure chi_squared_entry() {
  Measure own = entry("chi_squared", &chi_squared,
                      "chi-squared of homogeneity over all categories, with Yates' correction for "
                      "two");
  own.numeric = false;
  own.line = Line::kPBelow;
  own.limits_from = LimitsFrom::kDialect;
  own.limits = {.critical = 0.05};
  return own;
}

consteval Measure l_infinity_entry() {
  Measure own = entry("l_infinity", &l_infinity, "the largest change of the share of a category");
  own.numeric = false;
  return own;
}

constexpr std::array kNannyml = {
    entry("jensen_shannon", &jensen_shannon,
          "Jensen-Shannon distance with base 2 over equal-width bins of the reference by Doane's "
          "rule or its categories, all else together"),
    entry("hellinger", &hellinger, "Hellinger distance over the same bins"),
    entry("wasserstein", &wasserstein,
          "Wasserstein-1 distance in the unit of the column, from 10,000 reference rows on over "
          "10,000 bins"),
    entry("ks", &ks, "Kolmogorov-Smirnov distance, from 10,000 reference rows on over 10,000 bins"),
    l_infinity_entry(),
    chi_squared_entry(),
};

}  // namespace
}  // namespace nannyml

std::span<const Measure> nannyml_measures() { return nannyml::kNannyml; }

}  // namespace leeway::drift
