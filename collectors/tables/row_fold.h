#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "collectors/tables/column_reader.h"
#include "collectors/tables/extract_builder.h"
#include "collectors/tables/value_rules.h"
#include "detectors/profile/fold.h"
#include "detectors/profile/schema.h"

namespace leeway::tables {

/// Some rows of a chunk: positions, or all of the first `count`.
struct RowSelection {
  std::span<const std::uint16_t> rows;
  std::size_t count = 0;
  bool all = false;

  static RowSelection of_all(std::size_t count) {
    return {.rows = {}, .count = count, .all = true};
  }
  static RowSelection of(std::span<const std::uint16_t> rows) {
    return {.rows = rows, .count = rows.size(), .all = false};
  }
  std::size_t operator[](std::size_t i) const { return all ? i : rows[i]; }
};

/// Values of a chunk that are not there.
struct Absent {
  std::uint64_t missing = 0;
  std::uint64_t type_errors = 0;
};

/// Of all forms but codes.
Absent count_absent(const ColumnChunk& chunk, RowSelection rows);

/// How a column of the schema is folded.
struct FoldedColumn {
  std::size_t position = 0;               ///< in the chunks
  const CategoryCoder* coder = nullptr;   ///< names of the codes
  const NumberCoder* numbers = nullptr;   ///< numbers of the codes
  std::optional<std::size_t> extract;     ///< position in the extract
  bool ignored = false;                   ///< counts as missing
  const ValueChecker* checker = nullptr;  ///< what values are held against; null: nothing
};

class RowHashes;

/// The fold of one set of rows over all columns of a schema.
class RowFold {
 public:
  /// The arguments outlive the fold.
  /// @param holds_back  numbers for an extract are not folded when they are added but all at once,
  ///                    sorted, by fold_held()
  /// @param hashes      of whole rows, to count those that repeat; null: nobody asks
  RowFold(const profile::Schema& schema, const std::vector<FoldedColumn>& columns,
          bool holds_back = false, RowHashes* hashes = nullptr);

  /// @param extract  takes the numbers, too; may be null
  void add(std::span<const ColumnChunk* const> chunks, RowSelection rows, ExtractBuilder* extract);

  /// Numbers that are held by code are counted first and folded here, all together; whoever turns
  /// to another fold for long does it before, and everybody before take().
  void settle(ExtractBuilder* extract);

  /// Sorts what `extract` holds and folds it; after settle().
  void fold_held(ExtractBuilder& extract, unsigned threads);
  /// Folds what `extract` holds as it is, and from now on each number when it is added.
  void hold_back_no_more(ExtractBuilder& extract);

  /// The profile of everything added so far; the fold is empty afterwards.
  profile::Profile take();

  std::uint64_t rows() const { return rows_; }
  /// What a fold of this schema takes in memory.
  static std::uint64_t bytes(const profile::Schema& schema);

 private:
  void add_numbers(std::size_t column, const ColumnChunk& chunk, RowSelection rows,
                   ExtractBuilder* extract);
  void add_number_codes(std::size_t column, const ColumnChunk& chunk, RowSelection rows,
                        ExtractBuilder* extract);
  void add_gathered(std::size_t column, const ColumnChunk& chunk, RowSelection rows,
                    ExtractBuilder* extract);
  void add_codes(std::size_t column, const ColumnChunk& chunk, RowSelection rows);
  void check_values(std::size_t column, const ColumnChunk& chunk, RowSelection rows);
  void take_codes(std::size_t column);

  bool holds_back(std::size_t column, const ExtractBuilder* extract) const {
    return holds_back_ && extract != nullptr && (*columns_)[column].extract;
  }

  const profile::Schema* schema_;
  const std::vector<FoldedColumn>* columns_;
  bool holds_back_;
  std::vector<profile::ColumnFold> folds_;
  std::vector<std::vector<std::uint64_t>> counts_;         // of codes, where a column has a coder
  std::vector<std::vector<std::uint64_t>> number_counts_;  // of codes, until they are settled
  std::vector<double> numbers_;
  std::vector<profile::Checks> checks_;  // of values that are looked at one by one
  RowHashes* hashes_;
  profile::KeySample row_keys_;
  std::uint64_t rows_ = 0;
};

}  // namespace leeway::tables
