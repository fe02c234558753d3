#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/sqlite.h"

namespace leeway::store {

/// A total that survives a restart.
struct Counter {
  std::string name;    ///< "leeway_rows_total"
  std::string labels;  ///< the caller's canonical form, for instance `model="a"`
  double value = 0.0;
};

/// Adds to a counter, which begins at zero.
Result<> add_to_counter(Connection& connection, std::string_view name, std::string_view labels,
                        double delta);

/// All of them, by name and labels.
Result<std::vector<Counter>> counters(Connection& connection);

}  // namespace leeway::store
