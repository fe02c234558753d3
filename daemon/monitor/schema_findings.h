#pragma once

#include <vector>

#include "collectors/tables/plan.h"
#include "daemon/config/config.h"
#include "detectors/base/finding.h"
#include "detectors/profile/schema.h"

namespace leeway::monitor {

/// What one source says of the columns ("schema"): new ones are a warning, unless the configuration
/// names them or leaves them out; vanished and retyped ones are critical if they are judged and a
/// warning if not. A label that is not there is not in yet. At most 50 new columns are named, the
/// rest are one finding without a column.
std::vector<Finding> schema_findings(const tables::FoldAnswer& answer,
                                     const profile::Schema& schema, const config::Columns& columns);

/// The worst finding of each column, ordered by column.
std::vector<Finding> worst_by_column(std::vector<Finding> findings);

}  // namespace leeway::monitor
