#pragma once

#include "daemon/config/keys.h"

namespace leeway::config {

/// `compute` of a model.
extern const Section kCompute;

}  // namespace leeway::config
