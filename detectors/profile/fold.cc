#include "detectors/profile/fold.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "detectors/base/wide.h"

namespace leeway::profile {
namespace {

// Sums are made by blocks of so many finite values, however the values arrive: the same rows give
// the same bits. A block of 4 KiB stays in the first cache over its passes.
constexpr std::size_t kBlock = 512;

/// A sum over a non-finite value is not finite; one that merely overflows only costs time.
LEEWAY_WIDE bool surely_finite(std::span<const double> values) {
  Four sums{};
  std::size_t i = 0;
  for (; i + kFour <= values.size(); i += kFour) {
    Four four;
    std::memcpy(&four, values.data() + i, sizeof(four));
    sums += four;
  }
  for (; i < values.size(); ++i) sums[0] += values[i];
  return std::isfinite(sums[0]) && std::isfinite(sums[1]) && std::isfinite(sums[2]) &&
         std::isfinite(sums[3]);
}

LEEWAY_WIDE void widen(std::span<const double> values, double& min, double& max) {
  Four least{min, min, min, min};
  Four most{max, max, max, max};
  std::size_t i = 0;
  for (; i + kFour <= values.size(); i += kFour) {
    Four four;
    std::memcpy(&four, values.data() + i, sizeof(four));
    least = four < least ? four : least;
    most = four > most ? four : most;
  }
  for (; i < values.size(); ++i) {
    least[0] = std::min(least[0], values[i]);
    most[0] = std::max(most[0], values[i]);
  }
  min = std::min(std::min(least[0], least[1]), std::min(least[2], least[3]));
  max = std::max(std::max(most[0], most[1]), std::max(most[2], most[3]));
}

/// Without a branch: where some values of each block lie outside, it would be mispredicted.
LEEWAY_WIDE std::uint64_t count_outside(const Interval& interval, std::span<const double> values,
                                        std::span<const double> counts) {
  std::uint64_t outside = 0;
  if (counts.empty()) {
    for (const double value : values)
      outside += static_cast<std::uint64_t>((value < interval.min) | (value > interval.max));
    return outside;
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!interval.contains(values[i])) outside += static_cast<std::uint64_t>(counts[i]);
  }
  return outside;
}

std::uint64_t rows_of(std::span<const double> values, std::span<const double> counts) {
  if (counts.empty()) return values.size();
  std::uint64_t rows = 0;
  for (const double count : counts) rows += static_cast<std::uint64_t>(count);
  return rows;
}

std::uint64_t count_outside_sorted(const Interval& interval, std::span<const double> sorted) {
  const auto first = std::lower_bound(sorted.begin(), sorted.end(), interval.min);
  const auto last = std::upper_bound(first, sorted.end(), interval.max);
  return sorted.size() - static_cast<std::size_t>(last - first);
}

/// The first of each run of equal values; how many they are.
std::size_t keep_different(std::span<const double> sorted, std::span<double> kept) {
  kept[0] = sorted[0];
  std::size_t count = 1;
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    kept[count] = sorted[i];
    count += sorted[i] != sorted[i - 1] ? 1U : 0U;
  }
  return count;
}

/// How many of the values are below an edge; it is mostly near.
std::size_t count_below(std::span<const double> sorted, double edge) {
  std::size_t step = 1;
  while (step < sorted.size() && sorted[step] < edge) step *= 2;
  const auto begin = sorted.begin() + static_cast<std::ptrdiff_t>(step / 2);
  const auto end = sorted.begin() + static_cast<std::ptrdiff_t>(std::min(step, sorted.size()));
  return static_cast<std::size_t>(std::lower_bound(begin, end, edge) - sorted.begin());
}

