#include "daemon/store/posix.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace leeway::store {

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Error errno_error(std::string_view doing, const std::filesystem::path& path) {
  const std::error_code code(errno, std::generic_category());
  return {code.value() == ENOENT ? ErrorCode::kNotFound : ErrorCode::kUnavailable,
          std::string(doing) + " '" + path.string() + "': " + code.message()};
}

Result<> sync_path(const std::filesystem::path& path, int flags) {
  const Descriptor descriptor(::open(path.c_str(), flags | O_CLOEXEC));
  if (!descriptor.ok()) return fail(errno_error("opening", path));
  if (::fsync(descriptor.number()) != 0) return fail(errno_error("syncing", path));
  return {};
}

}  // namespace leeway::store
