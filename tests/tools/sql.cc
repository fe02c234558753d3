// leeway_sql STATEMENT...: runs SQL through the same DuckDB that Leeway's workers open, and prints
// the last statement's rows as CSV. For the demo and the tests: they cut Parquet files and state
// what is expected in SQL, without asking for another runtime. Values other than numbers, texts and
// dates are printed only when cast.

#include <dlfcn.h>
#include <duckdb.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

[[noreturn]] void die(std::string_view what, std::string_view why) {
  std::fprintf(stderr, "leeway_sql: %.*s: %.*s\n", static_cast<int>(what.size()), what.data(),
               static_cast<int>(why.size()), why.data());
  std::exit(1);
}

/// The functions of DuckDB's C API that are used here, under their own names.
struct DuckDb {
  void* library = open_library();
#define LEEWAY_SYMBOL(name) \
  decltype(&::duckdb_##name) name = symbol<decltype(&::duckdb_##name)>("duckdb_" #name)
  LEEWAY_SYMBOL(open);
  LEEWAY_SYMBOL(connect);
  LEEWAY_SYMBOL(disconnect);
  LEEWAY_SYMBOL(close);
  LEEWAY_SYMBOL(query);
  LEEWAY_SYMBOL(result_error);
  LEEWAY_SYMBOL(destroy_result);
  LEEWAY_SYMBOL(column_count);
  LEEWAY_SYMBOL(row_count);
  LEEWAY_SYMBOL(column_name);
  LEEWAY_SYMBOL(value_varchar);
  LEEWAY_SYMBOL(value_is_null);
  LEEWAY_SYMBOL(free);
#undef LEEWAY_SYMBOL

 private:
  static void* open_library() {
    void* library = dlopen(LEEWAY_DUCKDB_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) die("opening DuckDB", dlerror());
    return library;
  }

  template <class Function>
  Function symbol(const char* name) const {
    void* found = dlsym(library, name);
    if (found == nullptr) die("opening DuckDB", dlerror());
    return reinterpret_cast<Function>(found);
  }
};

void print_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    return;
  }
  std::putchar('"');
  for (const char letter : text) {
    if (letter == '"') std::putchar('"');
    std::putchar(letter);
  }
  std::putchar('"');
}

void print(const DuckDb& duckdb, duckdb_result& result) {
  const idx_t columns = duckdb.column_count(&result);
  for (idx_t column = 0; column < columns; ++column) {
    if (column > 0) std::putchar(',');
    print_field(duckdb.column_name(&result, column));
  }
  std::putchar('\n');
  for (idx_t row = 0; row < duckdb.row_count(&result); ++row) {
    for (idx_t column = 0; column < columns; ++column) {
      if (column > 0) std::putchar(',');
      if (duckdb.value_is_null(&result, column, row)) continue;
      char* text = duckdb.value_varchar(&result, column, row);
      if (text == nullptr)
        die(duckdb.column_name(&result, column), "cast this column to VARCHAR to print it");
      print_field(text);
      duckdb.free(text);
    }
    std::putchar('\n');
  }
}

void run(const DuckDb& duckdb, duckdb_connection connection, const char* statement, bool last) {
  duckdb_result result;
  if (duckdb.query(connection, statement, &result) != DuckDBSuccess)
    die(statement, duckdb.result_error(&result));
  if (last) print(duckdb, result);
  duckdb.destroy_result(&result);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: leeway_sql STATEMENT...\n", stderr);
    return 2;
  }
  const DuckDb duckdb;
  duckdb_database database = nullptr;
  duckdb_connection connection = nullptr;
  if (duckdb.open(nullptr, &database) != DuckDBSuccess ||
      duckdb.connect(database, &connection) != DuckDBSuccess) {
    die("opening DuckDB", "no memory for an empty database");
  }
  for (const char* setting :
       {"SET autoinstall_known_extensions = false", "SET autoload_known_extensions = false"}) {
    run(duckdb, connection, setting, false);
  }
  for (int i = 1; i < argc; ++i) run(duckdb, connection, argv[i], i + 1 == argc);
  duckdb.disconnect(&connection);
  duckdb.close(&database);
}
