#pragma once

#include <optional>
#include <string>
#include <vector>

#include "collectors/tables/plan.h"
#include "collectors/tables/survey_column.h"

namespace leeway::tables {

/// True if a glob of fnmatch(3) matches the name of a column.
bool matches_any(const std::vector<std::string>& globs, const std::string& name);

/// How to look at a column of the files; nothing: not at all.
std::optional<ColumnType> survey_type(const std::string& name, Kind kind, const ColumnRules& rules);

/// The one datetime among the columns, or what the rules name and the files have; empty: none.
std::string timestamp_of(const std::vector<ColumnInfo>& columns, const ColumnRules& rules);

/// What a column is and is for, and why.
struct Inferred {
  ColumnType type = ColumnType::kNumeric;
  ColumnRole role = ColumnRole::kFeature;
  bool is_private = false;
  std::string reason;  ///< "integers with 7 different values"; no value is quoted
};

/// Type and role by the rules, else by what the survey shows. `calendar` shows only later, window
/// by window.
Inferred infer(const ColumnSurvey& survey, const ColumnRules& rules, const std::string& timestamp);

}  // namespace leeway::tables
