#include "collectors/tables/survey_column.h"

#include <algorithm>
#include <cmath>

#include "collectors/tables/chunk_fold.h"

namespace leeway::tables {

using Form = ColumnChunk::Form;

SurveyColumn::SurveyColumn(const WantedColumn& wanted, Kind kind, CategoryCoder* coder, bool folds)
    : coder_(coder),
      numbers_(wanted.numbers),
      integers_(kind == Kind::kInteger || kind == Kind::kWideInteger) {
  survey_.name = wanted.name;
  survey_.kind = kind;
  survey_.read_as = wanted.type;
  survey_.min = 1.0;  // above max: there is no finite value yet
  survey_.max = 0.0;
  if (folds && (wanted.type == ColumnType::kDatetime || wanted.type == ColumnType::kText)) {
    // As if it were an id: whether it is, shows later, and then its keys are wanted.
    fold_.emplace(
        profile::Column{.name = wanted.name, .type = wanted.type, .role = ColumnRole::kId});
  }
}

void SurveyColumn::add_integer(double value) {
  if (has_last_ && value == last_) return;
  last_ = value;
  has_last_ = true;
  distinct_.add_hash(profile::Distinct::hash_of(value));
  if (std::isfinite(value)) {
    const bool first = survey_.min > survey_.max;
    survey_.min = first ? value : std::min(survey_.min, value);
    survey_.max = first ? value : std::max(survey_.max, value);
  }
  if (!is_few_) return;
  std::vector<double>& few = survey_.few;
  const auto at = std::lower_bound(few.begin(), few.end(), value);
  if (at != few.end() && *at == value) return;
  if (few.size() == ColumnSurvey::kFew) {
    is_few_ = false;
    few.clear();
  } else {
    few.insert(at, value + 0.0);
  }
}

void SurveyColumn::add_number_codes(const ColumnChunk& chunk, RowSelection rows) {
  if (counts_.size() < chunk.numbers.size()) counts_.resize(chunk.numbers.size(), 0);
  for (std::size_t i = 0; i < rows.count; ++i) ++counts_[chunk.codes[rows[i]]];
}

void SurveyColumn::add(const ColumnChunk& chunk, RowSelection rows) {
  survey_.rows += rows.count;
  if (chunk.form == Form::kCodes) {
    if (counts_.size() < coder_->end()) counts_.resize(coder_->end(), 0);
    for (std::size_t i = 0; i < rows.count; ++i) ++counts_[chunk.codes[rows[i]]];
    return;
  }
  if (chunk.form == Form::kNumberCodes) return add_number_codes(chunk, rows);
  if (fold_ && chunk.form == Form::kTexts) fold_texts(*fold_, chunk, rows);
  if (fold_ && chunk.form == Form::kMicros) fold_times(*fold_, chunk, rows, micros_);
  if (fold_ && chunk.form == Form::kNothing) fold_absent(*fold_, chunk, rows);
  if (fold_) fold_missing_kinds(*fold_, chunk, rows);
  const Absent absent = count_absent(chunk, rows);
  const MissingKinds kinds = count_kinds(chunk, rows);
  survey_.missing += absent.missing;
  survey_.empty_texts += kinds.empty_texts;
  survey_.configured_missing += kinds.configured;
  survey_.type_errors += absent.type_errors;
  if (chunk.form == Form::kNothing) return;
  if (chunk.form == Form::kNumbers && !integers_ && rows.all && chunk.valid.empty()) {
    for (const double value : chunk.numbers.first(rows.count)) {
      survey_.present += std::isnan(value) ? 0U : 1U;
    }
  } else if (chunk.form == Form::kNumbers) {
    for (std::size_t i = 0; i < rows.count; ++i) {
      const std::size_t row = rows[i];
      if (!chunk.present(row) || std::isnan(chunk.numbers[row])) continue;
      ++survey_.present;
      if (integers_) add_integer(chunk.numbers[row]);
    }
  } else if (rows.all) {
    survey_.present += count_valid(chunk.valid, rows.count);
  } else {
    for (std::size_t i = 0; i < rows.count; ++i) survey_.present += chunk.present(rows[i]) ? 1 : 0;
  }
}

/// What was counted by code.
void SurveyColumn::finish_numbers() {
  if (!counts_.empty()) {
    survey_.configured_missing += counts_[NumberCoder::kConfigured];
    survey_.missing += counts_[NumberCoder::kMissing] + counts_[NumberCoder::kConfigured];
  }
  for (std::uint32_t code = NumberCoder::kFirst; code < counts_.size(); ++code) {
    const double value = numbers_->numbers()[code];
    if (counts_[code] == 0 || std::isnan(value)) continue;
    survey_.present += counts_[code];
    if (integers_) add_integer(value);
  }
}

void SurveyColumn::finish_names() {
  counts_.resize(std::max<std::size_t>(counts_.size(), CategoryCoder::kFirst), 0);
  double bytes = 0.0;
  std::uint64_t named = 0;
  for (std::uint32_t code = CategoryCoder::kFirst; code < counts_.size(); ++code) {
    if (counts_[code] == 0) continue;  // an entry of a dictionary that no row has
    named += counts_[code];
    bytes += static_cast<double>(coder_->name(code).size()) * static_cast<double>(counts_[code]);
    survey_.names.emplace_back(coder_->name(code), counts_[code]);
  }
  std::sort(survey_.names.begin(), survey_.names.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  survey_.empty_texts += counts_[CategoryCoder::kEmpty];
  survey_.configured_missing += counts_[CategoryCoder::kConfigured];
  survey_.missing += counts_[CategoryCoder::kMissing] + counts_[CategoryCoder::kEmpty] +
                     counts_[CategoryCoder::kConfigured];
  survey_.type_errors += counts_[CategoryCoder::kTypeError];
  survey_.unnamed = coder_->others();
  survey_.unnamed_rows = counts_[CategoryCoder::kOther];
  survey_.present = named + survey_.unnamed_rows;
  survey_.mean_length = named == 0 ? 0.0 : bytes / static_cast<double>(named);
  survey_.distinct = static_cast<double>(survey_.names.size()) + coder_->others().estimate();
}

ColumnSurvey SurveyColumn::finish() {
  if (coder_ != nullptr) {
    finish_names();
  } else {
    if (numbers_ != nullptr) finish_numbers();
    survey_.distinct = is_few_ ? static_cast<double>(survey_.few.size()) : distinct_.estimate();
  }
  if (survey_.min > survey_.max) survey_.min = survey_.max = 0.0;
  if (fold_) survey_.folded = fold_->take();
  return std::move(survey_);
}

}  // namespace leeway::tables
