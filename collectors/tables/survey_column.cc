#include "collectors/tables/survey_column.h"

#include <algorithm>
#include <cmath>

namespace leeway::tables {

using Form = ColumnChunk::Form;

SurveyColumn::SurveyColumn(const WantedColumn& wanted, Kind kind, CategoryCoder* coder)
    : coder_(coder) {
  survey_.name = wanted.name;
  survey_.kind = kind;
  survey_.read_as = wanted.type;
}

void SurveyColumn::add_number(double value) {
  if (std::isnan(value)) return;
  ++survey_.present;
  if (has_last_ && value == last_) return;
  last_ = value;
  has_last_ = true;
  distinct_.add_hash(profile::Distinct::hash_of(value));
  survey_.whole = survey_.whole && std::trunc(value) == value;  // false for infinities, too
  if (std::isfinite(value)) {
    const bool first = survey_.min > survey_.max;
    survey_.min = first ? value : std::min(survey_.min, value);
    survey_.max = first ? value : std::max(survey_.max, value);
  } else {
    survey_.whole = false;
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

void SurveyColumn::add(const ColumnChunk& chunk, RowSelection rows) {
  if (survey_.rows == 0) {
    survey_.min = 1.0;  // above max: there is no finite value yet
    survey_.max = 0.0;
  }
  survey_.rows += rows.count;
  if (chunk.form == Form::kCodes) {
    if (counts_.size() < coder_->end()) counts_.resize(coder_->end(), 0);
    for (std::size_t i = 0; i < rows.count; ++i) ++counts_[chunk.codes[rows[i]]];
    return;
  }
  for (std::size_t i = 0; i < rows.count; ++i) {
    if (!chunk.present(rows[i])) continue;
    if (chunk.form == Form::kNumbers) {
      add_number(chunk.numbers[rows[i]]);
    } else if (chunk.form != Form::kNothing) {
      ++survey_.present;
    }
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
  survey_.unnamed_rows = counts_[CategoryCoder::kOther];
  survey_.present = named + survey_.unnamed_rows;
  survey_.mean_length = named == 0 ? 0.0 : bytes / static_cast<double>(named);
  survey_.distinct = static_cast<double>(survey_.names.size()) + coder_->others().estimate();
}

ColumnSurvey SurveyColumn::finish() {
  if (coder_ != nullptr) {
    finish_names();
  } else {
    survey_.distinct = is_few_ ? static_cast<double>(survey_.few.size()) : distinct_.estimate();
  }
  if (survey_.min > survey_.max) survey_.min = survey_.max = 0.0;
  return std::move(survey_);
}

}  // namespace leeway::tables
