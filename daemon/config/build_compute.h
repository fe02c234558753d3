#pragma once

#include "daemon/config/compute.h"
#include "daemon/config/node.h"
#include "daemon/config/sources.h"

namespace leeway::config {

/// The values of a section `compute` that was checked and completed.
/// @param sources  where secrets in files are relative to
Compute build_compute(const Node& node, const Sources& sources);

}  // namespace leeway::config
