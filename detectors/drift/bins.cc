#include "detectors/drift/bins.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>
#include <utility>

namespace leeway::drift {
namespace {

using NamedCounts = std::vector<std::pair<std::string, std::uint64_t>>;

/// Every category of one side by name, in byte order.
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
    return fail(
        ErrorCode::kInsufficientData,
        "this dialect has a bin for each unseen category, and the profile does not tell them "
        "apart");
  }
  return NamedCounts(counts.begin(), counts.end());
}

}  // namespace

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

Result<Counts> category_counts(const Sides& sides) {
  const auto reference = named_counts(sides.column, sides.reference);
  if (!reference) return fail(reference.error());
  const auto current = named_counts(sides.column, sides.current);
  if (!current) return fail(current.error());
  CategoryCounts joined = join_categories(*reference, *current);
  return Counts{std::move(joined.reference), std::move(joined.current)};
}

Result<Measured> psi_of(const Counts& counts, const Zeros& zeros) {
  const auto psi = population_stability_index(counts.reference, counts.current, zeros);
  if (!psi) return fail(psi.error());
  const auto rows = [](const std::vector<std::uint64_t>& side) {
    return static_cast<double>(std::accumulate(side.begin(), side.end(), std::uint64_t{0}));
  };
  return Measured{
      .value = psi->value,
      .noise_floor = psi_noise_floor(psi->bins, rows(counts.reference), rows(counts.current))};
}

}  // namespace leeway::drift
