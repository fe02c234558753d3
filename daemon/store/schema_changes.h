#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/ledger.h"
#include "detectors/base/finding.h"

namespace leeway::store {

/// What a source says of the columns: new, vanished and retyped ones. Kept until the windows that
/// it is part of are settled; each window's own findings are in the history.
/// Makes `findings` (column, verdict and note count, a column once) those of this source.
Result<> replace_schema_changes(Connection& connection, std::string_view model,
                                std::string_view source, std::span<const Finding> findings);

/// Those of the sources with rows in these panes, all segments; by column, a column once for each
/// source that says something of it.
Result<std::vector<Finding>> schema_changes(Connection& connection, std::string_view model,
                                            const PaneRange& range);

}  // namespace leeway::store
