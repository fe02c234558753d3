#pragma once

#include <memory>

#include "daemon/monitor/intake.h"
#include "detectors/base/random.h"

namespace leeway::monitor {

/// Resolves the incidents of models that `config` does not have, telling those who are told of such
/// ends, takes back their requests for retraining that are held, and forgets what their sources
/// beside batches kept (totals, the version that was served): a model of that name that comes later
/// begins at nothing. Gives how many incidents ended. Call it when no monitor of such a model runs:
/// at the start and after a reload.
Async<std::size_t> retire_models(Services services, std::shared_ptr<const config::Config> config,
                                 Random& random);

}  // namespace leeway::monitor
