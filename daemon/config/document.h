#pragma once

#include <vector>

#include "daemon/config/load.h"
#include "daemon/config/node.h"
#include "daemon/config/sources.h"

namespace leeway::config {

/// The effective trees behind a Config: every value with its place.
struct Document::Tree {
  Sources sources;
  Node root;                 ///< without the models
  std::vector<Node> models;  ///< in the order of Config::models
};

}  // namespace leeway::config
