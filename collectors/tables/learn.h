#pragma once

#include "collectors/tables/kept_columns.h"
#include "collectors/tables/plan.h"

namespace leeway::tables {

/// Reads the files twice: a survey that infers types and roles (each with its reason) and makes the
/// cells, then one fold of all rows into the profile and its windows, and those of each segment.
///
/// Cells of numeric columns come from all sorted values while the rows fit scratch.extract_rows,
/// from a seeded sample of at most 262,144 rows otherwise; then there is no extract either. Memory
/// is bounded by limits.memory_bytes whatever the size of the files. In process: the worker's side,
/// and what `leeway compare` calls.
///
/// kNotFound for a file that is not there, kCorrupt for one that cannot be decoded,
/// kInsufficientData if there are no rows, kInvalidConfig for a pane rule that makes no sense.
Result<LearnAnswer> learn(const LearnPlan& plan);

/// The same for who decodes in its own process: on several threads, with numbers kept in memory in
/// place of the extract, and a file without windows is read once.
Result<LearnAnswer> learn_keeping(const LearnPlan& plan, KeptColumns& kept);

}  // namespace leeway::tables
