#pragma once

#include <optional>
#include <string_view>

namespace leeway {

/// What the values of a column are. The numbers are saved; never reuse one.
enum class ColumnType {
  kNumeric = 0,
  kCategorical = 1,
  kBoolean = 2,   ///< profiled as the categories "false" and "true"
  kDatetime = 3,  ///< judged by missing values, not by drift
  kText = 4,      ///< profiled by missing values and distinct count
  kEmbedding = 5,
};

/// What a column is for. The numbers are saved; never reuse one.
enum class ColumnRole {
  kFeature = 0,
  kPrediction = 1,
  kScore = 2,
  kLabel = 3,
  kId = 4,
  kTimestamp = 5,
  kWeight = 6,
  kVersion = 7,
  kSegment = 8,
  kCalendar = 9,  ///< constant inside nearly every window, not over the reference: not judged
  kIgnored = 10,
};

std::string_view to_string(ColumnType type);  ///< "numeric", "categorical", ...
std::string_view to_string(ColumnRole role);  ///< "feature", "prediction", ...
std::optional<ColumnType> column_type(std::string_view name);
std::optional<ColumnRole> column_role(std::string_view name);

/// Whether drift of a column with this role is judged; quality is judged of all but ignored ones.
constexpr bool is_judged(ColumnRole role) {
  return role == ColumnRole::kFeature || role == ColumnRole::kPrediction ||
         role == ColumnRole::kScore || role == ColumnRole::kLabel;
}

}  // namespace leeway
