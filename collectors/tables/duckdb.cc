#include "collectors/tables/duckdb.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <exception>
#include <utility>

#include "collectors/tables/duckdb_library.h"

namespace leeway::tables {
namespace {

constexpr const char* kTake = "leeway_take";

struct TypeRow {
  duckdb_type type;
  std::string_view name;
  Kind kind;
};

constexpr std::array kTypes = {
    TypeRow{DUCKDB_TYPE_BOOLEAN, "BOOLEAN", Kind::kBoolean},
    TypeRow{DUCKDB_TYPE_TINYINT, "TINYINT", Kind::kInteger},
    TypeRow{DUCKDB_TYPE_SMALLINT, "SMALLINT", Kind::kInteger},
    TypeRow{DUCKDB_TYPE_INTEGER, "INTEGER", Kind::kInteger},
    TypeRow{DUCKDB_TYPE_BIGINT, "BIGINT", Kind::kInteger},
    TypeRow{DUCKDB_TYPE_UTINYINT, "UTINYINT", Kind::kInteger},
    TypeRow{DUCKDB_TYPE_USMALLINT, "USMALLINT", Kind::kInteger},
    TypeRow{DUCKDB_TYPE_UINTEGER, "UINTEGER", Kind::kInteger},
    TypeRow{DUCKDB_TYPE_UBIGINT, "UBIGINT", Kind::kWideInteger},
    TypeRow{DUCKDB_TYPE_HUGEINT, "HUGEINT", Kind::kWideInteger},
    TypeRow{DUCKDB_TYPE_UHUGEINT, "UHUGEINT", Kind::kWideInteger},
    TypeRow{DUCKDB_TYPE_BIGNUM, "BIGNUM", Kind::kWideInteger},
    TypeRow{DUCKDB_TYPE_FLOAT, "FLOAT", Kind::kReal},
    TypeRow{DUCKDB_TYPE_DOUBLE, "DOUBLE", Kind::kReal},
    TypeRow{DUCKDB_TYPE_DECIMAL, "DECIMAL", Kind::kReal},
    TypeRow{DUCKDB_TYPE_VARCHAR, "VARCHAR", Kind::kText},
    TypeRow{DUCKDB_TYPE_ENUM, "ENUM", Kind::kText},
    TypeRow{DUCKDB_TYPE_UUID, "UUID", Kind::kText},
    TypeRow{DUCKDB_TYPE_TIME, "TIME", Kind::kText},
    TypeRow{DUCKDB_TYPE_TIME_NS, "TIME_NS", Kind::kText},
    TypeRow{DUCKDB_TYPE_TIME_TZ, "TIME WITH TIME ZONE", Kind::kText},
    TypeRow{DUCKDB_TYPE_INTERVAL, "INTERVAL", Kind::kText},
    TypeRow{DUCKDB_TYPE_BIT, "BIT", Kind::kText},
    TypeRow{DUCKDB_TYPE_DATE, "DATE", Kind::kDate},
    TypeRow{DUCKDB_TYPE_TIMESTAMP, "TIMESTAMP", Kind::kTimestamp},
    TypeRow{DUCKDB_TYPE_TIMESTAMP_S, "TIMESTAMP_S", Kind::kTimestamp},
    TypeRow{DUCKDB_TYPE_TIMESTAMP_MS, "TIMESTAMP_MS", Kind::kTimestamp},
    TypeRow{DUCKDB_TYPE_TIMESTAMP_NS, "TIMESTAMP_NS", Kind::kTimestamp},
    TypeRow{DUCKDB_TYPE_TIMESTAMP_TZ, "TIMESTAMP WITH TIME ZONE", Kind::kTimestamp},
    TypeRow{DUCKDB_TYPE_SQLNULL, "NULL", Kind::kNone},
    TypeRow{DUCKDB_TYPE_LIST, "LIST", Kind::kList},
    TypeRow{DUCKDB_TYPE_ARRAY, "ARRAY", Kind::kList},
    TypeRow{DUCKDB_TYPE_STRUCT, "STRUCT", Kind::kOther},
    TypeRow{DUCKDB_TYPE_MAP, "MAP", Kind::kOther},
    TypeRow{DUCKDB_TYPE_UNION, "UNION", Kind::kOther},
    TypeRow{DUCKDB_TYPE_BLOB, "BLOB", Kind::kOther},
};

ColumnInfo info_of(const char* name, duckdb_type type) {
  const auto* row = std::find_if(kTypes.begin(), kTypes.end(),
                                 [type](const TypeRow& each) { return each.type == type; });
  if (row == kTypes.end()) return {.name = name, .type_name = "UNKNOWN", .kind = Kind::kOther};
  return {.name = name, .type_name = std::string(row->name), .kind = row->kind};
}

std::vector<ColumnInfo> columns_of(const DuckDb& api, duckdb_prepared_statement statement) {
  std::vector<ColumnInfo> columns;
  for (idx_t i = 0; i < api.prepared_statement_column_count(statement); ++i) {
    const char* name = api.prepared_statement_column_name(statement, i);
    columns.push_back(info_of(name, api.prepared_statement_column_type(statement, i)));
    api.free(const_cast<char*>(name));  // the header says const and asks for it to be freed
  }
  return columns;
}

struct KnownMessage {
  std::string_view part;
  std::string_view sentence;
};

/// What people meet, by the words that DuckDB uses for it.
constexpr std::array kKnownMessages = {
    KnownMessage{"o magic bytes found at end", "is not a Parquet file, or its end is missing"},
    KnownMessage{"too small to be a Parquet file", "is too short for a Parquet file"},
    KnownMessage{"Snappy", "is damaged: its compressed data makes no sense"},
    KnownMessage{"ZSTD", "is damaged: its compressed data makes no sense"},
    KnownMessage{"GZIP", "is damaged: its compressed data makes no sense"},
    KnownMessage{"gzip", "is damaged: its compressed data makes no sense"},
    KnownMessage{"TProtocolException", "is damaged: its description of itself makes no sense"},
    KnownMessage{"Malformed JSON", "is not well-formed JSON"},
    KnownMessage{"alformed", "is not well formed"},
    KnownMessage{"unicode", "is not text in UTF-8"},
    KnownMessage{"UTF-8", "is not text in UTF-8"},
    KnownMessage{"Error when sniffing file", "has no lines of equally many fields"},
    KnownMessage{"maximum line size", "has a line that is too long"},
    KnownMessage{"Maximum line size", "has a line that is too long"},
    KnownMessage{"onversion Error", "has a value that does not fit its column's type"},
    KnownMessage{"onverting", "has a value that does not fit its column's type"},
};

/// A sentence for a message of DuckDB, which may quote the data and therefore goes nowhere.
Error explain(std::string_view message) {
  if (message.starts_with("Out of Memory")) {
    return {ErrorCode::kUnavailable, "needs more memory than it may have"};
  }
  if (message.starts_with("Permission Error")) {
    return {ErrorCode::kUnavailable, "reaches outside of the files that were opened for it"};
  }
  for (const auto& known : kKnownMessages) {
    if (message.find(known.part) != std::string_view::npos) {
      return {ErrorCode::kCorrupt, std::string(known.sentence)};
    }
  }
  const std::size_t colon = message.find(':');
  const bool named = colon != std::string_view::npos && colon < 40;
  return {
      ErrorCode::kCorrupt,
      "cannot be decoded (" + std::string(named ? message.substr(0, colon) : "DuckDB error") + ")"};
}

Error explain(const char* message) {
  return explain(message == nullptr ? std::string_view() : std::string_view(message));
}

std::string megabytes(std::uint64_t bytes) { return std::to_string(bytes / 1'000'000) + "MB"; }

struct Function {
  const DuckDb* api;
  ValueCode* code;
};

/// The chunk that a function of ours is called with, as the wrapper's own.
Vector view(const DuckDb& api, duckdb_data_chunk chunk, std::size_t index) {
  duckdb_vector vector = api.data_chunk_get_vector(chunk, index);
  return {api.vector_get_data(vector), api.vector_get_validity(vector),
          api.data_chunk_get_size(chunk)};
}

void call(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
  const DuckDb& api = **duckdb_library();
  const auto* function = static_cast<const Function*>(api.scalar_function_get_extra_info(info));
  const Vector values = view(api, input, 0);
  auto* out = static_cast<std::uint32_t*>(api.vector_get_data(output));
  function->code->codes(values, {out, values.size()});
}

duckdb_type type_of(std::string_view name) {
  const auto* row = std::find_if(kTypes.begin(), kTypes.end(),
                                 [name](const TypeRow& each) { return each.name == name; });
  return row == kTypes.end() ? DUCKDB_TYPE_INVALID : row->type;
}

}  // namespace

Kind kind_of(std::string_view type_name) {
  const auto* row = std::find_if(kTypes.begin(), kTypes.end(), [type_name](const TypeRow& each) {
    return each.name == type_name;
  });
  return row == kTypes.end() ? Kind::kOther : row->kind;
}

struct Database::State {
  const DuckDb* api = nullptr;
  duckdb_database database = nullptr;
  duckdb_connection connection = nullptr;
  std::vector<std::unique_ptr<Function>> functions;
  RowSink* sink = nullptr;  // of the statement that runs
  Result<> taken;
  std::exception_ptr thrown;

