#pragma once

#include <string>
#include <vector>

#include "collectors/registry/mlflow.h"
#include "daemon/monitor/judge.h"
#include "daemon/store/windows.h"

namespace leeway::registry {

/// What is written of one judged window.
struct Results {
  std::vector<Metric> metrics;  ///< each key once; time and step are the window's end (ms)
  Tags tags;                    ///< of the run: the newest window's status, end and reference
};

/// All rows of the window, no segments: "leeway/rows", "leeway/status" (0 ok, 1 warning, 2
/// critical, -1 unknown), "leeway/drift.share", "leeway/drift.drifted_columns",
/// "leeway/drift.judged_columns", each deciding statistic as "leeway/MEASURE/COLUMN",
/// "leeway/missing/COLUMN" and the other shares of quality, and what is measured of the model as a
/// whole ("leeway/volume", several columns at once, performance). Numbers alone: no value of a row.
/// What is unknown is left out.
/// @param schema  null: not known, then there is no drift.share
Results results_of(const store::Window& window, const std::vector<Finding>& findings,
                   const profile::Schema* schema);

}  // namespace leeway::registry
