#pragma once

#include <span>
#include <string>

#include "collectors/async/async.h"
#include "daemon/store/store.h"

namespace leeway::monitor {

/// Merges what sources added to the panes of a model that start before `before` into one row each,
/// a few panes a transaction, and deletes the sorted rows that nothing names any more. The windows
/// keep their numbers; exact statistics end there. Interrupted at any point it goes on later.
Async<> compact_panes(store::Store& store, std::string model, TimePoint before);

/// The profile of all rows of serialized ones of one schema, merged in the order given.
Result<std::string> merge_serialized(std::span<const std::string> profiles);

}  // namespace leeway::monitor
