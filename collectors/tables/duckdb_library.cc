#include "collectors/tables/duckdb_library.h"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace leeway::tables {
namespace {

constexpr const char* kFile = "libduckdb.so";

std::vector<std::filesystem::path> places() {
  std::vector<std::filesystem::path> found;
  // Read once, by a process or a thread that has not started others.
  const char* named = std::getenv("LEEWAY_DUCKDB_LIBRARY");  // NOLINT(concurrency-mt-unsafe)
  if (named != nullptr && *named != '\0') found.emplace_back(named);
  std::error_code ignored;
  const auto folder = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
  if (!folder.empty()) {
    found.push_back(folder.parent_path() / "lib" / "leeway" / kFile);
    found.push_back(folder / kFile);
  }
  found.push_back(std::filesystem::path(LEEWAY_DUCKDB_FALLBACK) / kFile);
  return found;
}

Result<void*> open_library() {
  std::string tried;
  for (const auto& place : places()) {
    if (std::error_code ignored; !std::filesystem::exists(place, ignored)) {
      tried += (tried.empty() ? "" : ", ") + place.string();
      continue;
    }
    // Lazily: of its 58,000 symbols we need 37.
    if (void* library = dlopen(place.c_str(), RTLD_LAZY | RTLD_LOCAL)) return library;
    return fail(ErrorCode::kUnavailable,
                "opening DuckDB: " + std::string(dlerror()));  // NOLINT(concurrency-mt-unsafe)
  }
  return fail(ErrorCode::kUnavailable, "opening DuckDB: no libduckdb.so at " + tried);
}

Result<DuckDb> load() {
  const auto library = open_library();
  if (!library) return fail(library.error());
  DuckDb functions;
  const char* missing = nullptr;
#define LEEWAY_DUCKDB_LOAD(name)                                                                 \
  functions.name = reinterpret_cast<decltype(functions.name)>(dlsym(*library, "duckdb_" #name)); \
  if (functions.name == nullptr) missing = "duckdb_" #name;
  LEEWAY_DUCKDB_FUNCTIONS(LEEWAY_DUCKDB_LOAD)
#undef LEEWAY_DUCKDB_LOAD
  if (missing != nullptr) {
    return fail(ErrorCode::kUnavailable,
                std::string("opening DuckDB: the library lacks ") + missing + "; it must be 1.4");
  }
  return functions;
}

}  // namespace

Result<const DuckDb*> duckdb_library() {
  static const Result<DuckDb> loaded = load();
  if (!loaded) return fail(loaded.error());
  return &*loaded;
}

}  // namespace leeway::tables
