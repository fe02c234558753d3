#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "collectors/tables/category_coder.h"
#include "collectors/tables/duckdb.h"
#include "collectors/tables/missing_values.h"
#include "collectors/tables/panes.h"
#include "detectors/base/columns.h"

namespace leeway::tables {

/// A column that is wanted from files, whatever its type there.
struct WantedColumn {
  std::string name;
  ColumnType type = ColumnType::kNumeric;
  Kind expected = Kind::kNone;     ///< in the reference's files; kNone: not known
  CategoryCoder* coder = nullptr;  ///< of categorical and boolean columns
};

enum class Presence : std::uint8_t { kPresent, kMissing, kTypeError };

/// The values of a column in the rows of one chunk, in the form that its type asks for. Codes say
/// themselves what is missing; for all else `presence` does, and is empty if every value is there.
struct ColumnChunk {
  enum class Form : std::uint8_t { kNumbers, kCodes, kTexts, kMicros, kNothing };
  Form form = Form::kNothing;  ///< kNothing: there is presence alone
  std::span<const double> numbers;
  std::span<const std::uint32_t> codes;
  std::span<const Text> texts;
  std::span<const std::int64_t> micros;
  std::span<const Presence> presence;

  bool present(std::size_t row) const {
    return presence.empty() || presence[row] == Presence::kPresent;
  }
};

/// True if the type in the file is not one that the column's is read from, or another than that of
/// the reference's files.
bool is_retyped(const WantedColumn& wanted, const ColumnInfo& in_file, bool text_file);

/// Reads one wanted column from one file: first as expressions of the SELECT, then chunk by chunk.
class ColumnReader {
 public:
  /// @param file_kind  of the column in this file
  ColumnReader(const WantedColumn& wanted, const ColumnInfo& in_file, const MissingValues& missing,
               const PaneClock& clock);
  /// A column that the file lacks: every value is missing.
  explicit ColumnReader(const WantedColumn& wanted);

  /// The function that the expressions need, for Database::add_function.
  struct Function {
    std::string name;
    Kind input = Kind::kText;
    ValueCode* code = nullptr;  ///< null: none is needed
  };
  /// @param position  among the columns, to make a name of
  Function function(std::size_t position);

  /// Adds to the SELECT list; the items are the ones that read() will look at.
  void add_to(std::vector<std::string>& items);

  /// The chunk of `rows`; a view that ends with the next call.
  ColumnChunk read(const RowStream& rows);

 private:
  enum class Way : std::uint8_t {
    kAbsent,
    kNumbers,
    kNumberTexts,
    kCodes,
    kTexts,
    kMicros,
    kTimeTexts,
    kDays,
    kEpochIntegers,
    kEpochReals,
    kUnreadable,
  };

  Way way_of() const;
  Way datetime_way() const;
  std::string code_expression() const;
  std::string time_expression() const;
  void read_numbers(const Vector& values, ColumnChunk& chunk);
  void read_number_texts(const Vector& values, ColumnChunk& chunk);
  void read_texts(const Vector& values, ColumnChunk& chunk);
  void read_times(const RowStream& rows, ColumnChunk& chunk);
  std::int64_t micros_at(const Vector& values, std::size_t row);
  void mark(std::size_t rows, std::size_t row, Presence presence);

  const WantedColumn* wanted_;
  std::string name_;  // quoted
  std::string type_name_;
  Kind kind_ = Kind::kNone;
  const MissingValues* missing_ = nullptr;
  const PaneClock* clock_ = nullptr;
  Way way_ = Way::kAbsent;
  std::string function_;
  std::size_t item_ = 0;

  std::vector<Presence> presence_;
  bool marked_ = false;  // presence_ says something about this chunk
  std::vector<double> numbers_;
  std::vector<std::int64_t> micros_;
  std::int32_t last_day_ = 0;
  std::int64_t last_midnight_ = 0;
  bool has_last_day_ = false;
};

}  // namespace leeway::tables
