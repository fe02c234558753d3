#pragma once

#include <string>
#include <vector>

#include "daemon/config/diagnostics.h"
#include "daemon/config/node.h"
#include "daemon/config/sources.h"
#include "detectors/base/result.h"

namespace leeway::config {

inline constexpr std::size_t kFilesMax = 1'000;

/// A model as written, not yet merged with anything.
struct ModelSource {
  Node node;
  std::string path;  ///< "models[0]", counted in its file
};

/// A configuration file together with what it includes.
struct Files {
  Node root;  ///< of the main file, with the targets and profiles_of_models of the others, without
              ///< models
  std::vector<ModelSource> models;
};

/// Reads the main file and, recursively, what `include` names. What is wrong with an included file
/// is a diagnostic; it may not include itself, and no file is included twice.
/// @return kNotFound if the main file cannot be read
Result<Files> read_files(const std::string& path, Sources& sources, Diagnostics& diagnostics);

}  // namespace leeway::config
