#include "detectors/drift/bins.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "detectors/drift/psi.h"
#include "detectors/drift/sorted_walk.h"
#include "detectors/profile/moments.h"

namespace leeway::drift {
namespace {

using NamedCounts = std::vector<std::pair<std::string, std::uint64_t>>;

std::map<std::string, std::uint64_t> known_counts(const profile::Column& column,
                                                  const profile::ColumnProfile& side) {
  std::map<std::string, std::uint64_t> counts;
  for (std::size_t i = 0; i < side.cells.index.size(); ++i) {
    counts[column.categories->name(side.cells.index[i])] = side.cells.count[i];
  }
  return counts;
}

/// The categories of one side that have a name, in byte order, and the rows of all others.
struct Named {
  NamedCounts counts;
  std::uint64_t rest = 0;
};

Named named_counts(const profile::Column& column, const profile::ColumnProfile& side) {
  std::map<std::string, std::uint64_t> counts = known_counts(column, side);
  std::uint64_t unseen = 0;
  for (const auto& item : side.unseen_values.top(profile::HeavyHitters::kCapacity)) {
    if (item.over != 0) break;
    counts[item.value] = item.count;
    unseen += item.count;
  }
  return {.counts = {counts.begin(), counts.end()},
          .rest = side.unseen > unseen ? side.unseen - unseen : 0};
}

Bins joined(const NamedCounts& reference, const NamedCounts& current) {
  CategoryCounts both = join_categories(reference, current);
  return {.counts = {std::move(both.reference), std::move(both.current)}};
}

std::uint64_t below(std::span<const double> sorted, double edge) {
  return static_cast<std::uint64_t>(std::lower_bound(sorted.begin(), sorted.end(), edge) -
                                    sorted.begin());
}

std::uint64_t not_above(std::span<const double> sorted, double edge) {
  return static_cast<std::uint64_t>(std::upper_bound(sorted.begin(), sorted.end(), edge) -
                                    sorted.begin());
}

}  // namespace

std::size_t distinct_values(std::span<const double> sorted) {
  return distinct_values(sorted, {}, std::numeric_limits<std::size_t>::max());
}

std::size_t distinct_values(std::span<const double> a, std::span<const double> b,
                            std::size_t most) {
  std::size_t distinct = 0;
  std::size_t i = 0;
  std::size_t j = 0;
  for (; distinct < most && (i < a.size() || j < b.size()); ++distinct) {
    const bool from_a = j == b.size() || (i < a.size() && a[i] <= b[j]);
    const double value = from_a ? a[i] : b[j];
    while (i < a.size() && a[i] == value) ++i;
    while (j < b.size() && b[j] == value) ++j;
  }
  return distinct;
}

std::size_t distinct_up_to(const Sides& sides, std::size_t most) {
  if (sides.has_rows()) {
    return distinct_values(finite_part(sides.reference_sorted), finite_part(sides.current_sorted),
                           most);
  }
  std::vector<std::uint32_t> cells;
  std::set_union(sides.reference.cells.index.begin(), sides.reference.cells.index.end(),
                 sides.current.cells.index.begin(), sides.current.cells.index.end(),
                 std::back_inserter(cells));
  const std::size_t distinct = std::min(cells.size(), most);
  const std::vector<profile::HeavyHitters::Item> newcomers = sides.current.unseen_values.top(most);
  return std::min(distinct + newcomers.size(), most);
}

Counts value_counts(std::span<const double> reference, std::span<const double> current) {
  Counts counts;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < reference.size() || j < current.size()) {
    const bool first = j == current.size() || (i < reference.size() && reference[i] <= current[j]);
    const double value = first ? reference[i] : current[j];
    const std::size_t i0 = i;
    const std::size_t j0 = j;
    while (i < reference.size() && reference[i] == value) ++i;
    while (j < current.size() && current[j] == value) ++j;
    counts.reference.push_back(i - i0);
    counts.current.push_back(j - j0);
  }
  return counts;
}

std::vector<double> even_edges(double lo, double hi, double width) {
  const double steps = width > 0.0 ? std::ceil((hi - lo) / width) : 1.0;
  return even_edges(lo, hi, static_cast<std::size_t>(std::max(steps, 1.0)));
}

std::vector<double> even_edges(double lo, double hi, std::size_t steps) {
  if (lo == hi) {
    lo -= 0.5;
    hi += 0.5;
  }
  const double step = (hi - lo) / static_cast<double>(steps);
  std::vector<double> edges(steps + 1);
  for (std::size_t i = 0; i < steps; ++i) edges[i] = lo + static_cast<double>(i) * step;
  edges.back() = hi;
  return edges;
}

double sturges_width(double lo, double hi, std::size_t n) {
  return n == 0 ? 0.0 : (hi - lo) / (std::log2(static_cast<double>(n)) + 1.0);
}

double doane_width(std::span<const double> sorted) {
  if (sorted.size() <= 2) return 0.0;
  const auto n = static_cast<double>(sorted.size());
  const auto skewness = profile::Moments::of(sorted).skewness();
  if (!skewness) return 0.0;
  const double deviation = std::sqrt(6.0 * (n - 2.0) / ((n + 1.0) * (n + 3.0)));
  const double bins = 1.0 + std::log2(n) + std::log2(1.0 + std::abs(*skewness) / deviation);
  return (sorted.back() - sorted.front()) / bins;
}

std::vector<std::uint64_t> bin_counts(std::span<const double> sorted,
                                      std::span<const double> edges) {
  std::vector<std::uint64_t> counts;
  std::uint64_t before = below(sorted, edges.front());
  for (std::size_t i = 1; i < edges.size(); ++i) {
    const bool last = i + 1 == edges.size();
    const std::uint64_t end = last ? not_above(sorted, edges[i]) : below(sorted, edges[i]);
    counts.push_back(end - before);
    before = end;
  }
  return counts;
}

Bins category_bins(const Sides& sides) {
  const Named reference = named_counts(sides.column, sides.reference);
  const Named current = named_counts(sides.column, sides.current);
  if (reference.rest + current.rest == 0) return joined(reference.counts, current.counts);
  // A category that is named on one side and in the rest of the other would seem to have moved.
  if (sides.reference.unseen != 0) return reference_category_bins(sides);
  Bins bins = joined(reference.counts, current.counts);
  bins.has_rest = true;
  bins.counts.reference.push_back(reference.rest);
  bins.counts.current.push_back(current.rest);
  return bins;
}

Result<Counts> category_counts(const Sides& sides) {
  Bins bins = category_bins(sides);
  if (bins.has_rest) {
    return fail(ErrorCode::kInsufficientData,
                "this dialect has a bin for each unseen category, and the profile does not tell "
                "them apart");
  }
  return std::move(bins.counts);
}

Bins reference_category_bins(const Sides& sides) {
  const auto reference = known_counts(sides.column, sides.reference);
  const auto current = known_counts(sides.column, sides.current);
  Bins bins = joined({reference.begin(), reference.end()}, {current.begin(), current.end()});
  bins.has_rest = sides.reference.unseen != 0;
  bins.counts.reference.push_back(sides.reference.unseen);
  bins.counts.current.push_back(sides.current.unseen);
  return bins;
}

}  // namespace leeway::drift
