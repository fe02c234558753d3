#pragma once

#include <cstdint>
#include <vector>

#include "daemon/config/config.h"
#include "daemon/config/node.h"
#include "daemon/config/sources.h"

namespace leeway::config {

/// The values of a tree that was checked and completed: anything amiss here is our own mistake.
Model build_model(const Node& node, const Sources& sources);

/// Everything but the models and the hash.
Config build_root(const Node& node, const Sources& sources);

/// Of keys and values without their places; the order of keys does not count, that of lists does.
std::uint64_t hash_of(const Node& node);

/// The hash of a configuration: of its root and of its models.
std::uint64_t combine(std::uint64_t root, const std::vector<Model>& models);

}  // namespace leeway::config
