#include "detectors/drift/bin_measures.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "detectors/drift/chi_squared.h"

namespace leeway::drift {
namespace {

Result<> no_rest(const Bins& bins, const char* measure) {
  if (!bins.has_rest) return {};
  return fail(ErrorCode::kInsufficientData,
              std::string(measure) +
                  ": this dialect has a bin for each category, and the profile does not tell all "
                  "new ones apart");
}

Result<Shares> shares_of(const Bins& bins) {
  return shares(bins.counts.reference, bins.counts.current);
}

struct Rest {
  double p = 0.0;
  double q = 0.0;
};

Rest rest_of(const Bins& bins, const Shares& both) {
  if (!bins.has_rest) return {};
  return {.p = both.reference.back(), .q = both.current.back()};
}

/// x ln x, 0 at 0.
double x_log_x(double x) { return x > 0.0 ? x * std::log(x) : 0.0; }

double rows(std::span<const std::uint64_t> counts) {
  return static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
}

bool has_one_category(const Counts& counts) {
  std::size_t filled = 0;
  for (std::size_t i = 0; i < counts.reference.size(); ++i)
    filled += counts.reference[i] + counts.current[i] != 0 ? 1 : 0;
  return filled == 1 && rows(counts.reference) > 0.0 && rows(counts.current) > 0.0;
}

Measured interval(double value, double most) {
  return {.value = value, .error_bound = std::max(0.0, most - value)};
}

}  // namespace

Result<Measured> psi_of(const Bins& bins, const Zeros& zeros) {
  if (auto fine = no_rest(bins, "psi"); !fine) return fail(fine.error());
  const Counts& counts = bins.counts;
  const auto psi = population_stability_index(counts.reference, counts.current, zeros);
  if (!psi) return fail(psi.error());
  return Measured{
      .value = psi->value,
      .noise_floor = psi_noise_floor(psi->bins, rows(counts.reference), rows(counts.current))};
}

Result<Measured> kl_of(const Bins& bins, const Zeros& zeros) {
  if (auto fine = no_rest(bins, "kl"); !fine) return fail(fine.error());
  const auto both = altered_shares(bins.counts.reference, bins.counts.current, zeros);
  if (!both) return fail(both.error());
  return Measured{.value = kl_reference_current(*both)};
}

Result<Measured> jensen_shannon_of(const Bins& bins, LogBase base) {
  const auto both = shares_of(bins);
  if (!both) return fail(both.error());
  const auto [p, q] = rest_of(bins, *both);
  const double m = 0.5 * (p + q);
  const double unit = base == LogBase::kTwo ? std::numbers::ln2 : 1.0;
  const double now = (0.5 * (x_log_x(p) + x_log_x(q)) - x_log_x(m)) / unit;
  const double most = m * std::numbers::ln2 / unit;
  const double divergence = jensen_shannon_divergence(*both, base);
  return interval(std::sqrt(divergence), std::sqrt(divergence + std::max(0.0, most - now)));
}

Result<Measured> hellinger_of(const Bins& bins) {
  const auto both = shares_of(bins);
  if (!both) return fail(both.error());
  const auto [p, q] = rest_of(bins, *both);
  const double value = hellinger_distance(*both);
  return interval(value, std::sqrt(std::min(1.0, value * value + std::sqrt(p * q))));
}

Result<Measured> total_variation_of(const Bins& bins) {
  const auto both = shares_of(bins);
  if (!both) return fail(both.error());
  const auto [p, q] = rest_of(bins, *both);
  const double value = total_variation(*both);
  return interval(value, value + std::min(p, q));
}

Result<Measured> l_infinity_of(const Bins& bins) {
  auto both = shares_of(bins);
  if (!both) return fail(both.error());
  const auto [p, q] = rest_of(bins, *both);
  if (bins.has_rest) {
    both->reference.pop_back();
    both->current.pop_back();
  }
  const double value = l_infinity(*both);
  return interval(value, std::max({value, p, q}));
}

Result<Measured> contingency_of(const Bins& bins, CountTest test) {
  if (has_one_category(bins.counts)) return Measured{.value = 0.0, .p_value = 1.0};
  if (bins.has_rest && (bins.counts.reference.back() != 0 || test == CountTest::kG)) {
    if (auto fine = no_rest(bins, "chi_squared"); !fine) return fail(fine.error());
  }
  const auto table = contingency(bins.counts.reference, bins.counts.current);
  if (!table) return fail(table.error());
  const ChiSquared& found = test == CountTest::kPearson ? table->pearson
                            : test == CountTest::kYates ? table->yates
                                                        : table->g;
  Measured measured{.value = found.statistic, .p_value = found.p_value};
  if (bins.has_rest && bins.counts.current.back() > 1) {
    const auto more = static_cast<double>(bins.counts.current.back() - 1);
    measured.value = table->pearson.statistic;
    measured.p_value_at_bound = table->pearson.p_value;
    measured.p_value = chi_squared_p(table->pearson.statistic,
                                     static_cast<double>(table->degrees_of_freedom()) + more);
  }
  return measured;
}

Result<Measured> goodness_of_fit_of(const Bins& bins) {
  const auto table = goodness_of_fit(bins.counts.reference, bins.counts.current);
  if (!table) return fail(table.error());
  return Measured{.value = table->pearson.statistic, .p_value = table->pearson.p_value};
}

}  // namespace leeway::drift
