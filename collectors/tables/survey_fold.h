#pragma once

#include <optional>

#include "collectors/tables/missing_values.h"
#include "collectors/tables/number_column.h"
#include "collectors/tables/survey_column.h"
#include "detectors/profile/schema.h"

namespace leeway::tables {

/// The profile of a column over all rows of a reference, from what its survey has seen: what a fold
/// of the same rows gives, up to the last bits of sums, without reading them again.
/// @param column   with its cells
/// @param numbers  of a column that was read as numbers: all of them, sorted; else null
/// Nothing where the survey has read the column in another way than a fold would.
std::optional<profile::ColumnProfile> fold_survey(const profile::Column& column,
                                                  ColumnSurvey& survey,
                                                  const NumberColumn* numbers);

}  // namespace leeway::tables
