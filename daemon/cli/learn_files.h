#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "collectors/tables/plan.h"
#include "daemon/config/config.h"

namespace leeway::cli {

/// The files that paths and globs match now. kNotFound, with the first of them, if there is none.
Result<std::vector<std::filesystem::path>> files_of(const std::vector<std::string>& patterns);

/// What the daemon would learn of these files for the model, in this process; extracts and samples
/// are gone when it returns.
Result<tables::LearnAnswer> learn_files(const config::Model& model,
                                        std::vector<std::filesystem::path> paths);

}  // namespace leeway::cli