  ~State() {
    if (connection != nullptr) api->disconnect(&connection);
    if (database != nullptr) api->close(&database);
  }

  Result<> run(const char* sql) {
    duckdb_result result;
    const bool ok = api->query(connection, sql, &result) == DuckDBSuccess;
    std::string why = ok ? "" : api->result_error(&result);
    api->destroy_result(&result);
    if (!ok) return fail(ErrorCode::kUnavailable, "setting DuckDB up: " + why);
    return {};
  }

  Result<> open(std::uint64_t memory_bytes) {
    duckdb_config config = nullptr;
    api->create_config(&config);
    const std::string memory = megabytes(memory_bytes);
    // An unknown option would be an error of open_ext().
    for (const auto& [name, value] : {std::pair{"threads", "1"},
                                      {"memory_limit", memory.c_str()},
                                      {"autoinstall_known_extensions", "false"},
                                      {"autoload_known_extensions", "false"},
                                      {"allow_community_extensions", "false"},
                                      {"enable_external_file_cache", "false"},
                                      {"temp_directory", ""}}) {
      api->set_config(config, name, value);
    }
    char* why = nullptr;
    const auto opened = api->open_ext(":memory:", &database, config, &why);
    api->destroy_config(&config);
    if (opened == DuckDBSuccess && api->connect(database, &connection) == DuckDBSuccess) return {};
    const std::string text = why == nullptr ? "no connection" : why;
    api->free(why);
    return fail(ErrorCode::kUnavailable, "starting DuckDB: " + text);
  }

