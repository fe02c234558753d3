#pragma once

#include "daemon/config/model_endpoint.h"
#include "daemon/endpoints/endpoint_state.h"
#include "daemon/monitor/live_board.h"

namespace leeway::endpoint {

/// A change of version or schema holds a rule's condition for so long.
inline constexpr Duration kChangeLasts = std::chrono::hours(1);

/// How many probes a quantile needs: 300 for the 99th hundredth, 30 at least, so that about three
/// lie beyond it.
std::uint64_t probes_needed(double quantile);

/// What is said of an endpoint: findings, series and details. Pure.
/// @param url  as it may be shown, without secrets
monitor::LiveReport report_of(const EndpointState& state, const config::ModelEndpoint& endpoint,
                              const std::string& url, TimePoint now);

/// What is said of an endpoint that cannot even be asked: a secret or a file is missing.
monitor::LiveReport report_of_trouble(const config::ModelEndpoint& endpoint, const std::string& url,
                                      const std::string& trouble, TimePoint now);

}  // namespace leeway::endpoint
