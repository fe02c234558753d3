#include "tests/structure/tree.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <set>
#include <sstream>

namespace leeway::tests {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

/// The names in .gitignore, without slashes: ours are all plain names.
std::set<std::string> ignored_names(const fs::path& root) {
  std::set<std::string> names;
  std::istringstream lines(read(root / ".gitignore"));
  for (std::string line; std::getline(lines, line);) {
    std::erase(line, '/');
    if (!line.empty() && !line.starts_with('#')) names.insert(line);
  }
  return names;
}

void collect(const fs::path& folder, const std::set<std::string>& ignored,
             std::vector<fs::path>& files) {
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with('.') || ignored.contains(name) || entry.is_symlink()) continue;
    if (entry.is_directory()) {
      collect(entry.path(), ignored, files);
    } else if (is_source(entry.path())) {
      files.push_back(entry.path());
    }
  }
}

}  // namespace

bool is_source(const fs::path& path) {
  constexpr std::array<std::string_view, 9> kEndings{".h",  ".cc",  ".cmake", ".py", ".sh",
                                                     ".md", ".jsx", ".tsx",   ".ts"};
  constexpr std::array<std::string_view, 1> kNames{"CMakeLists.txt"};
  if (std::ranges::find(kNames, path.filename().string()) != kNames.end()) return true;
  if (!path.has_extension()) return read(path).starts_with("#!");
  return std::ranges::find(kEndings, path.extension().string()) != kEndings.end();
}

void visit_sources(
    const fs::path& root,
    const std::function<void(const std::string& path, const std::string& text)>& visit) {
  const auto ignored = ignored_names(root);
  std::vector<fs::path> files;
  for (const char* room : {"collectors", "daemon", "deploy", "detectors", "systemd", "tests"}) {
    if (fs::exists(root / room)) collect(root / room, ignored, files);
  }
  std::ranges::sort(files);
  for (const fs::path& file : files) visit(file.lexically_relative(root).string(), read(file));
}

std::vector<std::string> top_level(const fs::path& root) {
  const auto ignored = ignored_names(root);
  std::vector<std::string> entries;
  for (const fs::directory_entry& entry : fs::directory_iterator(root)) {
    std::string name = entry.path().filename().string();
    if (!ignored.contains(name)) entries.push_back(std::move(name));
  }
  std::ranges::sort(entries);
  return entries;
}

}  // namespace leeway::tests
