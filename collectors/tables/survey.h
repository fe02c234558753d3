#pragma once

#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "collectors/tables/extract_builder.h"
#include "collectors/tables/kept_columns.h"
#include "collectors/tables/plan.h"
#include "collectors/tables/row_reader.h"
#include "collectors/tables/row_sample.h"
#include "collectors/tables/survey_column.h"

namespace leeway::tables {

/// The first look at a reference: one pass over all columns of its files, in bounded memory.
class Survey final : private ChunkSink {
 public:
  struct Options {
    bool as_texts = false;  ///< do not trust the types that are found in text files
    bool by_codes = true;   ///< numbers that a file holds by dictionary are counted by their codes
    bool guess_timestamp = true;
    Part part{};  ///< only its columns are read, and the times
    /// All numbers stay in memory, up to so many bytes, and there is no sample; 0: not so.
    std::uint64_t keep_bytes = 0;
  };

  Survey(const LearnPlan& plan, const PaneClock& clock, Options options);

  Result<> run();

  /// After a failure: how another survey may succeed. The types that were found in a text file may
  /// be at fault, not the file.
  std::optional<Options> better_options() const;
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
  bool keeps() const { return options_.keep_bytes > 0; }
  /// Of one that keeps, before write_extract(): all numbers of a column; null: it was read
  /// otherwise.
  NumberColumn* numbers_of(std::uint32_t column);
  std::vector<double>& sample_of(std::uint32_t column);
  bool sample_is_whole() const { return sample_->holds_all(); }

 private:
  Result<> describe_files();
  void want_columns();
  Result<> take(std::size_t rows, std::span<const ColumnChunk> columns) override;
  Result<> bound_extract();
  RowSelection rows_with_time(std::size_t rows, std::span<const ColumnChunk> columns);
  void sample_rows(std::span<const ColumnChunk> columns, RowSelection rows);
  void extract_rows(std::span<const ColumnChunk> columns, RowSelection rows);
  void settle_extract();

  const LearnPlan& plan_;
  const PaneClock& clock_;
  Options options_;
  MissingValues missing_;
  // Before the database, whose functions call them.
  std::deque<CategoryCoder> coders_;
  std::deque<NumberCoder> number_coders_;
  std::optional<Database> database_;
  std::vector<SourceFile> files_;
  std::vector<std::vector<ColumnInfo>> file_columns_;
  std::vector<ColumnInfo> columns_;
  bool text_file_failed_ = false;
  bool codes_failed_ = false;
  bool keeping_failed_ = false;

  std::string timestamp_;
  std::optional<std::size_t> time_;  // position among the wanted
  std::vector<WantedColumn> wanted_;
  std::vector<std::optional<std::size_t>> position_;  // of each column among the wanted
  std::vector<SurveyColumn> surveys_;                 // of the wanted
  std::vector<std::uint32_t> numeric_;                // columns that are read as numbers
  std::optional<RowSample> sample_;
  std::unique_ptr<ExtractBuilder> extract_;
  std::vector<std::vector<std::uint64_t>> number_counts_;  // of the extract, by numeric column
  std::optional<RowReader> reader_;
  std::vector<double> numbers_;
  std::vector<std::uint16_t> timed_;
  std::uint64_t rows_ = 0;
  std::uint64_t timeless_rows_ = 0;
};

}  // namespace leeway::tables
