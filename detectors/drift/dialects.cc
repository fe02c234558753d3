#include "detectors/drift/dialects.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "detectors/drift/psi.h"

namespace leeway::drift {
namespace {

using NamedCounts = std::vector<std::pair<std::string, std::uint64_t>>;

constexpr std::size_t kValuesAsCategories = 20;

std::span<const double> finite_part(std::span<const double> sorted) {
  std::size_t first = 0;
  std::size_t last = sorted.size();
  while (first < last && std::isinf(sorted[first])) ++first;
  while (last > first && std::isinf(sorted[last - 1])) --last;
  return sorted.subspan(first, last - first);
}

Result<Measured> measured(const Sides& sides, const std::vector<std::uint64_t>& reference,
                          const std::vector<std::uint64_t>& current, const Zeros& zeros) {
  const auto psi = population_stability_index(reference, current, zeros);
  if (!psi) return fail(psi.error());
  return Measured{
      .value = psi->value,
      .noise_floor = psi_noise_floor(psi->bins, static_cast<double>(sides.reference.rows),
                                     static_cast<double>(sides.current.rows))};
}

/// Every category of one side by name, in byte order; kInsufficientData where the profile has kept
/// only the most frequent of those that the reference lacks.
Result<NamedCounts> named_counts(const profile::Column& column,
                                 const profile::ColumnProfile& side) {
  std::map<std::string, std::uint64_t> counts;
  for (std::size_t i = 0; i < side.cells.index.size(); ++i) {
    counts[column.categories->name(side.cells.index[i])] = side.cells.count[i];
  }
  std::uint64_t unseen = 0;
  for (const auto& item : side.unseen_values.top(profile::HeavyHitters::kCapacity)) {
    if (item.over != 0) break;
    counts[item.value] = item.count;
    unseen += item.count;
  }
  if (unseen != side.unseen) {
    return fail(ErrorCode::kInsufficientData,
                "psi: this dialect has a bin for each unseen category, and the profile does not "
                "tell them apart");
  }
  return NamedCounts(counts.begin(), counts.end());
}

Result<Measured> psi_of_categories(const Sides& sides, const Zeros& zeros) {
  const auto reference = named_counts(sides.column, sides.reference);
  if (!reference) return fail(reference.error());
  const auto current = named_counts(sides.column, sides.current);
  if (!current) return fail(current.error());
  const CategoryCounts joined = join_categories(*reference, *current);
  return measured(sides, joined.reference, joined.current, zeros);
}

/// Deciles of the reference with open ends, a share of 0 becomes 1e-4, missing values left out.
Result<Measured> scorecard_psi(const Sides& sides) {
  const Zeros zeros{.rule = ZeroRule::kEpsilonFill};
  if (!sides.column.grid) return psi_of_categories(sides, zeros);
  const std::vector<double> edges =
      psi_edges(Binning::kQuantile, 10, finite_part(sides.reference_sorted), {});
  return measured(sides, psi_counts(sides.reference_sorted, edges, OuterBins::kOpen),
                  psi_counts(sides.current_sorted, edges, OuterBins::kOpen), zeros);
}

std::size_t distinct_values(std::span<const double> sorted) {
  std::size_t distinct = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i)
    distinct += i == 0 || sorted[i - 1] < sorted[i] ? 1 : 0;
  return distinct;
}

std::vector<double> all_values(std::span<const double> a, std::span<const double> b) {
  std::vector<double> values;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(values));
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

std::vector<std::uint64_t> counts_of(std::span<const double> sorted,
                                     const std::vector<double>& values) {
  std::vector<std::uint64_t> counts;
  for (const double value : values) {
    const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), value);
    counts.push_back(static_cast<std::uint64_t>(last - first));
  }
  return counts;
}

/// Up to 20 distinct reference values: each value of either side is a bin. Else equal-width bins by
/// Sturges' rule over both sides together. Infinities are dropped with the missing values.
Result<Measured> evidently_psi(const Sides& sides) {
  const Zeros zeros{.rule = ZeroRule::kAdaptiveFill};
  if (!sides.column.grid) return psi_of_categories(sides, zeros);
  const std::span<const double> reference = finite_part(sides.reference_sorted);
  const std::span<const double> current = finite_part(sides.current_sorted);
  if (distinct_values(reference) <= kValuesAsCategories) {
    const std::vector<double> values = all_values(reference, current);
    return measured(sides, counts_of(reference, values), counts_of(current, values), zeros);
  }
  const std::vector<double> edges = psi_edges(Binning::kSturgesPooled, 0, reference, current);
  return measured(sides, psi_counts(reference, edges, OuterBins::kOpen),
                  psi_counts(current, edges, OuterBins::kOpen), zeros);
}

Result<Measured> own_psi(const Sides& sides) { return find_measure("psi")->measure(sides); }

constexpr std::array<Dialect, 3> kDialects = {{
    {.name = "leeway-1",
     .sentence = "reference tenths or values, cells for missing, non-finite and unseen, rare "
                 "categories together, "
                 "the current side shrunk towards the reference",
     .psi = &own_psi,
     .psi_needs_rows = false,
     .psi_thresholds = {}},
    {.name = "scorecard-1",
     .sentence = "psi as credit scoring has it: reference deciles with open ends or all "
                 "categories, a share of 0 "
                 "becomes 1e-4, missing values left out; 0.1 warns, 0.25 is critical",
     .psi = &scorecard_psi,
     .psi_needs_rows = true,
     .psi_thresholds = {.warning = 0.1, .critical = 0.25}},
    {.name = "evidently-0.7",
     .sentence = "psi of Evidently 0.7: equal-width bins over both sides by Sturges' rule, or all "
                 "values and "
                 "categories; a share of 0 becomes 1e-4 or less; 0.1 is critical",
     .psi = &evidently_psi,
     .psi_needs_rows = true,
     .psi_thresholds = {.warning = {}, .critical = 0.1}},
}};

}  // namespace

std::span<const Dialect> dialects() { return kDialects; }

const Dialect* find_dialect(std::string_view name) {
  for (const Dialect& dialect : kDialects) {
    if (dialect.name == name) return &dialect;
  }
  return nullptr;
}

}  // namespace leeway::drift
