#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/base/result.h"

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

/// The values of one column of a chunk; a view that ends with the chunk.
class Vector {
 public:
  Vector(const void* data, const std::uint64_t* valid, std::size_t size)
      : data_(data), valid_(valid), size_(size) {}

  std::size_t size() const { return size_; }
  /// T is what the statement gives: double, std::int64_t (also timestamps), std::int32_t (dates),
  /// std::uint32_t, bool, Text. Where valid() is false anything may be there.
  template <class T>
  std::span<const T> values() const {
    return {static_cast<const T*>(data_), size_};
  }
  bool all_valid() const { return valid_ == nullptr; }
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
/// value.
class ValueCode {
 public:
  virtual ~ValueCode() = default;
  /// The values are Text, std::int64_t, double or bool as registered; absent ones need a code too.
  virtual void codes(const Vector& values, std::span<std::uint32_t> out) = 0;
};

/// The rows of one statement, chunk by chunk, of which a few only are in memory. (A materialized
/// result would be outside of DuckDB's memory limit.)
class RowStream {
 public:
  RowStream(RowStream&&) noexcept;
  RowStream& operator=(RowStream&&) noexcept;
  ~RowStream();

  const std::vector<ColumnInfo>& columns() const;

  /// Fetches the next chunk; false after the last one. The chunk before ends.
  Result<bool> next();
  std::size_t rows() const;  ///< of the chunk, at most 2,048
  Vector column(std::size_t index) const;

 private:
  friend class Database;
  struct State;
  explicit RowStream(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
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

  /// Runs one SELECT.
  Result<RowStream> stream(const std::string& sql);

  /// The columns of a SELECT, without running it.
  Result<std::vector<ColumnInfo>> describe(const std::string& sql);

  /// Makes `name(x)` known to statements; `code` outlives them. kText, kInteger (as BIGINT), kReal
  /// (as DOUBLE) and kBoolean are possible.
  Result<> add_function(const std::string& name, Kind input, ValueCode& code);

 private:
  struct State;
  explicit Database(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// "name" and 'text' for SQL.
std::string quoted_name(std::string_view name);
std::string quoted_text(std::string_view text);

}  // namespace leeway::tables
