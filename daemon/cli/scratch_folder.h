#pragma once

#include <filesystem>
#include <utility>

#include "detectors/base/result.h"

namespace leeway::cli {

/// A folder of our own below $TMPDIR that is gone at the end.
class ScratchFolder {
 public:
  static Result<ScratchFolder> make();
  ~ScratchFolder();
  ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ScratchFolder& operator=(ScratchFolder&&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  explicit ScratchFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

}  // namespace leeway::cli
