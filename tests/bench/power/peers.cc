#include <algorithm>
#include <cmath>
#include <map>

#include "detectors/base/binning.h"
#include "detectors/drift/divergences.h"
#include "detectors/drift/kolmogorov_smirnov.h"
#include "detectors/drift/psi.h"
#include "detectors/drift/wasserstein.h"
#include "tests/bench/power/rules.h"

namespace leeway::power {
namespace {

using Values = std::vector<double>;

constexpr std::size_t kCategories = 8;

/// Missing values are dropped by all of these tools.
Values sorted(Values values) {
  std::erase_if(values, [](double value) { return std::isnan(value); });
  std::sort(values.begin(), values.end());
  return values;
}

std::vector<std::uint64_t> counts_of(const std::vector<int>& codes) {
  std::vector<std::uint64_t> counts(kCategories);
  for (const int code : codes) {
    if (code >= 0) ++counts[static_cast<std::size_t>(code)];
  }
  return counts;
}

double skewness(const Values& values, double mean, double deviation) {
  double sum = 0.0;
  for (const double value : values) sum += std::pow((value - mean) / deviation, 3.0);
  return sum / static_cast<double>(values.size());
}

/// Equal-width bins by Doane's rule, as NumPy has it.
Values doane_edges(const Values& sorted_values) {
  const auto n = static_cast<double>(sorted_values.size());
  double mean = 0.0;
  for (const double value : sorted_values) mean += value / n;
  const double deviation = drift::population_deviation(sorted_values);
  const double g = std::abs(skewness(sorted_values, mean, deviation));
  const double s = std::sqrt(6.0 * (n - 2.0) / ((n + 1.0) * (n + 3.0)));
  const double bins = std::ceil(1.0 + std::log2(n) + std::log2(1.0 + g / s));
  return equal_width_edges(sorted_values.front(), sorted_values.back(),
                           static_cast<std::size_t>(bins));
}

/// Reference and window of one column as a peer sees it.
struct Column {
  bool numeric = true;
  Values values{};                      // ascending
  std::vector<std::uint64_t> counts{};  // of categories
};

std::vector<Column> columns_of(const std::vector<Window>& windows) {
  std::vector<Column> columns;
  for (std::size_t i = 0; i < windows.front().numbers.size(); ++i) {
    Values all;
    for (const Window& window : windows)
      all.insert(all.end(), window.numbers[i].begin(), window.numbers[i].end());
    columns.push_back({.values = sorted(std::move(all))});
  }
  Column categories{.numeric = false, .counts = std::vector<std::uint64_t>(kCategories)};
  for (const Window& window : windows) {
    const auto counts = counts_of(window.categories);
    for (std::size_t i = 0; i < kCategories; ++i) categories.counts[i] += counts[i];
  }
  columns.push_back(std::move(categories));
  return columns;
}

drift::Shares filled(const std::vector<std::uint64_t>& reference,
                     const std::vector<std::uint64_t>& current) {
  auto shares = *drift::shares(reference, current);
  for (auto* side : {&shares.reference, &shares.current}) {
    for (double& share : *side) share = std::max(share, 1e-4);
  }
  return *drift::shares(shares.reference, shares.current);
}

/// The statistics of the peers of one column; larger is further apart.
double sturges_js(const Column& reference, const Column& current) {
  if (!reference.numeric)
    return drift::jensen_shannon_distance(filled(reference.counts, current.counts),
                                          drift::LogBase::kE);
  const Values edges =
      drift::psi_edges(drift::Binning::kSturgesPooled, 0, reference.values, current.values);
  return drift::jensen_shannon_distance(
      filled(drift::psi_counts(reference.values, edges, drift::OuterBins::kOpen),
             drift::psi_counts(current.values, edges, drift::OuterBins::kOpen)),
      drift::LogBase::kE);
}

double sturges_psi(const Column& reference, const Column& current) {
  const drift::Zeros zeros{.rule = drift::ZeroRule::kAdaptiveFill};
  if (!reference.numeric)
    return drift::population_stability_index(reference.counts, current.counts, zeros)->value;
  const Values edges =
      drift::psi_edges(drift::Binning::kSturgesPooled, 0, reference.values, current.values);
  return drift::population_stability_index(
             drift::psi_counts(reference.values, edges, drift::OuterBins::kOpen),
             drift::psi_counts(current.values, edges, drift::OuterBins::kOpen), zeros)
      ->value;
}

double decile_psi(const Column& reference, const Column& current) {
  const drift::Zeros zeros{.rule = drift::ZeroRule::kEpsilonFill};
  if (!reference.numeric)
    return drift::population_stability_index(reference.counts, current.counts, zeros)->value;
  const Values edges = quantile_edges(reference.values, 10);
  return drift::population_stability_index(
             drift::psi_counts(reference.values, edges, drift::OuterBins::kOpen),
             drift::psi_counts(current.values, edges, drift::OuterBins::kOpen), zeros)
      ->value;
}

double normed_wasserstein(const Column& reference, const Column& current) {
  if (!reference.numeric) return sturges_js(reference, current);
  return *drift::wasserstein_distance(reference.values, current.values) /
         std::max(drift::population_deviation(reference.values), 1e-3);
}

double ks(const Column& reference, const Column& current) {
  if (!reference.numeric) return 0.0;
  return drift::kolmogorov_smirnov(reference.values, current.values)->statistic();
}

double ks_evidence(const Column& reference, const Column& current) {
  if (!reference.numeric) return 0.0;
  const auto m = reference.values.size();
  const auto n = current.values.size();
  return 1.0 - drift::ks_p_asymptotic(ks(reference, current), m, n);
}

double doane_js(const Column& reference, const Column& current) {
  if (!reference.numeric)
    return drift::jensen_shannon_distance(*drift::shares(reference.counts, current.counts));
  const Values edges = doane_edges(reference.values);
  return drift::jensen_shannon_distance(
      *drift::shares(drift::psi_counts(reference.values, edges, drift::OuterBins::kSeparate),
                     drift::psi_counts(current.values, edges, drift::OuterBins::kSeparate)));
}

using Statistic = double (*)(const Column& reference, const Column& current);

class PeerRule : public Rule {
 public:
  PeerRule(Statistic statistic, std::vector<Column> reference, std::vector<double> limits)
      : statistic_(statistic), reference_(std::move(reference)), limits_(std::move(limits)) {}

