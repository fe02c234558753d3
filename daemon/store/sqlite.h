#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "detectors/base/result.h"
#include "detectors/base/time.h"

struct sqlite3;
struct sqlite3_stmt;

namespace leeway::store {

/// Bytes for a BLOB column; a plain string is TEXT.
struct Blob {
  std::string_view bytes;
};

template <class T>
concept Integer = std::integral<T> && !std::same_as<T, bool>;
template <class T>
concept Enum = std::is_enum_v<T>;

class Connection;

struct StatementDeleter {
  void operator()(sqlite3_stmt* statement) const;
};
using StatementHandle = std::unique_ptr<sqlite3_stmt, StatementDeleter>;
using StatementCache = std::unordered_map<std::string, StatementHandle>;

/// The current row of a query, read column by column from the left. Valid until the next step.
class Row {
 public:
  explicit Row(sqlite3_stmt* statement) : statement_(statement) {}

  /// Reads the next columns into `values`. Times are microseconds, enums their number, unsigned
  /// 64-bit integers their bits; NULL gives an empty optional, else zero or an empty string.
  template <class... T>
  void read(T&... values) {
    (next(values), ...);
  }

 private:
  void next(std::string& value);
  void next(double& value);
  void next(bool& value) { value = integer() != 0; }
  void next(TimePoint& value) { value = from_micros(integer()); }
  void next(Duration& value) { value = Duration{integer()}; }
  void next(Integer auto& value) {
    value = static_cast<std::remove_cvref_t<decltype(value)>>(integer());
  }
  void next(Enum auto& value) {
    value = static_cast<std::remove_cvref_t<decltype(value)>>(integer());
  }
  template <class T>
  void next(std::optional<T>& value) {
    if (skip_null()) {
      value.reset();
    } else {
      next(value.emplace());
    }
  }

  std::int64_t integer();
  bool skip_null();

  sqlite3_stmt* statement_;
  int column_ = 0;
};

/// A prepared statement on loan from the cache of its connection, reset when it is given back.
class Statement {
 public:
  Statement(Connection& connection, StatementCache::node_type node);
  ~Statement();
  Statement(Statement&& other) noexcept = default;
  Statement& operator=(Statement&&) = delete;

  /// Binds the next parameters; texts and blobs must live until the last step.
  template <class... T>
  void bind(const T&... values) {
    (put(values), ...);
  }

  /// True if there is a row.
  Result<bool> step();
  Row row() const;

 private:
  void put(std::string_view text);
  void put(const std::string& text) { put(std::string_view(text)); }
  void put(const char* text) { put(std::string_view(text)); }
  void put(Blob blob);
  void put(double value);
  void put(bool value) { put_integer(value ? 1 : 0); }
  void put(TimePoint value) { put_integer(to_micros(value)); }
  void put(Duration value) { put_integer(value.count()); }
  void put(Integer auto value) { put_integer(static_cast<std::int64_t>(value)); }
  void put(Enum auto value) { put_integer(static_cast<std::int64_t>(value)); }
  template <class T>
  void put(const std::optional<T>& value) {
    if (value) {
      put(*value);
    } else {
      ++parameter_;
    }
  }
  void put_integer(std::int64_t value);

  Connection* connection_;
  StatementCache::node_type node_;
  int parameter_ = 0;
};

/// One connection to one SQLite file: the only wrapper of sqlite3.h. Used by one thread at a time.
///
/// Errors: kCorrupt for bytes that are no database or a damaged one, kInvalidArgument for a
/// violated constraint, kUnavailable for a full disk, a failed read or write, a lock.
class Connection {
 public:
  struct Options {
    bool read_only = false;      ///< refuses to write; the file must exist
    bool durable = true;         ///< a commit is on the disk (synchronous = FULL)
    int cache_kib = 256;         ///< page cache; more costs memory while idle
    std::int64_t max_bytes = 0;  ///< ceiling of the file, as a full disk is one; 0: none
  };

