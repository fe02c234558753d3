#pragma once

#include "collectors/registry/mlflow.h"
#include "daemon/config/model_registry.h"

namespace leeway::registry {

/// The server that is configured. Reads no secret; those are read when it is asked.
MlflowOptions server_of(const config::ModelRegistry& registry);

}  // namespace leeway::registry
