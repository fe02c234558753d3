#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "daemon/config/config.h"

namespace leeway::cli {

/// `leeway profile`: what the model's reference is, from `files` or else from its
/// `reference.files`, into one file for `reference.profile`: columns, cells, counts and the windows
/// that thresholds are learned from, by segment too. It holds no rows, but quantiles and the names
/// of categories, also those of private columns. The file is written whole or not at all.
///
/// Gives the sentence for the terminal. kInvalidConfig if there are no files to read; else what
/// learn_files() says.
Result<std::string> profile_files(const config::Model& model, std::vector<std::string> files,
                                  const std::filesystem::path& output);

}  // namespace leeway::cli
