#pragma once

#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "collectors/tables/extract_builder.h"
#include "collectors/tables/plan.h"
#include "collectors/tables/row_reader.h"
#include "collectors/tables/row_sample.h"
#include "collectors/tables/survey_column.h"

namespace leeway::tables {

/// The first look at a reference: one pass over all columns of its files, in bounded memory.
class Survey {
 public:
  struct Options {
    bool as_texts = false;  ///< do not trust the types that are found in text files
    bool guess_timestamp = true;
  };

  Survey(const LearnPlan& plan, const PaneClock& clock, Options options);

  Result<> run();

  /// The types that were found in a text file may be at fault, not the file.
  bool text_file_failed() const { return text_file_failed_; }
  /// A column of times was taken for the timestamp, and too many rows have none.
  bool guessed_wrong() const;

  /// In the order in which the files show them; the schema will have the same.
  const std::vector<ColumnInfo>& columns() const { return columns_; }
  std::vector<ColumnSurvey> finish();
  const std::string& timestamp() const { return timestamp_; }  ///< empty: none
  std::uint64_t rows() const { return rows_; }  ///< without timeless ones where there are windows
  std::uint64_t timeless_rows() const { return timeless_rows_; }

  /// The sorted values of the columns in `only`, by index: all of them in the plan's extract, whose
  /// name is given, or those of a sample.
  Result<std::optional<std::string>> write_extract(const std::set<std::uint32_t>& only);
  std::vector<double>& sample_of(std::uint32_t column);
  bool sample_is_whole() const { return sample_->holds_all(); }

 private:
  Result<> describe_files();
  Result<> survey_file(const SourceFile& file, const std::vector<ColumnInfo>& columns);
  void want_columns();
  void add_chunk(const RowReader& reader);
  RowSelection rows_with_time(const RowReader& reader);
  void sample_chunk(const RowReader& reader, RowSelection rows);

  const LearnPlan& plan_;
  const PaneClock& clock_;
  Options options_;
  MissingValues missing_;
  std::deque<CategoryCoder> coders_;  // before the database, whose functions call them
  std::optional<Database> database_;
  std::vector<SourceFile> files_;
  std::vector<std::vector<ColumnInfo>> file_columns_;
  std::vector<ColumnInfo> columns_;
  bool text_file_failed_ = false;

  std::string timestamp_;
  std::optional<std::size_t> time_;  // position among the wanted
  std::vector<WantedColumn> wanted_;
  std::vector<std::optional<std::size_t>> position_;  // of each column among the wanted
  std::vector<SurveyColumn> surveys_;                 // of the wanted
  std::vector<std::uint32_t> numeric_;                // columns that are read as numbers
  std::optional<RowSample> sample_;
  std::unique_ptr<ExtractBuilder> extract_;
  std::optional<RowReader> reader_;
  std::vector<double> numbers_;
  std::vector<std::uint16_t> timed_;
  std::uint64_t rows_ = 0;
  std::uint64_t timeless_rows_ = 0;
};

}  // namespace leeway::tables
