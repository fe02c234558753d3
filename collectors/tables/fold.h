#pragma once

#include "collectors/tables/kept_columns.h"
#include "collectors/tables/plan.h"

namespace leeway::tables {

/// Streams each file once over the columns of the schema and folds every row into the profile of
/// its (pane, segment). The file's format is told by its name: .parquet, .csv, .ndjson, .jsonl,
/// .json, the texts also with .gz behind. Equal files and plans give equal bytes.
///
/// Times without an offset are UTC; dates without a time are local midnight of panes.time_zone;
/// numbers are seconds, milli-, micro- or nanoseconds since 1970 by their size.
///
/// A column that the file lacks counts as missing in all rows; values that do not read as the
/// column's type count as type errors. Memory is bounded by limits.memory_bytes whatever the
/// size of the file. In process: the worker's side, and what `leeway compare` calls.
///
/// kNotFound for a file that is not there, kUnavailable for one that may not be read or needs more
/// memory, kCorrupt for one that cannot be decoded, has no column of the schema, or spreads over
/// more than 4,096 panes; kInvalidConfig for a pane rule that makes no sense.
Result<FoldAnswer> fold(const FoldPlan& plan);

/// The same for who decodes in its own process: on several threads, with numbers kept in memory in
/// place of extracts, if the plan asks for them, the source is one pane without segments and whole
/// rows are neither drawn nor hashed.
Result<FoldAnswer> fold_keeping(const FoldPlan& plan, KeptColumns& kept);

}  // namespace leeway::tables