LEEWAY_WIDE double sum_of(std::span<const double> values) {
  Four sums{};
  std::size_t i = 0;
  for (; i + kFour <= values.size(); i += kFour) {
    Four four;
    std::memcpy(&four, values.data() + i, sizeof(four));
    sums += four;
  }
  for (; i < values.size(); ++i) sums[0] += values[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

}  // namespace

ColumnFold::ColumnFold(const Column& column, const Bounds& bounds)
    : grid_(column.grid),
      categories_(column.categories),
      bounds_(bounds),
      is_private_(column.is_private),
      is_id_(column.role == ColumnRole::kId),
      cells_(cells() + kSpares) {
  waiting_.reserve(kBlock);
}

std::size_t ColumnFold::cells() const {
  if (grid_) return grid_->cells();
  return categories_ ? categories_->size() : 0;
}

void ColumnFold::add_numbers(std::span<const double> values, Validity valid,
                             std::uint64_t type_errors) {
  profile_.rows += values.size();
  if (valid.empty()) {
    add_present(values);
    return;
  }
  std::uint64_t absent = 0;
  std::array<double, kBlock> kept;
  for (std::size_t first = 0; first < values.size(); first += kBlock) {
    const auto part = values.subspan(first, std::min(kBlock, values.size() - first));
    const std::size_t count = keep_valid(part, valid.subspan(first / 64), kept.data());
    add_present(std::span(kept).first(count));
    absent += part.size() - count;
  }
  type_errors = std::min(type_errors, absent);
  profile_.type_errors += type_errors;
  profile_.missing += absent - type_errors;
}

void ColumnFold::add_present(std::span<const double> values) {
  while (!values.empty()) {
    const auto part = values.first(std::min(values.size(), kBlock));
    values = values.subspan(part.size());
    if (surely_finite(part)) {
      add_finite(part);
      continue;
    }
    std::array<double, kBlock> finite;
    std::size_t count = 0;
    for (const double value : part) {
      finite[count] = value;
      count += std::isfinite(value) ? 1U : 0U;
      if (!std::isfinite(value)) add_non_finite(value);
    }
    add_finite(std::span(finite).first(count));
  }
}

void ColumnFold::add_non_finite(double value, std::uint64_t count) {
  if (std::isnan(value)) {
    profile_.not_a_number += count;
  } else if (!grid_) {
    profile_.unseen += count;
  } else {
    (value > 0.0 ? profile_.positive_infinite : profile_.negative_infinite) += count;
    cells_[grid_->cell(value)].count += count;
  }
}

void ColumnFold::add_finite(std::span<const double> values) {
  while (!values.empty()) {
    if (waiting_.empty() && values.size() >= kBlock) {
      fold_block(values.first(kBlock));
      values = values.subspan(kBlock);
      continue;
    }
    const auto part = values.first(std::min(values.size(), kBlock - waiting_.size()));
    waiting_.insert(waiting_.end(), part.begin(), part.end());
    values = values.subspan(part.size());
    if (waiting_.size() < kBlock) continue;
    fold_block(waiting_);
    waiting_.clear();
  }
}

/// The ends of a block tell whether any of its values is out of bounds.
void ColumnFold::note_range(double least, double most, std::span<const double> values,
                            std::span<const double> counts) {
  profile_.min = std::min(profile_.min, least);
  profile_.max = std::max(profile_.max, most);
  for (const auto& [interval, check] : {std::pair{&bounds_.range, &profile_.checks.range},
                                        std::pair{&bounds_.shown, &profile_.checks.shown}}) {
    if (!*interval) continue;
    check->checked += rows_of(values, counts);
    if ((*interval)->contains(least) && (*interval)->contains(most)) continue;
    check->violations += count_outside(**interval, values, counts);
  }
}

void ColumnFold::check_sorted(std::span<const double> values) {
  for (const auto& [interval, check] : {std::pair{&bounds_.range, &profile_.checks.range},
                                        std::pair{&bounds_.shown, &profile_.checks.shown}}) {
    if (!*interval) continue;
    check->checked += values.size();
    check->violations += count_outside_sorted(**interval, values);
  }
}

void ColumnFold::fold_block(std::span<const double> values) {
  double least = std::numeric_limits<double>::infinity();
  double most = -least;
  widen(values, least, most);
  note_range(least, most, values, {});
  profile_.distinct.add_numbers(values);
  if (!grid_) {
    profile_.unseen += values.size();
    return;
  }
  profile_.moments.merge(Moments::of(values));
  fold_cells(values);
}

void ColumnFold::add_counted(std::span<const double> values,
                             std::span<const std::uint64_t> counts) {
  std::array<double, kBlock> finite;
  std::array<double, kBlock> their_counts;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (counts[i] == 0) continue;
    profile_.rows += counts[i];
    if (!std::isfinite(values[i])) {
      add_non_finite(values[i], counts[i]);
      continue;
    }
    finite[kept] = values[i];
    their_counts[kept] = static_cast<double>(counts[i]);
    if (++kept < kBlock) continue;
    fold_counted_block(finite, their_counts);
    kept = 0;
  }
  fold_counted_block(std::span(finite).first(kept), std::span(their_counts).first(kept));
}

void ColumnFold::fold_counted_block(std::span<const double> values,
                                    std::span<const double> counts) {
  if (values.empty()) return;
  double least = std::numeric_limits<double>::infinity();
  double most = -least;
  widen(values, least, most);
  note_range(least, most, values, counts);
  profile_.distinct.add_numbers(values);
  std::array<std::uint16_t, kBlock> found;
  if (grid_) {
    profile_.moments.merge(Moments::of(values, counts));
    grid_->find_cells(values, found);
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto count = static_cast<std::uint64_t>(counts[i]);
    if (grid_) {
      cells_[found[i]].count += count;
      cells_[found[i]].sum += counts[i] * values[i];
    } else {
      profile_.unseen += count;
    }
  }
}

