#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "detectors/base/validity.h"
#include "detectors/profile/profile.h"

namespace leeway::profile {

/// Folds the values of one column into its profile, chunk by chunk, in bounded memory
/// (dense cells of the column plus its sketches). The order of rows shows in the last bits of the
/// sums only, and how they are cut into chunks shows nowhere.
class ColumnFold {
 public:
  /// Keeps grid and categories of the column, not the column.
  /// @param bounds  of numbers: values beyond are counted (Checks)
  explicit ColumnFold(const Column& column, const Bounds& bounds = {});

  /// Numbers and, for datetime columns, microseconds as doubles. A few ns a value.
  /// @param type_errors  how many of the absent values were there but not readable as a number
  void add_numbers(std::span<const double> values, Validity valid, std::uint64_t type_errors = 0);

  /// Numbers that occur `counts` times each, as many; a count may be 0. For dictionary-encoded
  /// data.
  void add_counted(std::span<const double> values, std::span<const std::uint64_t> counts);

  /// Numbers in ascending order, none of them NaN: half of what add_numbers() costs.
  void add_sorted(std::span<const double> values);

  /// `count` rows with one value of a categorical, boolean, text or id column. For
  /// dictionary-encoded data, once a dictionary entry.
  void add_text(std::string_view value, std::uint64_t count = 1);
  void add_missing(std::uint64_t count);
  /// Of missing rows that were or will be added: how many are of these kinds.
  void add_missing_kinds(std::uint64_t empty_texts, std::uint64_t configured);
  void add_type_errors(std::uint64_t count);

  /// The profile of everything added so far; the fold is empty afterwards.
  ColumnProfile take();

 private:
  struct Cell {
    std::uint64_t count = 0;
    double sum = 0.0;
  };

  /// Of the cell that many rows fall into: one sum would wait for itself.
  static constexpr std::size_t kSpares = 8;
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  std::size_t cells() const;
  void add_present(std::span<const double> values);
  void add_non_finite(double value, std::uint64_t count = 1);
  void add_finite(std::span<const double> values);
  void note_range(double least, double most, std::span<const double> values,
                  std::span<const double> counts);
  void check_sorted(std::span<const double> values);
  void fold_block(std::span<const double> values);
  void fold_counted_block(std::span<const double> values, std::span<const double> counts);
  void fold_cells(std::span<const double> values);
  void fold_sorted_cells(std::span<const double> values);
  void choose_crowded(std::span<const std::uint16_t> cells);
  void empty_spares();
  SparseCells sparse_cells() const;

  std::shared_ptr<const Grid> grid_;
  std::shared_ptr<const Categories> categories_;
  Bounds bounds_;
  bool is_private_;
  bool is_id_;
  ColumnProfile profile_;
  std::vector<Cell> cells_;  // and the spares behind them
  std::size_t crowded_ = kNone;
  std::vector<double> waiting_;  // finite values until they fill a block
};

}  // namespace leeway::profile
