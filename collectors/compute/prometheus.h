#pragma once

#include <map>
#include <memory>
#include <string>

#include "collectors/compute/asking.h"
#include "collectors/compute/source.h"

namespace leeway::compute {

/// Any PromQL, one expression a metric, by the HTTP API of Prometheus (and of Thanos, Mimir,
/// VictoriaMetrics).
struct PrometheusOptions {
  Peer peer;
  std::map<Metric, std::string> queries;
};

/// One value of an instant query.
struct QueryValue {
  std::string device;  ///< label UUID, gpu or device of the series, whichever is there first
  double value = 0.0;
};

/// Reads the answer of /api/v1/query. kNotFound for an empty vector, which is no data and never
/// zero, and where every value is NaN; kInvalidConfig with the server's words for a query that
/// fails; kCorrupt for another shape. A series whose value is NaN is left out.
Result<std::vector<QueryValue>> parse_query_answer(std::string_view body);

/// A query that gives several series is an error for a metric that is not one of GPUs: nobody but
/// its author knows whether they are to be added. Each metric stands for itself: one that fails is
/// absent, unless the server does not answer at all.
std::unique_ptr<Source> make_prometheus(PrometheusOptions options, net::HttpClient& http);

}  // namespace leeway::compute
