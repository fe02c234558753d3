#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "collectors/tables/column_reader.h"
#include "collectors/tables/source_file.h"

namespace leeway::tables {

/// Takes the wanted columns of a file, chunk by chunk of at most 2,048 rows; the views end with the
/// call. The first error ends the file.
class ChunkSink {
 public:
  virtual ~ChunkSink() = default;
  virtual Result<> take(std::size_t rows, std::span<const ColumnChunk> columns) = 0;
};

/// Reads wanted columns from files, one after the other.
class RowReader final : private RowSink {
 public:
  /// The arguments outlive the reader.
  RowReader(Database& database, const std::vector<WantedColumn>& wanted,
            const MissingValues& missing, const PaneClock& clock)
      : database_(&database), wanted_(&wanted), missing_(&missing), clock_(&clock) {}

  /// Reads a file to its end. `as_texts`: with no trust in the types that DuckDB finds in it.
  Result<> read(const SourceFile& file, std::vector<ColumnInfo> columns, bool as_texts,
                ChunkSink& sink);

  /// True after a read() that failed because numbers were too many for codes: start anew, with
  /// wanted columns whose numbers have no coder.
  bool needs_no_codes() const { return needs_no_codes_; }

 private:
  Result<> make_readers(const std::vector<ColumnInfo>& columns,
                        const std::set<std::string>& by_dictionary);
  Result<std::set<std::string>> columns_by_dictionary(const SourceFile& file);
  Result<> take(const Rows& rows) override;

  Database* database_;
  const std::vector<WantedColumn>* wanted_;
  const MissingValues* missing_;
  const PaneClock* clock_;
  std::set<std::string> functions_;
  std::vector<ColumnReader> readers_;
  std::vector<ColumnChunk> chunks_;
  ChunkSink* sink_ = nullptr;
  bool needs_no_codes_ = false;
};

/// How many rows a Parquet file says it has.
Result<std::uint64_t> count_rows(Database& database, const SourceFile& file);

/// The columns of a file; kCorrupt if it makes no sense.
Result<std::vector<ColumnInfo>> describe(Database& database, const SourceFile& file,
                                         const MissingValues& missing);

}  // namespace leeway::tables
