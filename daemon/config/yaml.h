#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/config/diagnostics.h"
#include "daemon/config/node.h"
#include "daemon/config/sources.h"

namespace leeway::config {

inline constexpr std::size_t kFileBytes = 1UL << 20;
inline constexpr std::size_t kLineBytes = 1UL << 16;
inline constexpr std::size_t kNodes = 200'000;  ///< of a file, aliases counted where they are used
inline constexpr std::size_t kDepth = 32;

/// Reads one YAML document, strictly: no repeated keys, merge keys, tags, or second document; only
/// texts as keys; UTF-8 without control characters. "${...}" and "?" inside words need no quotes,
/// not even between { and }. The limits above keep small files from growing large.
/// @return nothing if it is not YAML, and then the reason is among the diagnostics; repeated keys
///         are reported and the first one kept
std::optional<Node> parse_yaml(const Sources& sources, std::uint32_t file,
                               Diagnostics& diagnostics);

/// A text of our own that is known to be good: the defaults in the description of the keys.
Node parse_yaml(std::string_view text);

}  // namespace leeway::config
