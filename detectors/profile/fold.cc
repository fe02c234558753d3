#include "detectors/profile/fold.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace leeway::profile {
namespace {

// Sums are made by blocks of so many finite values, however the values arrive: the same rows give
// the same bits. A block of 4 KiB stays in the first cache over its passes.
constexpr std::size_t kBlock = 512;

bool is_valid(std::span<const std::uint64_t> valid, std::size_t i) {
  return ((valid[i / 64] >> (i % 64)) & 1U) != 0;
}

/// A sum over a non-finite value is not finite; one that merely overflows only costs time.
bool surely_finite(std::span<const double> values) {
  double even = 0.0;
  double odd = 0.0;
  std::size_t i = 0;
  for (; i + 2 <= values.size(); i += 2) {
    even += values[i];
    odd += values[i + 1];
  }
  if (i < values.size()) even += values[i];
  return std::isfinite(even) && std::isfinite(odd);
}

void widen(std::span<const double> values, double& min, double& max) {
  constexpr std::size_t kLanes = 4;  // one chain of comparisons would wait for itself
  std::array<double, kLanes> least{};
  std::array<double, kLanes> most{};
  least.fill(min);
  most.fill(max);
  std::size_t i = 0;
  for (; i + kLanes <= values.size(); i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      least[lane] = std::min(least[lane], values[i + lane]);
      most[lane] = std::max(most[lane], values[i + lane]);
    }
  }
  for (; i < values.size(); ++i) {
    least[0] = std::min(least[0], values[i]);
    most[0] = std::max(most[0], values[i]);
  }
  min = *std::min_element(least.begin(), least.end());
  max = *std::max_element(most.begin(), most.end());
}

}  // namespace

ColumnFold::ColumnFold(const Column& column)
    : grid_(column.grid),
      categories_(column.categories),
      is_private_(column.is_private),
      cells_(cells()) {
  waiting_.reserve(kBlock);
}

std::size_t ColumnFold::cells() const {
  if (grid_) return grid_->cells();
  return categories_ ? categories_->size() : 0;
}

void ColumnFold::add_numbers(std::span<const double> values, std::span<const std::uint64_t> valid,
                             std::uint64_t type_errors) {
  profile_.rows += values.size();
  if (!valid.empty()) {
    std::uint64_t absent = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (is_valid(valid, i)) {
        add_present(values[i]);
      } else {
        ++absent;
      }
    }
    type_errors = std::min(type_errors, absent);
    profile_.type_errors += type_errors;
    profile_.missing += absent - type_errors;
    return;
  }
  while (!values.empty()) {
    const bool whole = waiting_.empty() && values.size() >= kBlock;
    const auto part =
        values.first(whole ? kBlock : std::min(values.size(), kBlock - waiting_.size()));
    if (!surely_finite(part)) {
      for (const double value : part) add_present(value);
    } else if (whole) {
      fold_block(part);
    } else {
      waiting_.insert(waiting_.end(), part.begin(), part.end());
      if (waiting_.size() == kBlock) {
        fold_block(waiting_);
        waiting_.clear();
      }
    }
    values = values.subspan(part.size());
  }
}

void ColumnFold::add_present(double value) {
  if (std::isfinite(value)) {
    add_finite(value);
  } else if (std::isnan(value)) {
    ++profile_.not_a_number;
  } else if (!grid_) {
    ++profile_.unseen;
  } else {
    ++(value > 0.0 ? profile_.positive_infinite : profile_.negative_infinite);
    ++cells_[grid_->cell(value)].count;
  }
}

void ColumnFold::add_finite(double value) {
  waiting_.push_back(value);
  if (waiting_.size() < kBlock) return;
  fold_block(waiting_);
  waiting_.clear();
}

void ColumnFold::fold_block(std::span<const double> values) {
  widen(values, profile_.min, profile_.max);
  profile_.distinct.add_numbers(values);
  if (!grid_) {
    profile_.unseen += values.size();
    return;
  }
  profile_.moments.merge(Moments::of(values));
  fold_cells(values);
}

void ColumnFold::fold_cells(std::span<const double> values) {
  const Grid& grid = *grid_;
  Cell* const cells = cells_.data();
  for (const double value : values) {
    Cell& cell = cells[grid.cell(value)];
    ++cell.count;
    cell.sum += value;
  }
}

void ColumnFold::add_text(std::string_view value, std::uint64_t count) {
  if (count == 0) return;
  profile_.rows += count;
  const std::uint64_t hash = hash64(value);
  profile_.distinct.add_hash(hash);
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

void ColumnFold::add_type_errors(std::uint64_t count) {
  profile_.rows += count;
  profile_.type_errors += count;
}

SparseCells ColumnFold::sparse_cells() const {
  SparseCells sparse;
  for (std::size_t i = 0; i < cells_.size(); ++i) {
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
  profile_.cells = sparse_cells();
  std::fill(cells_.begin(), cells_.end(), Cell{});
  return std::exchange(profile_, ColumnProfile{});
}

}  // namespace leeway::profile
