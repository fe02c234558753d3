#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace leeway::tests {

/// Calls `visit` with the path from the root and the text of each source file below the rooms, in
/// the order of their paths. Folders that .gitignore names are passed over, and so is data.
void visit_sources(
    const std::filesystem::path& root,
    const std::function<void(const std::string& path, const std::string& text)>& visit);

/// What stands at the top level, without what .gitignore names.
std::vector<std::string> top_level(const std::filesystem::path& root);

/// Whether a file is written by people: code, scripts, build files, documents.
bool is_source(const std::filesystem::path& path);

}  // namespace leeway::tests