  std::vector<bool> drifted(const Window& window, const profile::Profile&) const override {
    const std::vector<Column> columns = columns_of({window});
    std::vector<bool> drifted;
    for (std::size_t i = 0; i < columns.size(); ++i)
      drifted.push_back(statistic_(reference_[i], columns[i]) >= limits_[i]);
    return drifted;
  }

 private:
  Statistic statistic_;
  std::vector<Column> reference_;
  std::vector<double> limits_;
};

/// Mean and three population standard deviations of the statistic over the reference's windows.
std::vector<double> three_deviations(Statistic statistic, const std::vector<Column>& reference,
                                     const std::vector<Window>& windows) {
  std::vector<double> limits;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    Values values;
    for (const Window& window : windows)
      values.push_back(statistic(reference[i], columns_of({window})[i]));
    double mean = 0.0;
    for (const double value : values) mean += value / static_cast<double>(values.size());
    limits.push_back(mean + 3.0 * drift::population_deviation(values));
  }
  return limits;
}

struct Definition {
  Statistic statistic;
  double limit;  // 0: mean + 3 standard deviations
};

Definition definition(std::string_view name, std::size_t reference_rows) {
  if (name == "Evidently default") {
    if (reference_rows <= 1000) return {.statistic = &ks_evidence, .limit = 0.95};
    return {.statistic = &normed_wasserstein, .limit = 0.1};
  }
  if (name == "KS p <= 0.05") return {.statistic = &ks_evidence, .limit = 0.95};
  if (name == "JS 0.1") return {.statistic = &sturges_js, .limit = 0.1};
  if (name == "PSI 0.1, pooled") return {.statistic = &sturges_psi, .limit = 0.1};
  if (name == "PSI 0.2, deciles") return {.statistic = &decile_psi, .limit = 0.2};
  if (name == "KS 0.1") return {.statistic = &ks, .limit = 0.1};
  return {.statistic = &doane_js, .limit = 0.0};
}

}  // namespace

const std::vector<Peer>& peers() {
  static const std::vector<Peer> all = {
      {"Evidently default",
       "Evidently 0.7: KS p < 0.05 up to 1,000 reference rows, then "
       "Wasserstein over the standard deviation 0.1; categories "
       "Jensen-Shannon 0.1"},
      {"KS p <= 0.05", "the usual test, numbers only"},
      {"JS 0.1", "Evidently `jensenshannon`: pooled bins by Sturges, base e, 0.1"},
      {"PSI 0.1, pooled", "Evidently `psi`: pooled bins by Sturges, 0.1"},
      {"NannyML default",
       "Jensen-Shannon over Doane's bins of the reference, base 2, mean + 3 "
       "standard deviations of the reference's windows"},
      {"PSI 0.2, deciles", "scorecards: reference deciles, 0.2"},
      {"KS 0.1", "SageMaker's way: distance of the distribution functions 0.1, numbers only"},
  };
  return all;
}

std::unique_ptr<Rule> peer_rule(const Peer& peer, const std::vector<Window>& reference) {
  std::vector<Column> columns = columns_of(reference);
  std::size_t rows = 0;
  for (const Window& window : reference) rows += window.rows;
  const Definition definition = power::definition(peer.name, rows);
  std::vector<double> limits(columns.size(), definition.limit);
  if (definition.limit == 0.0) limits = three_deviations(definition.statistic, columns, reference);
  return std::make_unique<PeerRule>(definition.statistic, std::move(columns), std::move(limits));
}

}  // namespace leeway::power
