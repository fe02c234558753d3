#pragma once

#include "daemon/monitor/timeline.h"
#include "daemon/store/sqlite.h"

namespace leeway::monitor {

/// A judged window as it would be judged now, of a model without timestamps: its batches are those
/// that it was judged by, which the timeline does not keep. kNotFound if the history has it no
/// more.
Result<Closing> batch_window_at(store::Connection& connection, const std::string& model,
                                TimePoint start);

}  // namespace leeway::monitor
