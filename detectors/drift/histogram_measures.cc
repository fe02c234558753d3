#include "detectors/drift/histogram_measures.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "detectors/drift/divergences.h"
#include "detectors/drift/null_distributions.h"
#include "detectors/drift/psi.h"

namespace leeway::drift {
namespace {

constexpr std::size_t kMostDeviations = 32;

struct ClassCounts {
  explicit ClassCounts(const Sides& sides)
      : reference(sides.classes.count(sides.reference)),
        current(sides.classes.count(sides.current)) {}

  std::vector<std::uint64_t> reference;
  std::vector<std::uint64_t> current;
};

Result<Measured> of_shares(const Sides& sides, double (*statistic)(const Shares&)) {
  const ClassCounts counts(sides);
  const auto both = shares(counts.reference, counts.current);
  if (!both) return fail(both.error());
  return Measured{.value = statistic(*both)};
}

/// As explain_bins(), and of categories that the reference lacks also the most frequent one.
Explanation explain(const Sides& sides, const ClassCounts& counts,
                    std::span<const double> contributions) {
  return explain_bins(contributions, counts.reference, counts.current, [&sides](std::size_t at) {
    const std::string& name = sides.classes.name(at);
    if (at != sides.classes.unseen() || sides.column.is_private) return name;
    const auto newcomers = sides.current.unseen_values.top(1);
    return newcomers.empty() ? name : name + ", most often '" + newcomers.front().value + "',";
  });
}

/// Standard deviations of the shares of the classes without drift, times the root of the effective
/// rows, the largest first. Half a row is added to each class, as psi does, and a class to a
/// constant column: it may move there.
std::vector<double> deviations(const profile::ColumnProfile& reference, const Classes& classes) {
  std::vector<double> counts;
  for (const std::uint64_t count : classes.count(reference)) {
    if (count != 0) counts.push_back(static_cast<double>(count) + 0.5);
  }
  if (counts.size() < 2) counts.push_back(0.5);
  const double rows = std::accumulate(counts.begin(), counts.end(), 0.0);
  for (double& count : counts) count = std::sqrt(count / rows * (1.0 - count / rows));
  std::sort(counts.begin(), counts.end(), std::greater<>());
  return counts;
}

double normal_tail(double z) { return 0.5 * std::erfc(z / std::numbers::sqrt2); }

/// Of the largest of |N| with such standard deviations being above `x`, by Bonferroni; two classes
/// move as one.
double tail_of_largest(std::span<const double> deviations, double x) {
  if (deviations.size() == 2) return 2.0 * normal_tail(x / deviations[0]);
  double tail = 0.0;
  for (const double deviation : deviations) tail += 2.0 * normal_tail(x / deviation);
  return std::min(1.0, tail);
}

double mean_of_largest(std::span<const double> deviations) {
  constexpr int kSteps = 200;
  const double width = 6.0 * deviations[0] / kSteps;
  double mean = 0.0;
  for (int i = 0; i < kSteps; ++i) {
    const double x = (i + 0.5) * width;
    if (deviations.size() == 2) {
      mean += width * tail_of_largest(deviations, x);
      continue;
    }
    double none = 1.0;  // taken as independent: a little above the mean
    for (const double deviation : deviations) none *= 1.0 - 2.0 * normal_tail(x / deviation);
    mean += width * (1.0 - none);
  }
  return mean;
}

double over_root(double value, double reference_rows, double current_rows) {
  return value / std::sqrt(effective_rows(reference_rows, current_rows));
}

double freedom_of(const NullParameters& null) { return std::max(1.0, null[0] - 1.0); }

}  // namespace

double all_rows(const profile::ColumnProfile& column) { return static_cast<double>(column.rows); }

NullParameters filled_classes(const profile::Column& /*column*/,
                              const profile::ColumnProfile& reference, const Classes& classes) {
  const std::vector<std::uint64_t> counts = classes.count(reference);
  const auto filled =
      std::count_if(counts.begin(), counts.end(), [](std::uint64_t count) { return count != 0; });
  return {std::max(2.0, static_cast<double>(filled))};
}

Result<Measured> psi(const Sides& sides) {
  const ClassCounts counts(sides);
  const auto psi = population_stability_index(counts.reference, counts.current);
  if (!psi) return fail(psi.error());
  return Measured{.value = psi->value,
                  .noise_floor = psi_noise_floor(psi->bins, all_rows(sides.reference),
                                                 all_rows(sides.current))};
}

Result<Measured> kl(const Sides& sides) {
  const ClassCounts counts(sides);
  const auto both = altered_shares(counts.reference, counts.current, {});
  if (!both) return fail(both.error());
  return Measured{.value = kl_current_reference(*both)};
}

Result<Measured> jensen_shannon(const Sides& sides) {
  return of_shares(sides, [](const Shares& both) { return jensen_shannon_distance(both); });
}

Result<Measured> jensen_shannon_bits(const Sides& sides) {
  return of_shares(sides, [](const Shares& both) { return jensen_shannon_divergence(both); });
}

Result<Measured> hellinger(const Sides& sides) { return of_shares(sides, &hellinger_distance); }

Result<Measured> total_variation(const Sides& sides) {
  return of_shares(sides, [](const Shares& both) { return total_variation(both); });
}

Result<Measured> l_infinity(const Sides& sides) {
  return of_shares(sides, [](const Shares& both) { return l_infinity(both); });
}

Explanation explain_classes(const Sides& sides) {
  const ClassCounts counts(sides);
  const auto psi = population_stability_index(counts.reference, counts.current);
  return psi ? explain(sides, counts, psi->contributions) : Explanation{};
}

Explanation explain_shares(const Sides& sides) {
  const ClassCounts counts(sides);
  const auto both = shares(counts.reference, counts.current);
  if (!both) return {};
  std::vector<double> moved;
  for (std::size_t i = 0; i < both->reference.size(); ++i)
    moved.push_back(std::abs(both->reference[i] - both->current[i]));
  return explain(sides, counts, moved);
}

double psi_noise(const NullParameters& null, double reference_rows, double current_rows) {
  return freedom_of(null) / effective_rows(reference_rows, current_rows);
}

double kl_noise(const NullParameters& null, double reference_rows, double current_rows) {
  return 0.5 * psi_noise(null, reference_rows, current_rows);
}

double jensen_shannon_bits_noise(const NullParameters& null, double reference_rows,
                                 double current_rows) {
  return psi_noise(null, reference_rows, current_rows) / (8.0 * std::numbers::ln2);
}

double jensen_shannon_noise(const NullParameters& null, double reference_rows,
                            double current_rows) {
  return hellinger_noise(null, reference_rows, current_rows) / std::sqrt(std::numbers::ln2);
}

double hellinger_noise(const NullParameters& null, double reference_rows, double current_rows) {
  return over_root(mean_of_chi(freedom_of(null)) / std::sqrt(8.0), reference_rows, current_rows);
}

double chi_squared_ratio(const NullParameters& null, double alpha) {
  return chi_squared_quantile(freedom_of(null), alpha) / freedom_of(null);
}

double chi_ratio(const NullParameters& null, double alpha) {
  return std::sqrt(chi_squared_quantile(freedom_of(null), alpha)) / mean_of_chi(freedom_of(null));
}

NullParameters total_variation_null(const profile::Column& /*column*/,
                                    const profile::ColumnProfile& reference,
                                    const Classes& classes) {
  const std::vector<double> all = deviations(reference, classes);
  const double mean = 0.5 * kMeanAbsNormal * std::accumulate(all.begin(), all.end(), 0.0);
  // It is the largest difference of the share of any set of classes. A class of more than half the
  // rows decides it; else the share of some set is near 1/2. A class of more than half has the
  // largest deviation, of its complement too.
  const std::vector<std::uint64_t> counts = classes.count(reference);
  const bool dominated =
      2.0 * static_cast<double>(*std::max_element(counts.begin(), counts.end())) >
      all_rows(reference);
  return {mean, dominated ? all.front() : 0.5};
}

NullParameters l_infinity_null(const profile::Column& /*column*/,
                               const profile::ColumnProfile& reference, const Classes& classes) {
  std::vector<double> all = deviations(reference, classes);
  all.resize(std::min(all.size(), kMostDeviations));
  NullParameters null = {mean_of_largest(all)};
  null.insert(null.end(), all.begin(), all.end());
  return null;
}

double supremum_noise(const NullParameters& null, double reference_rows, double current_rows) {
  return over_root(null[0], reference_rows, current_rows);
}

double supremum_ratio(const NullParameters& null, double alpha) {
  return supremum_quantile(null[0], null[1], alpha) / null[0];
}

double l_infinity_ratio(const NullParameters& null, double alpha) {
  const std::span<const double> all = std::span(null).subspan(1);
  double low = 0.0;
  double high = 40.0 * all[0];
  for (int i = 0; i < 60; ++i) {
    const double middle = 0.5 * (low + high);
    (tail_of_largest(all, middle) > alpha ? low : high) = middle;
  }
  return high / null[0];
}

}  // namespace leeway::drift
