#include "daemon/config/files.h"

#include <glob.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace leeway::config {

Result<std::string> read_text(const std::string& path, std::size_t bytes_max) {
  std::error_code problem;
  if (std::filesystem::is_directory(path, problem))
    return fail(ErrorCode::kNotFound, "'" + path + "' is a folder");
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text;
  if (file) {
    text.resize(bytes_max + 1);
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
  }
  if (!file.is_open() || file.bad()) {
    return fail(ErrorCode::kNotFound,
                "cannot read '" + path + "': " + std::generic_category().message(errno));
  }
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  return text;
}

bool is_glob(const std::string& path) { return path.find_first_of("*?[") != std::string::npos; }

std::vector<std::string> expand_glob(const std::string& path) {
  if (!is_glob(path)) return {path};
  glob_t found{};
  std::vector<std::string> paths;
  if (::glob(path.c_str(), 0, nullptr, &found) == 0) {
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  ::globfree(&found);
  return paths;
}

std::string canonical(const std::string& path) {
  std::error_code problem;
  const auto found = std::filesystem::weakly_canonical(path, problem);
  return problem ? path : found.string();
}

}  // namespace leeway::config
