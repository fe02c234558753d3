#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "collectors/endpoints/probe.h"
#include "collectors/endpoints/scrape.h"
#include "daemon/config/model_endpoint.h"

namespace leeway::endpoint {

/// What is probed, from what is configured. Reads the secrets of URL and headers and the file of
/// golden rows now; those of the authorization when they are needed. May block on a disk.
/// kNotFound for a secret or file that is missing, kCorrupt for golden rows that make no sense.
Result<endpoints::ProbeTarget> target_of(const config::ModelEndpoint& endpoint, std::string name);

/// The endpoint once more, to score rows of batches: with the deadline of `scoring`, without checks
/// and golden rows, and with the header field `x-leeway-purpose`, so that a server can tell. As
/// target_of() otherwise.
/// @param purpose  "canary", "shadow"
Result<endpoints::ProbeTarget> scoring_target(const config::ModelEndpoint& endpoint,
                                              const config::Scoring& scoring, std::string name,
                                              std::string_view purpose);

/// The other server of a shadow, likewise.
Result<endpoints::ProbeTarget> challenger_target(const config::Shadow& shadow, std::string name);

/// The mapping of the endpoint's own metrics that is written out; nothing if one is named, or
/// none at all.
std::optional<endpoints::Mapping> own_mapping(const config::ModelEndpoint& endpoint);

/// What of an endpoint can never work, whatever the world does: the key below `endpoint` and a
/// sentence; nothing if all is well. Reads no secret and no file.
std::optional<std::pair<std::string, std::string>> problem_of(
    const config::ModelEndpoint& endpoint);

}  // namespace leeway::endpoint
