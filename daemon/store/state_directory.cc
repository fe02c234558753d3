#include "daemon/store/state_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <string>
#include <system_error>
#include <utility>

namespace leeway::store {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLockFile = "leeway.lock";

Result<> make_private(const fs::path& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return fail(errno_error("looking at", path));
  if (!S_ISDIR(status.st_mode)) {
    return fail(ErrorCode::kInvalidConfig, "'" + path.string() + "' is not a folder");
  }
  if ((status.st_mode & 0077U) == 0) return {};
  std::error_code code;
  const bool ours = fs::exists(path / kLockFile, code) || fs::is_empty(path, code);
  if (!ours || code) {
    return fail(ErrorCode::kInvalidConfig,
                "others may enter '" + path.string() +
                    "' and it holds other files: name a folder of Leeway's own, or chmod 700 it");
  }
  if (::chmod(path.c_str(), 0700) != 0) return fail(errno_error("closing to others", path));
  return {};
}

Result<> create(const fs::path& path) {
  std::error_code code;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), code);
  if (code) {
    return fail(ErrorCode::kUnavailable,
                "creating '" + path.parent_path().string() + "': " + code.message());
  }
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return fail(errno_error("creating", path));
  return make_private(path);
}

/// Who holds the lock, as it says itself.
std::string holder(int lock) {
  std::array<char, 32> text{};
  const ssize_t length = ::pread(lock, text.data(), text.size(), 0);
  std::string name(text.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  while (!name.empty() && name.back() == '\n') name.pop_back();
  return name.empty() ? "another process" : "process " + name;
}

Result<Descriptor> lock(const fs::path& path) {
  const fs::path file = path / kLockFile;
  Descriptor descriptor(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!descriptor.ok()) return fail(errno_error("opening", file));
  if (::flock(descriptor.number(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return fail(errno_error("locking", file));
    return fail(ErrorCode::kUnavailable,
                "the state in '" + path.string() + "' is used by " + holder(descriptor.number()));
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(descriptor.number(), 0) != 0 ||
      ::pwrite(descriptor.number(), pid.data(), pid.size(), 0) < 0) {
    return fail(errno_error("writing", file));
  }
  return descriptor;
}

}  // namespace

Result<StateDirectory> StateDirectory::open(const fs::path& path) {
  auto created = create(path);
  if (!created) return fail(std::move(created.error()));
  auto locked = lock(path);
  if (!locked) return fail(std::move(locked.error()));
  StateDirectory directory(path, std::move(*locked));
  for (const char* inside : {"references", "predictions", "scratch"}) {
    auto made = create(path / inside);
    if (!made) return fail(std::move(made.error()));
  }
  return directory;
}

Result<> StateDirectory::sync() const { return sync_path(path_, O_RDONLY | O_DIRECTORY); }

}  // namespace leeway::store
