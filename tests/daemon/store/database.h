#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "daemon/store/schema.h"
#include "daemon/store/sqlite.h"
#include "tests/support/temp_folder.h"

namespace leeway::tests {

/// A database with the schema of the store, for tests of the repositories.
class Database {
 public:
  Database() {
    auto opened = store::Connection::open(folder_ / "test.db", {.durable = false});
    LEEWAY_ASSERT(opened, "the test may write to its folder");
    connection_ = std::move(*opened);
    const auto migrated = store::migrate(*connection_);
    LEEWAY_ASSERT(migrated, "the schema is valid");
  }

  store::Connection& operator*() { return *connection_; }

 private:
  TempFolder folder_;
  std::unique_ptr<store::Connection> connection_;
};

/// The value of a Result, or the end of the test with its error.
template <class T>
T must(Result<T> result) {
  LEEWAY_ASSERT(result, result.error().message.c_str());
  return std::move(*result);
}
inline void must(Result<> result) { LEEWAY_ASSERT(result, result.error().message.c_str()); }

inline TimePoint at(std::string_view time) { return must(parse_time(time)); }

}  // namespace leeway::tests