void ColumnFold::add_sorted(std::span<const double> values) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  profile_.rows += values.size();
  const auto first = std::upper_bound(values.begin(), values.end(), -kInfinity);
  const auto last = std::lower_bound(first, values.end(), kInfinity);
  const auto below = static_cast<std::uint64_t>(first - values.begin());
  const auto above = static_cast<std::uint64_t>(values.end() - last);
  if (below > 0) add_non_finite(-kInfinity, below);
  if (above > 0) add_non_finite(kInfinity, above);
  const std::span<const double> finite(first, last);
  if (finite.empty()) return;
  profile_.min = std::min(profile_.min, finite.front());
  profile_.max = std::max(profile_.max, finite.back());
  check_sorted(finite);
  for (std::size_t at = 0; at < finite.size(); at += kBlock) {
    const auto block = finite.subspan(at, std::min(kBlock, finite.size() - at));
    std::array<double, kBlock> different;
    profile_.distinct.add_numbers(std::span(different).first(keep_different(block, different)));
    if (grid_) profile_.moments.merge(Moments::of(block));
  }
  if (grid_) {
    fold_sorted_cells(finite);
  } else {
    profile_.unseen += finite.size();
  }
}

/// Cell by cell: a run of the values each.
void ColumnFold::fold_sorted_cells(std::span<const double> values) {
  const std::span<const double> edges = grid_->edges();
  for (std::size_t cell = grid_->cell(values.front()); !values.empty(); ++cell) {
    const std::size_t n = cell < edges.size() ? count_below(values, edges[cell]) : values.size();
    cells_[cell].count += n;
    cells_[cell].sum += sum_of(values.first(n));
    values = values.subspan(n);
  }
}

/// First all cells, then all counts: one loop of both would wait for each cell before the next.
void ColumnFold::fold_cells(std::span<const double> values) {
  std::array<std::uint16_t, kBlock> found;
  grid_->find_cells(values, found);
  choose_crowded(std::span(found).first(values.size()));
  Cell* const cells = cells_.data();
  const std::size_t spares = cells_.size() - kSpares;
  for (std::size_t i = 0; i < values.size(); ++i) {
    Cell& cell = cells[found[i] == crowded_ ? spares + i % kSpares : found[i]];
    ++cell.count;
    cell.sum += values[i];
  }
}

/// The cell that turns up more than once among a few rows: zero of many columns.
void ColumnFold::choose_crowded(std::span<const std::uint16_t> cells) {
  constexpr std::size_t kLooked = 8;
  const std::size_t step = cells.size() / kLooked;
  std::size_t most = 1;
  std::size_t crowded = crowded_;
  for (std::size_t i = 0; step > 0 && i < kLooked; ++i) {
    std::size_t equal = 0;
    for (std::size_t k = 0; k < kLooked; ++k) equal += cells[k * step] == cells[i * step] ? 1U : 0U;
    if (equal <= most) continue;
    most = equal;
    crowded = cells[i * step];
  }
  if (crowded == crowded_) return;
  empty_spares();
  crowded_ = crowded;
}

void ColumnFold::empty_spares() {
  for (std::size_t i = cells_.size() - kSpares; i < cells_.size(); ++i) {
    if (crowded_ != kNone) {
      cells_[crowded_].count += cells_[i].count;
      cells_[crowded_].sum += cells_[i].sum;
    }
    cells_[i] = Cell{};
  }
}

void ColumnFold::add_text(std::string_view value, std::uint64_t count) {
  if (count == 0) return;
  profile_.rows += count;
  const std::uint64_t hash = hash64(value);
  profile_.distinct.add_hash(hash);
  if (is_id_) profile_.keys.add_hash(hash, count);
  if (categories_) {
    if (const auto index = categories_->find(value, hash)) {
      cells_[*index].count += count;
      return;
    }
    if (!is_private_) profile_.unseen_values.add(value, count);
  }
  profile_.unseen += count;
}

void ColumnFold::add_missing(std::uint64_t count) {
  profile_.rows += count;
  profile_.missing += count;
}

void ColumnFold::add_missing_kinds(std::uint64_t empty_texts, std::uint64_t configured) {
  profile_.empty_texts += empty_texts;
  profile_.configured_missing += configured;
}

void ColumnFold::add_type_errors(std::uint64_t count) {
  profile_.rows += count;
  profile_.type_errors += count;
}

SparseCells ColumnFold::sparse_cells() const {
  SparseCells sparse;
  for (std::size_t i = 0; i + kSpares < cells_.size(); ++i) {
    if (cells_[i].count == 0) continue;
    sparse.index.push_back(static_cast<std::uint32_t>(i));
    sparse.count.push_back(cells_[i].count);
    if (grid_) sparse.sum.push_back(cells_[i].sum);
  }
  return sparse;
}

ColumnProfile ColumnFold::take() {
  if (!waiting_.empty()) fold_block(waiting_);
  waiting_.clear();
  empty_spares();
  crowded_ = kNone;
  profile_.cells = sparse_cells();
  std::fill(cells_.begin(), cells_.end(), Cell{});
  return std::exchange(profile_, ColumnProfile{});
}

}  // namespace leeway::profile
