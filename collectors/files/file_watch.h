#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/base/result.h"
#include "detectors/base/time.h"

namespace leeway::files {

/// A regular file as one poll saw it.
struct SeenFile {
  std::string path;
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::uint64_t inode = 0;

  /// "size-mtime_ns": the version of the source, see DESIGN.md 9.
  std::string version() const;
  bool operator==(const SeenFile&) const = default;
};

/// A folder that could not be read.
struct Trouble {
  std::string path;
  Error error;
};

struct Listing {
  std::vector<SeenFile> files;  ///< sorted by path
  std::vector<Trouble> troubles;
};

/// Regular files that `pattern` names: a path, or a glob with `*`, `?`, `[a-z]` within a name and
/// `**` for folders at any depth (symbolic links to folders are not followed there). Hidden files
/// and those of writers at work (*.tmp, *.part, *.partial, *.crdownload, *.swp, *_SUCCESS, *~) are
/// left out, unless the pattern is their path. A folder means its files. A path or folder that does
/// not exist is a trouble of kNotFound; a glob without a match is not.
/// @param most  at so many files the listing stops, with a trouble
Listing list_files(std::string_view pattern, std::size_t most = 100'000);

struct Poll {
  std::vector<SeenFile> ready;  ///< sorted by path; also those that were ready before
  std::size_t waiting = 0;      ///< still being written, as far as can be told
  std::vector<Trouble> troubles;
};

/// Polls one pattern and takes no file that is still being written. A file is ready when size, time
/// and inode are as at the poll before, or when its time is older than the interval + 1 s, as
/// with one that was moved here. An empty file waits for the former. Not thread-safe.
class FileWatch {
 public:
  FileWatch(std::string pattern, Duration interval);

  /// Lists and judges; blocks for as long as the file system does.
  /// @param now  of the clock that the file system's times are compared with
  Poll poll(TimePoint now);

  /// The judgement alone, for a listing from elsewhere.
  Poll judge(Listing listing, TimePoint now);

  const std::string& pattern() const { return pattern_; }

 private:
  std::string pattern_;
  Duration interval_;
  std::map<std::string, SeenFile, std::less<>> seen_;
};

}  // namespace leeway::files
