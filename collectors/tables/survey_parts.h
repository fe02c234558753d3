#pragma once

#include <memory>
#include <vector>

#include "collectors/tables/survey.h"

namespace leeway::tables {

/// A survey of all columns, made by one that reads them all or by several that share them.
class SurveyParts {
 public:
  /// @param kept  null: one survey, whose numbers may go to the disk
  SurveyParts(const LearnPlan& plan, const PaneClock& clock, KeptColumns* kept);

  /// As often as it takes: types that were guessed wrong, for one, cost another look.
  Result<> run();

  const std::vector<ColumnInfo>& columns() const { return first().columns(); }
  std::vector<ColumnSurvey> finish();
  const std::string& timestamp() const { return first().timestamp(); }
  std::uint64_t rows() const { return first().rows(); }
  std::uint64_t timeless_rows() const { return first().timeless_rows(); }

  /// True if all numbers are in memory: numbers_of() has them and there is no extract.
  bool keeps() const { return first().keeps(); }
  NumberColumn* numbers_of(std::uint32_t column) { return part_of(column).numbers_of(column); }
  unsigned threads() const { return kept_ == nullptr ? 1 : kept_->threads; }

  /// As in Survey.
  Result<std::optional<std::string>> write_extract(const std::set<std::uint32_t>& only) {
    return parts_.front()->write_extract(only);
  }
  std::vector<double>& sample_of(std::uint32_t column) { return part_of(column).sample_of(column); }
  bool sample_is_whole() const { return first().sample_is_whole(); }

 private:
  const Survey& first() const { return *parts_.front(); }
  Survey& part_of(std::size_t column) { return *parts_[column % parts_.size()]; }
  bool may_keep() const;
  Result<> run_parts(Survey::Options options, unsigned count);
  std::optional<Survey::Options> better_options(Survey::Options options) const;

  const LearnPlan& plan_;
  const PaneClock& clock_;
  KeptColumns* kept_;
  std::vector<std::unique_ptr<Survey>> parts_;
};

}  // namespace leeway::tables
