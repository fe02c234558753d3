#pragma once

#include <vector>

#include "collectors/compute/cost.h"
#include "collectors/compute/opencost.h"
#include "collectors/compute/sources.h"
#include "daemon/config/compute.h"

namespace leeway::compute {

/// The sources that the configuration names, in the order in which they are believed.
std::vector<SourceOptions> sources_of(const config::Compute& compute);

Price price_of(const config::ComputePrice& price);

OpenCostOptions opencost_of(const config::ComputeOpenCost& opencost, Duration timeout);

}  // namespace leeway::compute
