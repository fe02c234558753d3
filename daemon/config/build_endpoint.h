#pragma once

#include "daemon/config/model_endpoint.h"
#include "daemon/config/node.h"
#include "daemon/config/sources.h"

namespace leeway::config {

/// The values of an `endpoint` section that was checked and completed.
ModelEndpoint build_endpoint(const Node& node, const Sources& sources);

}  // namespace leeway::config
