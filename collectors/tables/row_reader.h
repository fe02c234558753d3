#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "collectors/tables/column_reader.h"
#include "collectors/tables/source_file.h"

namespace leeway::tables {

/// Reads wanted columns from files, one after the other, in chunks of at most 2,048 rows.
class RowReader {
 public:
  /// The arguments outlive the reader.
  RowReader(Database& database, const std::vector<WantedColumn>& wanted,
            const MissingValues& missing, const PaneClock& clock)
      : database_(&database), wanted_(&wanted), missing_(&missing), clock_(&clock) {}

  /// Starts with a file. `as_texts`: with no trust in the types that DuckDB finds in it.
  Result<> open(const SourceFile& file, std::vector<ColumnInfo> columns, bool as_texts);

  /// The next chunk; false after the last.
  Result<bool> next();
  std::size_t rows() const { return stream_->rows(); }
  const ColumnChunk& column(std::size_t index) const { return chunks_[index]; }

 private:
  Result<> make_readers(const std::vector<ColumnInfo>& columns);

  Database* database_;
  const std::vector<WantedColumn>* wanted_;
  const MissingValues* missing_;
  const PaneClock* clock_;
  std::set<std::string> functions_;
  std::vector<ColumnReader> readers_;
  std::optional<RowStream> stream_;
  std::vector<ColumnChunk> chunks_;
};

/// The columns of a file; kCorrupt if it makes no sense.
Result<std::vector<ColumnInfo>> describe(Database& database, const SourceFile& file,
                                         const MissingValues& missing);

}  // namespace leeway::tables
