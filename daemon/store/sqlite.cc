#include "daemon/store/sqlite.h"

#include <sqlite3.h>

#include <array>

namespace leeway::store {
namespace {

constexpr std::size_t kCachedStatements = 128;

ErrorCode code_of(int code) {
  switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorCode::kCorrupt;
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
    case SQLITE_ERROR:
      return ErrorCode::kInvalidArgument;
    default:
      return ErrorCode::kUnavailable;
  }
}

bool breaks(int code) {
  static constexpr std::array kBreaking = {SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FULL,
                                           SQLITE_IOERR,   SQLITE_NOMEM,  SQLITE_READONLY};
  for (const int breaking : kBreaking) {
    if ((code & 0xff) == breaking) return true;
  }
  return false;
}

/// The begin of a statement on one line, for messages.
std::string shortened(std::string_view sql) {
  std::string out;
  for (const char c : sql.substr(0, 200)) {
    const bool blank = c == ' ' || c == '\n';
    if (!blank || (!out.empty() && out.back() != ' ')) out += blank ? ' ' : c;
    if (out.size() == 60) return out + "...";
  }
  return out;
}

}  // namespace

void StatementDeleter::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

void Connection::Closer::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

void Row::next(std::string& value) {
  // Texts and blobs alike: the bytes of a text in UTF-8 are the text.
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column_));
  const int size = sqlite3_column_bytes(statement_, column_++);
  value.assign(bytes == nullptr ? "" : bytes, static_cast<std::size_t>(size));
}

void Row::next(double& value) { value = sqlite3_column_double(statement_, column_++); }

std::int64_t Row::integer() { return sqlite3_column_int64(statement_, column_++); }

bool Row::skip_null() {
  if (sqlite3_column_type(statement_, column_) != SQLITE_NULL) return false;
  ++column_;
  return true;
}

Statement::Statement(Connection& connection, StatementCache::node_type node)
    : connection_(&connection), node_(std::move(node)) {}

Statement::~Statement() {
  if (node_) connection_->give_back(std::move(node_));
}

void Statement::put(std::string_view text) {
  // A null pointer would bind NULL.
  sqlite3_bind_text64(node_.mapped().get(), ++parameter_, text.data() == nullptr ? "" : text.data(),
                      text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void Statement::put(Blob blob) {
  if (blob.bytes.empty()) {
    sqlite3_bind_zeroblob(node_.mapped().get(), ++parameter_, 0);
  } else {
    sqlite3_bind_blob64(node_.mapped().get(), ++parameter_, blob.bytes.data(), blob.bytes.size(),
                        SQLITE_STATIC);
  }
}

void Statement::put(double value) {
  sqlite3_bind_double(node_.mapped().get(), ++parameter_, value);
}

void Statement::put_integer(std::int64_t value) {
  sqlite3_bind_int64(node_.mapped().get(), ++parameter_, value);
}

Result<bool> Statement::step() {
  LEEWAY_ASSERT(parameter_ == sqlite3_bind_parameter_count(node_.mapped().get()),
                "every parameter of a statement is bound");
  const int code = sqlite3_step(node_.mapped().get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return fail(connection_->error(code, node_.key()));
}

Row Statement::row() const { return Row(node_.mapped().get()); }

Connection::~Connection() = default;

Result<std::unique_ptr<Connection>> Connection::open(const std::filesystem::path& file,
                                                     const Options& options) {
  std::unique_ptr<Connection> connection(new Connection(file.filename().string()));
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (options.read_only ? 0 : SQLITE_OPEN_CREATE);
  sqlite3* database = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &database, flags, nullptr);
  connection->database_.reset(database);
  if (code != SQLITE_OK) return fail(connection->error(code, "opening it"));
  auto configured = connection->configure(options);
  if (!configured) return fail(std::move(configured.error()));
  return connection;
}

Result<> Connection::configure(const Options& options) {
  sqlite3_busy_timeout(database_.get(), 5000);
  // Incremental vacuum can only be chosen before the first table; later it does nothing.
  auto done = script(
      "PRAGMA auto_vacuum = INCREMENTAL;"
      "PRAGMA temp_store = MEMORY;"
      "PRAGMA cache_size = -" +
      std::to_string(options.cache_kib) + ";");
  if (!done) return done;
  if (options.read_only) return script("PRAGMA query_only = TRUE;");

  auto mode = value<std::string>("PRAGMA journal_mode = WAL");
  if (!mode) return fail(std::move(mode.error()));
  if (*mode != "wal") {
    return fail(ErrorCode::kUnavailable, name_ + ": the file system has no shared memory for WAL");
  }
  done = script(std::string("PRAGMA synchronous = ") + (options.durable ? "FULL;" : "OFF;") +
                "PRAGMA journal_size_limit = 4194304;");
  if (!done || options.max_bytes == 0) return done;
  auto page = value<std::int64_t>("PRAGMA page_size");
  if (!page) return fail(std::move(page.error()));
  return script("PRAGMA max_page_count = " + std::to_string(options.max_bytes / **page) + ";");
}

Result<Statement> Connection::prepare(std::string_view sql) {
  const std::string key(sql);
  if (auto node = cache_.extract(key)) return Statement(*this, std::move(node));
  sqlite3_stmt* compiled = nullptr;
  const int code = sqlite3_prepare_v3(database_.get(), key.data(), static_cast<int>(key.size()),
                                      SQLITE_PREPARE_PERSISTENT, &compiled, nullptr);
  if (code != SQLITE_OK) return fail(error(code, sql));
  StatementCache fresh;
  fresh.emplace(key, StatementHandle(compiled));
  return Statement(*this, fresh.extract(key));
}

void Connection::give_back(StatementCache::node_type node) {
  sqlite3_reset(node.mapped().get());
  sqlite3_clear_bindings(node.mapped().get());
  // The second of two equal statements that were in use at once is dropped here as well.
  if (cache_.size() < kCachedStatements) cache_.insert(std::move(node));
}

Result<> Connection::script(const std::string& sql) {
  const int code = sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return fail(error(code, sql));
  return {};
}

Result<> Connection::nested(const std::function<Result<>(Connection&)>& work) {
  auto opened = run("SAVEPOINT nested");
  if (!opened) return fail(std::move(opened.error()));
  auto result = work(*this);
  if (broken() || !in_transaction()) return result;
  if (!result) {
    auto undone = run("ROLLBACK TO nested");
    if (!undone) return fail(std::move(undone.error()));
  }
  auto released = run("RELEASE nested");
  if (!released) return fail(std::move(released.error()));
  return result;
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(database_.get()) == 0; }

std::int64_t Connection::changes() const { return sqlite3_changes64(database_.get()); }

Error Connection::error(int code, std::string_view doing) {
  if (breaks(code)) broken_ = true;
  const char* text = database_ ? sqlite3_errmsg(database_.get()) : sqlite3_errstr(code);
  return {code_of(code),
          name_ + ": " + text + " (SQLite " + std::to_string(code) + ", " + shortened(doing) + ")"};
}

}  // namespace leeway::store