  static void take(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output);

  Result<> add_take() {
    duckdb_scalar_function function = api->create_scalar_function();
    duckdb_logical_type any = api->create_logical_type(DUCKDB_TYPE_ANY);
    api->scalar_function_set_varargs(function, any);
    api->scalar_function_set_volatile(function);  // called for every chunk, whatever is in it
    api->scalar_function_set_extra_info(function, this, nullptr);
    const bool ok = add(function, kTake, DUCKDB_TYPE_BOOLEAN, take);
    api->destroy_logical_type(&any);
    if (!ok) return fail(ErrorCode::kUnavailable, "DuckDB does not take functions");
    return {};
  }

  /// Takes the function away, too.
  bool add(duckdb_scalar_function function, const char* name, duckdb_type result,
           duckdb_scalar_function_t body) {
    duckdb_logical_type type = api->create_logical_type(result);
    api->scalar_function_set_name(function, name);
    api->scalar_function_set_return_type(function, type);
    api->scalar_function_set_special_handling(function);  // absent values are given to us, too
    api->scalar_function_set_function(function, body);
    const bool ok = api->register_scalar_function(connection, function) == DuckDBSuccess;
    api->destroy_logical_type(&type);
    api->destroy_scalar_function(&function);
    return ok;
  }

  Result<> lock() {
    for (const char* sql :
         {"SET home_directory='/nonexistent'", "SET extension_directory='/nonexistent'",
          "SET TimeZone='UTC'", "SET allowed_directories=['/proc/self/fd/']",
          "SET enable_external_access=false", "SET lock_configuration=true"}) {
      if (auto done = run(sql); !done) return done;
    }
    return {};
  }
};

/// The function around all columns of a statement: it shows them to the sink.
void Database::State::take(duckdb_function_info info, duckdb_data_chunk input,
                           duckdb_vector output) {
  const DuckDb& api = **duckdb_library();
  auto& state = *static_cast<State*>(api.scalar_function_get_extra_info(info));
  std::memset(api.vector_get_data(output), 0, api.data_chunk_get_size(input));
  try {
    state.taken = state.sink->take(Rows(input));
  } catch (...) {
    state.thrown = std::current_exception();  // what is thrown must not pass through DuckDB
  }
  if (!state.taken || state.thrown) api.scalar_function_set_error(info, "the rows are not wanted");
}

Database::Database(std::unique_ptr<State> state) : state_(std::move(state)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<Database> Database::create(std::uint64_t memory_bytes) {
  const auto library = duckdb_library();
  if (!library) return fail(library.error());
  auto state = std::make_unique<State>();
  state->api = *library;
  if (auto opened = state->open(memory_bytes); !opened) return fail(std::move(opened.error()));
  if (auto added = state->add_take(); !added) return fail(std::move(added.error()));
  if (auto locked = state->lock(); !locked) return fail(std::move(locked.error()));
  return Database(std::move(state));
}

Result<std::vector<ColumnInfo>> Database::describe(const std::string& sql) {
  const DuckDb& api = *state_->api;
  duckdb_prepared_statement statement = nullptr;
  const bool ok = api.prepare(state_->connection, sql.c_str(), &statement) == DuckDBSuccess;
  std::vector<ColumnInfo> columns;
  Error error;
  if (ok) {
    columns = columns_of(api, statement);
  } else {
    error = explain(api.prepare_error(statement));
  }
  api.destroy_prepare(&statement);
  if (!ok) return fail(std::move(error));
  return columns;
}

Result<> Database::add_function(const std::string& name, std::string_view type_name,
                                ValueCode& code) {
  const DuckDb& api = *state_->api;
  state_->functions.push_back(std::make_unique<Function>(Function{&api, &code}));
  duckdb_scalar_function function = api.create_scalar_function();
  duckdb_logical_type in = api.create_logical_type(type_of(type_name));
  api.scalar_function_add_parameter(function, in);
  api.scalar_function_set_extra_info(function, state_->functions.back().get(), nullptr);
  const bool ok = state_->add(function, name.c_str(), DUCKDB_TYPE_UINTEGER, call);
  api.destroy_logical_type(&in);
  if (!ok) return fail(ErrorCode::kUnavailable, "DuckDB does not take the function " + name);
  return {};
}

Result<> Database::read(std::span<const std::string> items, const std::string& table,
                        RowSink& sink) {
  State& state = *state_;
  const DuckDb& api = *state.api;
  std::string sql = std::string("SELECT max(") + kTake + "(";
  for (const std::string& item : items) sql += (&item == items.data() ? "" : ", ") + item;
  if (items.empty()) sql += "true";  // without a column the rows still count
  sql += ")) FROM " + table;

  state.sink = &sink;
  state.taken = {};
  state.thrown = nullptr;
  duckdb_prepared_statement statement = nullptr;
  duckdb_result result{};
  Result<> done;
  if (api.prepare(state.connection, sql.c_str(), &statement) != DuckDBSuccess) {
    done = fail(explain(api.prepare_error(statement)));
  } else if (api.execute_prepared(statement, &result) != DuckDBSuccess) {
    done = fail(explain(api.result_error(&result)));
  }
  api.destroy_result(&result);
  api.destroy_prepare(&statement);
  state.sink = nullptr;
  if (state.thrown) std::rethrow_exception(std::exchange(state.thrown, nullptr));
  return state.taken ? done : std::exchange(state.taken, {});
}

std::size_t Rows::size() const {
  return (*duckdb_library())->data_chunk_get_size(static_cast<duckdb_data_chunk>(chunk_));
}

Vector Rows::column(std::size_t index) const {
  return view(**duckdb_library(), static_cast<duckdb_data_chunk>(chunk_), index);
}

Vector Rows::elements(std::size_t index) const {
  const DuckDb& api = **duckdb_library();
  duckdb_vector lists = api.data_chunk_get_vector(static_cast<duckdb_data_chunk>(chunk_), index);
  duckdb_vector elements = api.list_vector_get_child(lists);
  return {api.vector_get_data(elements), api.vector_get_validity(elements),
          api.list_vector_get_size(lists)};
}

namespace {

std::string quoted(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char letter : text) {
    out += letter;
    if (letter == quote) out += quote;
  }
  return out + quote;
}

}  // namespace

std::string quoted_name(std::string_view name) { return quoted(name, '"'); }
std::string quoted_text(std::string_view text) { return quoted(text, '\''); }

}  // namespace leeway::tables
