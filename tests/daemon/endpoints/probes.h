#pragma once

#include <string>

#include "daemon/config/model_endpoint.h"
#include "daemon/endpoints/endpoint_state.h"

namespace leeway::tests {

/// The first of the probes, and what others are counted from.
inline constexpr TimePoint kProbed{std::chrono::hours(24 * 20'000)};

inline config::ModelEndpoint endpoint_config() {
  config::ModelEndpoint endpoint;
  endpoint.server.protocol = "open_inference";
  endpoint.every = std::chrono::seconds(12);
  endpoint.timeout = std::chrono::seconds(2);
  endpoint.metadata_every = std::chrono::minutes(1);
  return endpoint;
}

inline endpoints::ProbeResult good_probe(TimePoint at, Duration took) {
  endpoints::ProbeResult result;
  result.at = at;
  result.up = true;
  result.ready = true;
  result.status = 200;
  result.timings.connect = took / 4;
  result.timings.first_byte = took / 2;
  result.timings.total = took;
  return result;
}

inline endpoints::ProbeResult refused_probe(TimePoint at) {
  endpoints::ProbeResult result;
  result.at = at;
  result.failed_in = net::Phase::kConnect;
  result.error = ErrorCode::kUnavailable;
  result.sentence = "connect: connection refused";
  return result;
}

inline endpoints::ProbeResult late_probe(TimePoint at) {
  endpoints::ProbeResult result;
  result.at = at;
  result.failed_in = net::Phase::kFirstByte;
  result.deadline = std::chrono::seconds(2);
  result.error = ErrorCode::kTimeout;
  result.sentence = "first byte: no answer within 2s";
  return result;
}

inline endpoints::Metadata served(std::string version, std::string type = "FP64") {
  return {.model = "m",
          .version = std::move(version),
          .platform = "sklearn",
          .inputs = {{.name = "age", .datatype = std::move(type), .shape = {-1, 1}}},
          .outputs = {{.name = "score", .datatype = "FP64", .shape = {-1, 1}}}};
}

}  // namespace leeway::tests
