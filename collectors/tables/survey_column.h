#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "collectors/tables/column_reader.h"
#include "collectors/tables/row_fold.h"
#include "detectors/profile/distinct.h"
#include "detectors/profile/fold.h"

namespace leeway::tables {

/// What the rows of a reference show of one column, before it has cells.
struct ColumnSurvey {
  std::string name;
  Kind kind = Kind::kNone;                    ///< in the files; of several files, what fits all
  ColumnType read_as = ColumnType::kNumeric;  ///< how it was looked at
  bool read = true;                           ///< false: it was not
  std::uint64_t rows = 0;
  std::uint64_t present = 0;  ///< readable values; NaN is none
  std::uint64_t missing = 0;
  std::uint64_t empty_texts = 0;         ///< of those
  std::uint64_t configured_missing = 0;  ///< of those
  std::uint64_t type_errors = 0;
  double distinct = 0.0;  ///< an estimate beyond some thousands

  // Integers; of other numbers nothing is asked.
  double min = 0.0;  ///< of the finite ones; 0 without
  double max = 0.0;
  std::vector<double> few;  ///< the values, ascending, if they are at most kFew

  // Categories.
  std::vector<std::pair<std::string, std::uint64_t>> names;  ///< most frequent first
  std::uint64_t unnamed_rows = 0;                            ///< of values beyond those
  profile::Distinct unnamed;                                 ///< those values
  double mean_length = 0.0;                                  ///< of the names, in bytes

  /// Texts and times, where folds were asked for: they have no cells.
  std::optional<profile::ColumnProfile> folded;

  static constexpr std::size_t kFew = 20;
};

/// Makes the survey of one column, chunk by chunk.
class SurveyColumn {
 public:
  /// @param coder  of columns that are read as categories; outlives this
  /// @param folds  folds texts and times on the way
  SurveyColumn(const WantedColumn& wanted, Kind kind, CategoryCoder* coder, bool folds);

  void add(const ColumnChunk& chunk, RowSelection rows);
  ColumnSurvey finish();

 private:
  void add_integer(double value);
  void add_number_codes(const ColumnChunk& chunk, RowSelection rows);
  void finish_names();
  void finish_numbers();

  ColumnSurvey survey_;
  CategoryCoder* coder_;
  const NumberCoder* numbers_;
  bool integers_;
  std::vector<std::uint64_t> counts_;  // of codes, of either coder
  bool is_few_ = true;
  double last_ = 0.0;  // neighbours are often equal
  bool has_last_ = false;
  profile::Distinct distinct_;
  std::optional<profile::ColumnFold> fold_;
  std::vector<double> micros_;
};

}  // namespace leeway::tables
