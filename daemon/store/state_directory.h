#pragma once

#include <filesystem>
#include <utility>

#include "daemon/store/posix.h"
#include "detectors/base/result.h"

namespace leeway::store {

/// The folder that all state is in, held by one process at a time.
class StateDirectory {
 public:
  /// Creates the folder with its subfolders, mode 0700, and locks it. An existing folder that
  /// others may enter is closed to them if it is empty or was ours before, else refused: it may be
  /// somebody's home. kUnavailable if another process holds it.
  static Result<StateDirectory> open(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }

  /// Puts the names of new files on the disk.
  Result<> sync() const;

 private:
  StateDirectory(std::filesystem::path path, Descriptor lock)
      : path_(std::move(path)), lock_(std::move(lock)) {}

  std::filesystem::path path_;
  Descriptor lock_;
};

}  // namespace leeway::store
