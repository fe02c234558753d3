#pragma once

#include <vector>

#include "collectors/tables/row_fold.h"

namespace leeway::tables {

/// Folds the values of a chunk into a column without cells: a text, or a time as microseconds.
void fold_texts(profile::ColumnFold& fold, const ColumnChunk& chunk, RowSelection rows);
void fold_times(profile::ColumnFold& fold, const ColumnChunk& chunk, RowSelection rows,
                std::vector<double>& buffer);
/// A list is told from others by its bytes; what it says as a vector is for the drawn rows.
void fold_lists(profile::ColumnFold& fold, const ColumnChunk& chunk, RowSelection rows);
/// What is not there in a chunk.
void fold_absent(profile::ColumnFold& fold, const ColumnChunk& chunk, RowSelection rows);

/// Missing values of a kind, in all forms but codes.
struct MissingKinds {
  std::uint64_t empty_texts = 0;
  std::uint64_t configured = 0;
};
MissingKinds count_kinds(const ColumnChunk& chunk, RowSelection rows);
/// Beside what counts them as missing.
void fold_missing_kinds(profile::ColumnFold& fold, const ColumnChunk& chunk, RowSelection rows);

}  // namespace leeway::tables
