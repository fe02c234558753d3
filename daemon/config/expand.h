#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/config/diagnostics.h"
#include "daemon/config/node.h"
#include "daemon/config/sources.h"

namespace leeway::config {

inline constexpr std::size_t kModelsMax = 10'000;

/// One row of a `for_each`: what ${each.KEY} stands for.
using Row = std::map<std::string, std::string, std::less<>>;

/// The rows of a model: one without keys if it has no `for_each`. Takes the key `for_each` away.
/// @return nothing if they cannot be had, and then the reason is among the diagnostics
std::optional<std::vector<Row>> take_rows(Node& model, const std::string& path, Sources& sources,
                                          Diagnostics& diagnostics);

/// Replaces every ${each.KEY} in texts and keys. A value that is one placeholder and nothing else
/// keeps its type: it may be a number. "$$" is left alone.
/// @return false if a key is not in the row, and then the reason is among the diagnostics
bool substitute(Node& node, const Row& row, const std::string& path, Diagnostics& diagnostics);

}  // namespace leeway::config
