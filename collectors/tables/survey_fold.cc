#include "collectors/tables/survey_fold.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace leeway::tables {
namespace {

constexpr double kExactIntegers = 9007199254740992.0;  // 2^53: up to it each has a double

void add_missing(profile::ColumnFold& fold, const ColumnSurvey& survey) {
  fold.add_missing(survey.missing);
  fold.add_missing_kinds(survey.empty_texts, survey.configured_missing);
}

/// Rows that have no value that is one, in the columns that were read as numbers.
void add_others(profile::ColumnFold& fold, const ColumnSurvey& survey, std::uint64_t numbers) {
  constexpr std::array kNotANumber{std::numeric_limits<double>::quiet_NaN()};
  const std::array not_numbers{survey.rows - survey.missing - survey.type_errors - numbers};
  add_missing(fold, survey);
  fold.add_type_errors(survey.type_errors);
  fold.add_counted(kNotANumber, not_numbers);
}

/// Integers that are names, or ids.
bool fold_integers(profile::ColumnFold& fold, const ColumnSurvey& survey,
                   const NumberColumn& numbers) {
  if (survey.kind != Kind::kInteger || survey.type_errors > 0) return false;
  NumberBuffer buffer;
  const std::span<const double> sorted = numbers.expand(buffer);
  if (sorted.size() + survey.missing != survey.rows) return false;
  if (!sorted.empty() && (sorted.front() < -kExactIntegers || sorted.back() > kExactIntegers)) {
    return false;
  }
  for (std::size_t first = 0; first < sorted.size();) {
    std::size_t end = first + 1;
    while (end < sorted.size() && sorted[end] == sorted[first]) ++end;
    std::array<char, 24> text;
    const auto written =
        std::to_chars(text.begin(), text.end(), static_cast<std::int64_t>(sorted[first]));
    fold.add_text({text.data(), static_cast<std::size_t>(written.ptr - text.data())}, end - first);
    first = end;
  }
  add_missing(fold, survey);
  return true;
}

bool fold_names(profile::ColumnFold& fold, const profile::Column& column,
                const ColumnSurvey& survey) {
  const bool as_written =
      survey.kind == Kind::kText || survey.kind == Kind::kInteger || survey.kind == Kind::kBoolean;
  if (column.type != survey.read_as && !(as_written && column.type == ColumnType::kText)) {
    return false;
  }
  // Of ids without a name nothing is known of how they repeat.
  if (column.role == ColumnRole::kId && survey.unnamed_rows > 0) return false;
  for (const auto& [name, rows] : survey.names) fold.add_text(name, rows);
  add_missing(fold, survey);
  fold.add_type_errors(survey.type_errors);
  return true;
}

/// Rows whose values had no place among the names.
void add_unnamed(profile::ColumnProfile& profile, const ColumnSurvey& survey) {
  profile.rows += survey.unnamed_rows;
  profile.unseen += survey.unnamed_rows;
  profile.distinct.merge(survey.unnamed);
}

}  // namespace

std::optional<profile::ColumnProfile> fold_survey(const profile::Column& column,
                                                  ColumnSurvey& survey,
                                                  const NumberColumn* numbers) {
  profile::ColumnFold fold(column);
  if (column.role == ColumnRole::kIgnored) {
    fold.add_missing(survey.rows);
    return fold.take();
  }
  if (survey.folded && column.type == survey.read_as) {
    if (column.role != ColumnRole::kId) survey.folded->keys = {};
    return std::move(*survey.folded);
  }
  if (numbers != nullptr && column.type == ColumnType::kNumeric) {
    numbers->fold_into(fold);
    add_others(fold, survey, numbers->count());
    return fold.take();
  }
  if (numbers != nullptr && fold_integers(fold, survey, *numbers)) return fold.take();
  const bool named =
      survey.read_as == ColumnType::kCategorical || survey.read_as == ColumnType::kBoolean;
  if (!survey.read || !named || !fold_names(fold, column, survey)) return std::nullopt;
  profile::ColumnProfile profile = fold.take();
  add_unnamed(profile, survey);
  return profile;
}

}  // namespace leeway::tables
