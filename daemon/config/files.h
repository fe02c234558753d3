#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "detectors/base/result.h"

namespace leeway::config {

/// The text of a file of at most `bytes_max` + 1 bytes (so that the caller sees one too many),
/// without a byte order mark. kNotFound if it cannot be read.
Result<std::string> read_text(const std::string& path, std::size_t bytes_max);

/// The files that a glob names, sorted; the path itself if it is none.
std::vector<std::string> expand_glob(const std::string& path);
bool is_glob(const std::string& path);

/// One name for one file, however it is reached.
std::string canonical(const std::string& path);

}  // namespace leeway::config
