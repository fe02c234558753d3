#include "detectors/drift/classes.h"

#include <algorithm>

#include "detectors/drift/numbers.h"

namespace leeway::drift {
namespace {

using profile::Column;
using profile::ColumnProfile;
using profile::Grid;

std::string bin_name(const Column& column, std::size_t bin, std::size_t bins) {
  if (column.is_private) return "bin " + std::to_string(bin + 1) + " of " + std::to_string(bins);
  const Grid& grid = *column.grid;
  const auto edge = [&](std::size_t at) { return brief(grid.edges()[column.bin_edges()[at]]); };
  if (bins == 1) return "all values";
  if (bin == 0) return "values below " + edge(0);
  if (bin + 1 == bins) return "values from " + edge(bin - 1) + " on";
  return "values from " + edge(bin - 1) + " to " + edge(bin);
}

}  // namespace

Classes::Classes(const Column& column, const ColumnProfile& reference, std::uint64_t min_rows) {
  if (column.grid && column.grid->bins() == Grid::Bins::kValues) {
    name_values(column);
  } else if (column.grid) {
    name_bins(column);
  } else if (column.categories) {
    name_categories(column, reference, min_rows);
  } else {
    unseen_ = add("values");
  }
  missing_ = add("missing values");
  non_finite_ = add("non-finite values");
}

std::uint32_t Classes::add(std::string name) {
  names_.push_back(std::move(name));
  return static_cast<std::uint32_t>(names_.size() - 1);
}

void Classes::name_bins(const Column& column) {
  const Grid& grid = *column.grid;
  const std::size_t bins = column.bin_edges().size() + 1;
  for (std::size_t bin = 0; bin < bins; ++bin) add(bin_name(column, bin, bins));
  unseen_ = add("unseen values");
  class_of_cell_.resize(grid.cells());
  std::uint32_t bin = 0;
  for (std::size_t cell = 0; cell < grid.cells(); ++cell) {
    // Edge k is the lower end of cell k + 1.
    if (bin + 1 < bins && cell == column.bin_edges()[bin] + std::size_t{1}) ++bin;
    class_of_cell_[cell] = bin;
  }
}

/// Every value of the reference is an atom of the grid, and what lies between them was never seen.
void Classes::name_values(const Column& column) {
  const Grid& grid = *column.grid;
  unseen_ = add("values that the reference lacks");
  class_of_cell_.assign(grid.cells(), unseen_);
  for (std::size_t cell = 1; cell < grid.cells(); ++cell) {
    if (!grid.single_valued(cell)) continue;
    class_of_cell_[cell] =
        add(column.is_private ? "one of its values" : "the value " + brief(grid.edges()[cell - 1]));
  }
}

void Classes::name_categories(const Column& column, const ColumnProfile& reference,
                              std::uint64_t min_rows) {
  const std::size_t known = column.categories->size();
  const std::vector<std::uint64_t> counts = reference.cells.dense(known);
  const double least =
      std::max(0.005, 5.0 / static_cast<double>(std::max<std::uint64_t>(min_rows, 1)));
  const auto rows = static_cast<double>(reference.rows);
  const std::uint32_t rest = add("rare categories");
  unseen_ = add("categories that the reference lacks");
  class_of_cell_.assign(known, rest);
  for (std::size_t i = 0; i < known; ++i) {
    if (static_cast<double>(counts[i]) < least * rows) continue;
    class_of_cell_[i] =
        add(column.is_private ? "one of its categories" : "'" + column.categories->name(i) + "'");
  }
}

std::vector<std::uint64_t> Classes::count(const ColumnProfile& column) const {
  std::vector<std::uint64_t> counts(names_.size(), 0);
  for (std::size_t i = 0; i < column.cells.index.size(); ++i) {
    counts[class_of_cell_[column.cells.index[i]]] += column.cells.count[i];
  }
  // Infinities are in the outer cells, which are in the outer classes.
  const auto move_out = [&](std::uint32_t from, std::uint64_t infinite) {
    infinite = std::min(infinite, counts[from]);
    counts[from] -= infinite;
    counts[non_finite_] += infinite;
  };
  if (!class_of_cell_.empty()) {
    move_out(class_of_cell_.front(), column.negative_infinite);
    move_out(class_of_cell_.back(), column.positive_infinite);
  }
  counts[non_finite_] += column.not_a_number;
  counts[missing_] += column.missing + column.type_errors;
  counts[unseen_] += column.unseen;
  return counts;
}

}  // namespace leeway::drift
