#include <fnmatch.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <span>
#include <system_error>

#include "collectors/files/file_watch.h"

namespace leeway::files {
namespace {

namespace fs = std::filesystem;

constexpr int kMostDepth = 64;  // of folders under a `**`

bool has_glob(std::string_view text) { return text.find_first_of("*?[") != std::string_view::npos; }

bool is_hidden(const std::string& name) { return name.starts_with('.'); }

/// A name that writers use for what is not complete, or that says so of others.
bool is_unfinished(const std::string& name) {
  constexpr std::array<std::string_view, 8> kSuffixes = {
      ".tmp", ".part", ".partial", ".crdownload", ".swp", "_SUCCESS", "_COMMITTED", "~"};
  return std::any_of(kSuffixes.begin(), kSuffixes.end(),
                     [&name](std::string_view suffix) { return name.ends_with(suffix); });
}

Error error_of(int number) {
  const bool absent = number == ENOENT || number == ENOTDIR;
  return {absent ? ErrorCode::kNotFound : ErrorCode::kUnavailable,
          std::generic_category().message(number)};
}

/// Walks the folders that a pattern leads through.
class Lister {
 public:
  explicit Lister(std::size_t most) : most_(most) {}

  Listing list(std::string_view pattern) {
    const fs::path path(pattern);
    std::vector<std::string> parts;
    for (const fs::path& part : path.relative_path()) {
      if (!part.empty()) parts.push_back(part.string());
    }
    // Parts without a glob are walked through without looking at their neighbours.
    fs::path base = path.root_path();
    std::size_t first = 0;
    while (first < parts.size() && !has_glob(parts[first])) base /= parts[first++];
    struct stat ignored{};
    const bool is_name = first < parts.size() && ::stat(path.c_str(), &ignored) == 0;
    if (first == parts.size() || is_name) {
      add_named(path.empty() ? fs::path(".") : path);
    } else {
      walk(base.empty() ? fs::path(".") : base, std::span(parts).subspan(first), 0, base.empty());
    }
    std::sort(listing_.files.begin(), listing_.files.end(),
              [](const SeenFile& a, const SeenFile& b) { return a.path < b.path; });
    const auto same = [](const SeenFile& a, const SeenFile& b) { return a.path == b.path; };
    listing_.files.erase(std::unique(listing_.files.begin(), listing_.files.end(), same),
                         listing_.files.end());
    return std::move(listing_);
  }

 private:
  void trouble(const fs::path& path, Error error) {
    listing_.troubles.push_back({.path = path.string(), .error = std::move(error)});
  }

  bool is_full() {
    if (listing_.files.size() < most_) return false;
    if (!told_) {
      trouble(listing_.files.back().path,
              {ErrorCode::kUnavailable, "more than " + std::to_string(most_) + " files match"});
    }
    told_ = true;
    return true;
  }

  /// A path as it is written: a file, or a folder whose files are meant.
  void add_named(const fs::path& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) {
      trouble(path, error_of(errno));
    } else if (S_ISDIR(status.st_mode)) {
      const std::array<std::string, 1> all = {"*"};
      walk(path, all, 0, false);
    } else {
      add(path, status);
    }
  }

  void add(const fs::path& path, const struct stat& status) {
    if (!S_ISREG(status.st_mode)) return;
    listing_.files.push_back(
        {.path = path.string(),
         .size = static_cast<std::uint64_t>(status.st_size),
         .mtime_ns = std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec,
         .inode = status.st_ino});
  }

  /// @param here  the folder is the working directory and not part of the paths
  void walk(const fs::path& folder, std::span<const std::string> parts, int depth, bool here) {
    if (parts.front() == "**") {
      walk_any_depth(folder, parts, depth, here);
      return;
    }
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end && !is_full();
         at.increment(error)) {
      const std::string name = at->path().filename().string();
      if (::fnmatch(parts.front().c_str(), name.c_str(), FNM_PERIOD) != 0) continue;
      const fs::path path = here ? fs::path(name) : at->path();
      if (parts.size() > 1) {
        if (std::error_code ignored; at->is_directory(ignored)) {
          walk(path, parts.subspan(1), depth, false);
        }
        continue;
      }
      // It may be gone by now, which is no trouble.
      struct stat status{};
      if (!is_hidden(name) && !is_unfinished(name) && ::stat(path.c_str(), &status) == 0) {
        add(path, status);
      }
    }
    if (error) trouble(folder, error_of(error.value()));
  }

  /// `**` is no folder, or one and what it leads to.
  void walk_any_depth(const fs::path& folder, std::span<const std::string> parts, int depth,
                      bool here) {
    const std::array<std::string, 1> all = {"*"};
    walk(folder, parts.size() > 1 ? parts.subspan(1) : std::span<const std::string>(all), depth,
         here);
    if (depth == kMostDepth) return;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end && !is_full();
         at.increment(error)) {
      const std::string name = at->path().filename().string();
      std::error_code ignored;
      if (is_hidden(name) || at->is_symlink(ignored) || !at->is_directory(ignored)) continue;
      walk_any_depth(here ? fs::path(name) : at->path(), parts, depth + 1, false);
    }
  }

  std::size_t most_;
  bool told_ = false;
  Listing listing_;
};

}  // namespace

Listing list_files(std::string_view pattern, std::size_t most) {
  return Lister(most).list(pattern);
}

}  // namespace leeway::files
