#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "collectors/tables/plan.h"
#include "detectors/base/result.h"

namespace leeway::tables {

/// As people and keys write it: whole numbers without a point, also where a file has 7.0; "true",
/// "false"; "" for a missing one. Labels are found by it, so it is the same for every format.
std::string plain_text(const Cell& cell);

/// What a cell takes in memory and in a request, roughly.
std::uint64_t size_of(const Cell& cell);

/// Reads the rows that the plan asks for. One pass over the wanted columns, and memory for the
/// plan's rows and a chunk. Numbers that are not finite and the plan's missing values are missing.
/// kNotFound, kUnavailable or kCorrupt as fold(); kInvalidArgument if a wanted column holds lists.
Result<RowsAnswer> read_rows(const RowsPlan& plan);

}  // namespace leeway::tables
