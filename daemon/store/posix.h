#pragma once

#include <filesystem>
#include <string_view>
#include <utility>

#include "detectors/base/result.h"

namespace leeway::store {

/// A file descriptor that is closed at the end.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;

  bool ok() const { return number_ >= 0; }
  int number() const { return number_; }

 private:
  int number_;
};

/// What errno says: "creating '/a/b': permission denied". kNotFound for ENOENT, else kUnavailable.
Error errno_error(std::string_view doing, const std::filesystem::path& path);

/// Opens with `flags` and waits until what was written to the file or folder is on the disk.
Result<> sync_path(const std::filesystem::path& path, int flags);

}  // namespace leeway::store
