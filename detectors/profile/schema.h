#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/base/bytes.h"
#include "detectors/base/columns.h"
#include "detectors/profile/categories.h"
#include "detectors/profile/grid.h"

namespace leeway::profile {

/// One column as a reference shows it: what it is, what it is for, and its cells.
struct Column {
  std::string name{};
  ColumnType type = ColumnType::kNumeric;
  ColumnRole role = ColumnRole::kFeature;
  std::string reason{};     ///< why type and role are what they are, for `check-config --explain`
  bool is_private = false;  ///< its values appear in no message, metric, report or log
  std::shared_ptr<const Grid> grid{};              ///< numeric columns
  std::shared_ptr<const Categories> categories{};  ///< categorical and boolean columns
  /// Bounds of bins for a part of the rows, see with_bins_of(); not saved, and none of the grid's
  /// id.
  std::optional<std::vector<std::uint16_t>> bins{};

  /// Grid or categories are what makes two profiles of a column mergeable; 0 for other types.
  std::uint64_t cells_id() const;

  /// Positions in grid->edges() that bound the bins: `bins`, else the grid's. Only with a grid.
  std::span<const std::uint16_t> bin_edges() const {
    return bins ? std::span<const std::uint16_t>(*bins) : grid->bin_edges();
  }
};

/// The columns of a model in a fixed order; immutable once a reference is made.
struct Schema {
  std::vector<Column> columns;

  const Column* find(std::string_view name) const;
  std::optional<std::size_t> index_of(std::string_view name) const;
  std::uint64_t id() const;  ///< hash of names, types and cells

  void write(ByteWriter& out) const;
  static Result<Schema> read(ByteReader& in);
};

}  // namespace leeway::profile
