#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/base/result.h"
#include "detectors/base/validity.h"

namespace leeway::tables {

/// What the types of DuckDB have in common for us.
enum class Kind : std::uint8_t {
  kNone,  ///< a column of nulls without a type
  kBoolean,
  kInteger,      ///< fits int64
  kWideInteger,  ///< does not
  kReal,         ///< FLOAT, DOUBLE, DECIMAL
  kText,         ///< VARCHAR, and ENUM, UUID, TIME and such, which are read as text
  kDate,
  kTimestamp,  ///< of any precision, with or without time zone
  kList,       ///< LIST, ARRAY
  kOther,
};

/// Kind of a type by the name that DuckDB gives it: "BIGINT", "DECIMAL(18,3)", "DOUBLE[]", ...
Kind kind_of(std::string_view type_name);

struct ColumnInfo {
  std::string name;
  std::string type_name;
  Kind kind = Kind::kNone;
};

/// A string as DuckDB lays it out: short ones inside, long ones behind a pointer.
class Text {
 public:
  bool is_short() const { return length_ <= sizeof(rest_); }
  std::string_view view() const { return {is_short() ? rest_ : pointer(), length_}; }

 private:
  const char* pointer() const {
    const char* at = nullptr;
    std::memcpy(&at, rest_ + 4, sizeof(at));
    return at;
  }
  std::uint32_t length_ = 0;
  char rest_[12] = {};  // the text, zeros behind it; or 4 bytes of it and a pointer
};

/// Where the elements of one list lie among those of all lists of a chunk.
struct ListEntry {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

/// The values of one column of a chunk; a view that ends with the chunk.
class Vector {
 public:
  Vector(const void* data, const std::uint64_t* valid, std::size_t size)
      : data_(data), valid_(valid), size_(size) {}

  std::size_t size() const { return size_; }
  /// T is what the statement gives: double, std::int64_t (also timestamps), std::int32_t (dates),
  /// std::uint32_t, bool, Text, ListEntry. Where valid() is false anything may be there.
  template <class T>
  std::span<const T> values() const {
    return {static_cast<const T*>(data_), size_};
  }
  bool all_valid() const { return valid_ == nullptr; }
  Validity validity() const {
    return valid_ == nullptr ? Validity() : Validity(valid_, (size_ + 63) / 64);
  }
  bool valid(std::size_t row) const {
    return valid_ == nullptr || ((valid_[row / 64] >> (row % 64)) & 1U) != 0;
  }

 private:
  const void* data_;
  const std::uint64_t* valid_;  // null: all are
  std::size_t size_;
};

/// A function of ours inside a statement: a number for each value. Where the file holds a column by
/// dictionary it is asked for the dictionary's entries only, so it depends on nothing but the
/// value. Dictionaries of 20,000 entries and more are taken for none.
class ValueCode {
 public:
  virtual ~ValueCode() = default;
  /// The values are of the type that was registered; absent ones need a code, too.
  virtual void codes(const Vector& values, std::span<std::uint32_t> out) = 0;
};

/// The rows of a chunk, at most 2,048; views that end with the call that shows them.
class Rows {
 public:
  std::size_t size() const;
  Vector column(std::size_t index) const;
  /// Of a column of lists: the elements of all of them.
  Vector elements(std::size_t index) const;

 private:
  friend class Database;
  explicit Rows(void* chunk) : chunk_(chunk) {}
  void* chunk_;
};

/// Takes the rows of a statement, chunk by chunk.
class RowSink {
 public:
  virtual ~RowSink() = default;
  /// The first error ends the statement.
  virtual Result<> take(const Rows& rows) = 0;
};

/// An empty DuckDB in memory on one thread that can read the files which this process has open, as
/// /proc/self/fd/N, and nothing else: no other path, no network, no extension, no setting.
///
/// libduckdb.so is opened by the first create(): $LEEWAY_DUCKDB_LIBRARY, ../lib/leeway/ and the
/// folder of the executable, then where it was built from; kUnavailable names them all if it is in
/// none.
///
/// Errors are values with a sentence of ours: DuckDB's messages may quote the data.
class Database {
 public:
  static Result<Database> create(std::uint64_t memory_bytes);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  /// Shows SELECT `items` FROM `table` to the sink, in the table's order, on the calling thread.
  /// The sink is called from inside the statement, so that no value is copied on its way.
  Result<> read(std::span<const std::string> items, const std::string& table, RowSink& sink);

  /// The columns of a SELECT, without running it.
  Result<std::vector<ColumnInfo>> describe(const std::string& sql);

  /// Makes `name(x)` known to statements, for x of the type that DuckDB names so: a number, BOOLEAN
  /// or VARCHAR. `code` outlives them.
  Result<> add_function(const std::string& name, std::string_view type_name, ValueCode& code);

 private:
  struct State;
  explicit Database(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// "name" and 'text' for SQL.
std::string quoted_name(std::string_view name);
std::string quoted_text(std::string_view text);

}  // namespace leeway::tables
