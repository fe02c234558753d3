#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "collectors/tables/row_fold.h"
#include "collectors/tables/row_picker.h"
#include "collectors/tables/sampled_rows.h"

namespace leeway::tables {

/// Draws a seeded sample of the rows of one pane while they are folded. Rows that are not drawn
/// cost nothing.
class PaneSample {
 public:
  /// The arguments outlive it.
  /// @param most  rows, at least 1
  PaneSample(const profile::Schema& schema, const std::vector<FoldedColumn>& columns,
             std::size_t most, std::uint64_t seed);

  void add(std::span<const ColumnChunk* const> chunks, RowSelection rows);

  /// Halves how many rows are kept, now and later, but not below 1.
  void halve();
  std::uint64_t bytes() const;

  /// The sample by ascending keys; this one is empty afterwards.
  SampledRows take(TimePoint start);

 private:
  /// The vectors of one embedding column: a sample of its own, of rows that have one.
  struct Lists {
    std::uint32_t index = 0;  // of the schema
    RowPicker picker;
    std::uint64_t of = 0;
    std::size_t dimension = 0;  // of the first vector; others are not drawn
    std::vector<float> values{};
  };
  void add_lists(Lists& lists, const ColumnChunk& chunk, RowSelection rows) const;
  static void reorder(Lists& lists, const std::vector<std::size_t>& order);
  double value(std::size_t column, std::span<const ColumnChunk* const> chunks,
               std::size_t row) const;
  void reorder(const std::vector<std::size_t>& order);

  const profile::Schema* schema_;
  const std::vector<FoldedColumn>* columns_;
  std::vector<std::uint32_t> sampled_;       // indices of the schema
  std::vector<std::vector<double>> values_;  // of those, by slot
  RowPicker rows_;
  std::vector<Lists> lists_;
  std::uint64_t of_ = 0;
};

}  // namespace leeway::tables
