#pragma once

#include "daemon/store/sqlite.h"

namespace leeway::store {

/// Brings a database to the schema of this version, each step in a transaction of its own. A step
/// is never changed once it was released: a new one is added. kCorrupt if the file belongs to
/// another program, kInvalidConfig if a later Leeway wrote it.
Result<> migrate(Connection& connection);

}  // namespace leeway::store
