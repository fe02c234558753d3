#pragma once

#include "daemon/config/model_registry.h"
#include "daemon/config/node.h"
#include "daemon/config/sources.h"

namespace leeway::config {

/// The values of a `registry` section that was checked and completed.
/// @param model  the model's name, which the registry's is by default
ModelRegistry build_registry(const Node& node, const Sources& sources, const std::string& model);

}  // namespace leeway::config
