#pragma once

#include <prometheus/metric_family.h>

#include <vector>

namespace leeway::exporter {

/// process_* of this process, from /proc/self (which the unit's ProcSubset=pid leaves), under the
/// names that Prometheus' own libraries use. What cannot be read is left out.
std::vector<prometheus::MetricFamily> process_metrics();

}  // namespace leeway::exporter
