#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/config/config.h"
#include "daemon/config/diagnostics.h"
#include "daemon/config/load.h"
#include "daemon/config/node.h"
#include "daemon/config/sources.h"

namespace leeway::config {

/// A model as merged, with its values if it is right in itself.
struct Instance {
  Node tree;
  std::string path;  ///< "models[0]"
  std::optional<Model> model;
};

/// A model must have something to watch.
/// @param model  as merged; it may be wrong in any way
void check_sources(const Node& model, const std::string& path, Diagnostics& diagnostics);

/// What one model says must agree with itself: windows, limits, roles. Asks for `model`.
void check_model(const Instance& instance, const Checkers& checkers, Diagnostics& diagnostics);

/// Names must exist where they are used, and models be unique. Looks at the trees, so that a model
/// with a mistake elsewhere is checked as well.
/// @param root  its `targets` are the names that exist
void check_names(const Node& root, const std::vector<Instance>& instances, const Checkers& checkers,
                 const Sources& sources, Diagnostics& diagnostics);

/// What the daemon's own sections must agree on.
void check_root(const Node& root, Diagnostics& diagnostics);

}  // namespace leeway::config