  /// Opens or creates the file, in WAL mode.
  static Result<std::unique_ptr<Connection>> open(const std::filesystem::path& file,
                                                  const Options& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// A statement without rows; gives the number of rows that it inserted, changed or deleted.
  template <class... Args>
  Result<std::int64_t> run(std::string_view sql, const Args&... args) {
    auto statement = prepare(sql);
    if (!statement) return fail(std::move(statement.error()));
    statement->bind(args...);
    auto stepped = statement->step();
    if (!stepped) return fail(std::move(stepped.error()));
    return changes();
  }

  /// All rows, each as what `read(Row&)` makes of it.
  template <class Read, class... Args>
  auto all(std::string_view sql, Read&& read, const Args&... args)
      -> Result<std::vector<std::invoke_result_t<Read&, Row&>>> {
    std::vector<std::invoke_result_t<Read&, Row&>> rows;
    auto done = each(
        sql,
        [&](Row& row) {
          rows.push_back(read(row));
          return Result<>{};
        },
        args...);
    if (!done) return fail(std::move(done.error()));
    return rows;
  }

  /// The first row as what `read(Row&)` makes of it, or nothing if there is none.
  template <class Read, class... Args>
  auto first(std::string_view sql, Read&& read, const Args&... args)
      -> Result<std::optional<std::invoke_result_t<Read&, Row&>>> {
    auto statement = prepare(sql);
    if (!statement) return fail(std::move(statement.error()));
    statement->bind(args...);
    auto stepped = statement->step();
    if (!stepped) return fail(std::move(stepped.error()));
    std::optional<std::invoke_result_t<Read&, Row&>> found;
    if (*stepped) {
      Row row = statement->row();
      found.emplace(read(row));
    }
    return found;
  }

  /// The first column of the first row; nothing if there is no row or it is NULL.
  template <class T, class... Args>
  Result<std::optional<T>> value(std::string_view sql, const Args&... args) {
    const auto read = [](Row& row) {
      std::optional<T> value;
      row.read(value);
      return value;
    };
    auto found = first(sql, read, args...);
    if (!found) return fail(std::move(found.error()));
    return *found ? std::move(**found) : std::nullopt;
  }

  /// Calls `visit(Row&)`, which returns a Result<>, with each row until it fails.
  template <class Visit, class... Args>
  Result<> each(std::string_view sql, Visit&& visit, const Args&... args) {
    auto statement = prepare(sql);
    if (!statement) return fail(std::move(statement.error()));
    statement->bind(args...);
    while (true) {
      auto stepped = statement->step();
      if (!stepped) return fail(std::move(stepped.error()));
      if (!*stepped) return {};
      Row row = statement->row();
      Result<> visited = visit(row);
      if (!visited) return visited;
    }
  }

  /// Several statements without parameters or rows, not cached.
  Result<> script(const std::string& sql);

  /// Runs `work` inside the open transaction so that its error undoes what it did and nothing else.
  Result<> nested(const std::function<Result<>(Connection&)>& work);

  /// True while a transaction is open. SQLite ends it by itself on some errors.
  bool in_transaction() const;

  /// True after an error that says that the disk or the file cannot be trusted with more.
  bool broken() const { return broken_; }

  /// From the cache, or compiled. Use it where run(), all() and first() do not fit.
  Result<Statement> prepare(std::string_view sql);

 private:
  friend class Statement;
  struct Closer {
    void operator()(sqlite3* database) const;
  };

  explicit Connection(std::string name) : name_(std::move(name)) {}
  Result<> configure(const Options& options);
  std::int64_t changes() const;
  Error error(int code, std::string_view doing);
  void give_back(StatementCache::node_type node);

  std::string name_;
  std::unique_ptr<sqlite3, Closer> database_;
  StatementCache cache_;  // before the database is closed, its statements are
  bool broken_ = false;
};

}  // namespace leeway::store
