#include "collectors/tables/infer.h"

#include <fnmatch.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "detectors/profile/categories.h"

namespace leeway::tables {
namespace {

constexpr double kAlmostAll = 0.9;
constexpr double kAlmostAllCounted = 0.95;  // where the number of values is an estimate
constexpr std::uint64_t kFewRows = 20;
constexpr double kLongText = 64.0;  // bytes; names and keys are shorter
constexpr double kPrivateValues = 1000.0;

std::string lower(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return name;
}

/// Integers under such a name are names written with digits.
bool is_code_name(const std::string& name) {
  const std::string low = lower(name);
  return low == "id" || low.ends_with("_id") || low.ends_with("_code") || low.starts_with("zip");
}

std::optional<ColumnRole> named_role(const std::string& name, const ColumnRules& rules) {
  const auto is = [&name](const std::string& named) { return !named.empty() && named == name; };
  if (is(rules.id)) return ColumnRole::kId;
  if (is(rules.label)) return ColumnRole::kLabel;
  if (is(rules.score) ||
      std::find(rules.scores.begin(), rules.scores.end(), name) != rules.scores.end()) {
    return ColumnRole::kScore;
  }
  if (is(rules.prediction)) return ColumnRole::kPrediction;
  if (is(rules.weight)) return ColumnRole::kWeight;
  if (is(rules.version)) return ColumnRole::kVersion;
  return std::nullopt;
}

bool is_segment(const std::string& name, const ColumnRules& rules) {
  return std::find(rules.segments.begin(), rules.segments.end(), name) != rules.segments.end();
}

std::string count(double n) { return std::to_string(static_cast<std::uint64_t>(std::round(n))); }

bool almost_all_distinct(const ColumnSurvey& survey) {
  const double share =
      survey.distinct / static_cast<double>(std::max<std::uint64_t>(1, survey.present));
  return survey.present >= kFewRows &&
         share >= (survey.unnamed_rows > 0 ? kAlmostAllCounted : kAlmostAll);
}

/// The share of rows that the categories of a reference would cover.
double covered(const ColumnSurvey& survey) {
  std::uint64_t rows = 0;
  const std::size_t most = std::min(survey.names.size(), profile::Categories::kMaxCategories);
  for (std::size_t i = 0; i < most; ++i) rows += survey.names[i].second;
  return static_cast<double>(rows) /
         static_cast<double>(std::max<std::uint64_t>(1, survey.present));
}

Inferred infer_names(const ColumnSurvey& survey) {
  const std::string what = survey.kind == Kind::kText ? "texts" : "codes";
  const std::string values = count(survey.distinct) + " different values";
  if (almost_all_distinct(survey)) {
    const bool text = survey.kind == Kind::kText && survey.mean_length > kLongText;
    return {.type = ColumnType::kText,
            .role = text ? ColumnRole::kFeature : ColumnRole::kId,
            .is_private = true,
            .reason = (text ? "long " : "") + what + ", almost all different"};
  }
  if (covered(survey) < kAlmostAll) {
    return {.type = ColumnType::kText,
            .role = ColumnRole::kFeature,
            .is_private = true,
            .reason = what + " with " + values + ", too many to count each"};
  }
  return {.type = ColumnType::kCategorical,
          .role = ColumnRole::kFeature,
          .is_private = survey.distinct > kPrivateValues,
          .reason = what + " with " + values};
}

Inferred infer_numbers(const ColumnSurvey& survey, bool may_be_categories) {
  const bool integers = survey.kind == Kind::kInteger || survey.kind == Kind::kWideInteger;
  if (integers && may_be_categories && !survey.few.empty()) {
    return {.type = ColumnType::kCategorical,
            .reason = "integers with " + count(survey.distinct) + " different values"};
  }
  const double span = survey.max - survey.min + 1.0;
  const bool counts_rows = integers && survey.present >= 1000 && survey.present == survey.rows &&
                           span == static_cast<double>(survey.rows) &&
                           survey.distinct >= 0.85 * static_cast<double>(survey.rows);
  if (counts_rows && may_be_categories) {
    return {.type = ColumnType::kText,
            .role = ColumnRole::kId,
            .is_private = true,
            .reason = "integers that count the rows"};
  }
  return {.type = ColumnType::kNumeric, .reason = integers ? "integers" : "numbers"};
}

Inferred by_values(const ColumnSurvey& survey, bool may_be_categories) {
  switch (survey.read_as) {
    case ColumnType::kNumeric:
      return infer_numbers(survey, may_be_categories);
    case ColumnType::kCategorical:
      return infer_names(survey);
    case ColumnType::kBoolean:
      return {.type = ColumnType::kBoolean, .reason = "true and false"};
    case ColumnType::kDatetime:
      return {.type = ColumnType::kDatetime, .reason = "times"};
    default:
      return {.type = survey.read_as, .is_private = true, .reason = "texts"};
  }
}

/// A type that the rules or the role prescribe.
std::optional<ColumnType> prescribed_type(const ColumnSurvey& survey, const ColumnRules& rules,
                                          std::optional<ColumnRole> role) {
  if (const auto given = rules.types.find(survey.name); given != rules.types.end()) {
    return given->second;
  }
  if (role == ColumnRole::kId) return ColumnType::kText;
  if (role == ColumnRole::kScore || role == ColumnRole::kWeight) return ColumnType::kNumeric;
  const bool named = role == ColumnRole::kVersion || is_segment(survey.name, rules);
  if (named && survey.read_as == ColumnType::kCategorical) return ColumnType::kCategorical;
  return std::nullopt;
}

Inferred ignored(std::string reason) {
  return {.type = ColumnType::kText, .role = ColumnRole::kIgnored, .reason = std::move(reason)};
}

void choose_role(Inferred& column, const ColumnSurvey& survey, const ColumnRules& rules,
                 const std::string& timestamp) {
  if (survey.name == timestamp) {
    column.role = ColumnRole::kTimestamp;
    column.reason = rules.timestamp.empty() ? "the only column of times" : "named as the timestamp";
    return;
  }
  if (const auto role = named_role(survey.name, rules)) {
    column.role = *role;
    column.reason += "; named as the " + std::string(to_string(*role));
    column.is_private = column.is_private || *role == ColumnRole::kId;
    return;
  }
  const bool only = rules.only.empty() || matches_any(rules.only, survey.name);
  const bool feature = only && !matches_any(rules.except, survey.name);
  if (!feature && is_segment(survey.name, rules)) {
    column.role = ColumnRole::kSegment;
    column.reason += "; cuts the rows into segments and is no feature";
  } else if (!feature) {
    column.role = ColumnRole::kIgnored;
    column.reason += "; not among the features";
  }
}

}  // namespace

bool matches_any(const std::vector<std::string>& globs, const std::string& name) {
  return std::any_of(globs.begin(), globs.end(), [&name](const std::string& glob) {
    return ::fnmatch(glob.c_str(), name.c_str(), 0) == 0;
  });
}

std::optional<ColumnType> survey_type(const std::string& name, Kind kind,
                                      const ColumnRules& rules) {
  if (kind == Kind::kNone || kind == Kind::kOther) return std::nullopt;
  const auto given = rules.types.find(name);
  if (kind == Kind::kList &&
      (given == rules.types.end() || given->second != ColumnType::kEmbedding))
    return std::nullopt;
  if (given != rules.types.end()) return given->second;
  if (name == rules.timestamp) return ColumnType::kDatetime;
  const auto role = named_role(name, rules);
  if (role == ColumnRole::kId) return ColumnType::kText;
  if (role == ColumnRole::kScore || role == ColumnRole::kWeight) return ColumnType::kNumeric;
  switch (kind) {
    case Kind::kBoolean:
      return ColumnType::kBoolean;
    case Kind::kInteger:
    case Kind::kWideInteger: {
      const bool names =
          is_code_name(name) || is_segment(name, rules) || role == ColumnRole::kVersion;
      return names ? ColumnType::kCategorical : ColumnType::kNumeric;
    }
    case Kind::kReal:
      return ColumnType::kNumeric;
    case Kind::kDate:
    case Kind::kTimestamp:
      return ColumnType::kDatetime;
    default:
      return ColumnType::kCategorical;
  }
}

std::string timestamp_of(const std::vector<ColumnInfo>& columns, const ColumnRules& rules) {
  std::string found;
  for (const ColumnInfo& column : columns) {
    if (!rules.timestamp.empty()) {
      if (column.name == rules.timestamp) return column.name;
      continue;
    }
    if (survey_type(column.name, column.kind, rules) != ColumnType::kDatetime) continue;
    if (!found.empty()) return "";  // which of them?
    found = column.name;
  }
  return found;
}

Inferred infer(const ColumnSurvey& survey, const ColumnRules& rules, const std::string& timestamp) {
  if (survey.kind == Kind::kList && survey.read_as != ColumnType::kEmbedding)
    return ignored("lists of values");
  if (survey.kind == Kind::kOther) return ignored("nested or binary values");
  if (!survey.read || survey.present == 0) return ignored("no values in the reference");
  const auto role = named_role(survey.name, rules);
  const bool may_be_categories = role != ColumnRole::kScore && role != ColumnRole::kWeight;
  Inferred column;
  if (const auto type = prescribed_type(survey, rules, role)) {
    column.type = *type;
    column.is_private = *type == ColumnType::kText || survey.distinct > kPrivateValues;
    if (*type == ColumnType::kNumeric) column.is_private = false;
    column.reason = rules.types.contains(survey.name) ? "type given by the configuration"
                                                      : std::string(to_string(*type));
  } else {
    column = by_values(survey, may_be_categories);
  }
  choose_role(column, survey, rules, timestamp);
  column.is_private = column.is_private || matches_any(rules.private_columns, survey.name);
  return column;
}

}  // namespace leeway::tables
