#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "collectors/tables/category_coder.h"
#include "collectors/tables/duckdb.h"
#include "collectors/tables/missing_values.h"
#include "collectors/tables/number_coder.h"
#include "collectors/tables/panes.h"
#include "detectors/base/columns.h"

namespace leeway::tables {

/// A column that is wanted from files, whatever its type there.
struct WantedColumn {
  std::string name;
  ColumnType type = ColumnType::kNumeric;
  Kind expected = Kind::kNone;     ///< in the reference's files; kNone: not known
  CategoryCoder* coder = nullptr;  ///< of categorical and boolean columns
  NumberCoder* numbers = nullptr;  ///< of numeric columns; null: they are never read by code
};

/// The values of a column in the rows of one chunk, in the form that its type asks for. Codes say
/// themselves what is missing; for all else `valid` does.
struct ColumnChunk {
  enum class Form : std::uint8_t {
    kNumbers,
    kNumberCodes,
    kCodes,
    kTexts,
    kMicros,
    kLists,
    kNothing
  };
  Form form = Form::kNothing;  ///< kNothing: nothing is valid
  std::size_t rows = 0;
  std::span<const double> numbers;  ///< by row; of kNumberCodes by code
  std::span<const std::uint32_t> codes;
  std::span<const Text> texts;
  std::span<const std::int64_t> micros;
  std::span<const ListEntry> lists;  ///< of finite elements, at least one
  std::span<const float> elements;   ///< of all lists
  Validity valid;
  Validity type_errors;  ///< there, but not readable as the column's type; empty: none
  Validity empty_texts;  ///< of what is missing, of all forms but codes; empty: none
  Validity configured;   ///< of what is missing: other values that stand for none; empty: none

  /// Of all forms but kCodes.
  bool present(std::size_t row) const {
    return form == Form::kNumberCodes ? codes[row] >= NumberCoder::kFirst : is_valid(valid, row);
  }
  /// Of kLists; of a row that is present.
  std::span<const float> list(std::size_t row) const {
    return elements.subspan(lists[row].offset, lists[row].length);
  }
  /// Of the forms of numbers; of a row that is present.
  double number(std::size_t row) const {
    return numbers[form == Form::kNumberCodes ? codes[row] : row];
  }
  bool has_type_error(std::size_t row) const {
    return !type_errors.empty() && is_valid(type_errors, row);
  }
};

/// True if the type in the file is not one that the column's is read from, or another than that of
/// the reference's files.
bool is_retyped(const WantedColumn& wanted, const ColumnInfo& in_file, bool text_file);

/// Reads one wanted column from one file: first as expressions of the SELECT, then chunk by chunk.
class ColumnReader {
 public:
  /// @param by_dictionary  the file holds the column's numbers by a dictionary
  ColumnReader(const WantedColumn& wanted, const ColumnInfo& in_file, bool by_dictionary,
               const MissingValues& missing, const PaneClock& clock);
  /// A column that the file lacks: every value is missing.
  explicit ColumnReader(const WantedColumn& wanted);

  /// The function that the expressions need, for Database::add_function.
  struct Function {
    std::string name;
    std::string_view type_name;
    ValueCode* code = nullptr;  ///< null: none is needed
  };
  /// @param position  among the columns, to make a name of
  Function function(std::size_t position);

  /// Adds to the SELECT list; the items are the ones that read() will look at.
  void add_to(std::vector<std::string>& items);

  /// The chunk of `rows`; a view that ends with the rows, or with the next call.
  ColumnChunk read(const Rows& rows);

  /// False if numbers turned out to be too many for codes: what was read is wrong.
  bool is_sound() const { return way_ != Way::kNumberCodes || !wanted_->numbers->is_full(); }

 private:
  enum class Way : std::uint8_t {
    kAbsent,
    kNumbers,  // as the file has them
    kNumberCodes,
    kCastNumbers,  // of types that are no plain numbers
    kNumberTexts,
    kCodes,
    kTexts,
    kMicros,
    kTimeTexts,
    kDays,
    kEpochIntegers,
    kEpochReals,
    kLists,
    kUnreadable,
  };

  Way way_of(bool by_dictionary) const;
  Way number_way(bool by_dictionary) const;
  Way datetime_way() const;
  std::string code_expression() const;
  std::string time_expression() const;
  void read_numbers(const Vector& values, ColumnChunk& chunk);
  void convert_numbers(const Vector& values);
  void read_number_texts(const Vector& values, ColumnChunk& chunk);
  void read_texts(const Vector& values, ColumnChunk& chunk);
  void read_lists(const Rows& rows, ColumnChunk& chunk);
  void read_unreadable(const Vector& values, ColumnChunk& chunk);
  void read_times(const Rows& rows, ColumnChunk& chunk);
  bool read_plain_times(const Vector& values, ColumnChunk& chunk);
  std::int64_t micros_at(const Vector& values, std::size_t row);

  enum class Absence : std::uint8_t { kNull, kTypeError, kEmpty, kConfigured };
  static Absence absence_of(std::string_view text) {
    return text.empty() ? Absence::kEmpty : Absence::kConfigured;
  }
  void begin_marks(Validity valid);
  void mark(std::size_t row, Absence absence);
  void end_marks(ColumnChunk& chunk) const;

  const WantedColumn* wanted_;
  std::string name_;  // quoted
  std::string type_name_;
  Kind kind_ = Kind::kNone;
  const MissingValues* missing_ = nullptr;
  const PaneClock* clock_ = nullptr;
  Way way_ = Way::kAbsent;
  std::string function_;
  std::size_t item_ = 0;

  static constexpr std::size_t kMaxChunk = 2048;
  std::array<std::uint64_t, kMaxChunk / 64> valid_{};
  using Marks = std::array<std::uint64_t, kMaxChunk / 64>;
  std::array<Marks, 4> marks_{};  // by Absence
  std::array<bool, 4> any_mark_{};
  bool any_absent_ = false;
  std::vector<double> numbers_;
  std::vector<std::int64_t> micros_;
  std::int32_t last_day_ = 0;
  std::int64_t last_midnight_ = 0;
  bool has_last_day_ = false;
};

}  // namespace leeway::tables
