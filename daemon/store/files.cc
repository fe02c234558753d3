#include "daemon/store/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "daemon/store/failpoint.h"
#include "daemon/store/posix.h"

namespace leeway::store {
namespace {

namespace fs = std::filesystem;

Result<> write_all(const fs::path& file, std::string_view bytes) {
  const Descriptor out(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!out.ok()) return fail(errno_error("creating", file));
  while (!bytes.empty()) {
    const ssize_t written = ::write(out.number(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail(errno_error("writing", file));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(out.number()) != 0) return fail(errno_error("syncing", file));
  return {};
}

Result<> rename_durably(const fs::path& from, const fs::path& to) {
  failpoint("store.before_rename");
  if (::rename(from.c_str(), to.c_str()) != 0) return fail(errno_error("renaming", from));
  failpoint("store.after_rename");
  return sync_path(to.parent_path(), O_RDONLY | O_DIRECTORY);
}

}  // namespace

Result<> write_durably(const fs::path& file, std::string_view bytes) {
  const fs::path temporary = file.string() + ".partial";
  auto written = write_all(temporary, bytes);
  if (written) written = rename_durably(temporary, file);
  if (!written) ::unlink(temporary.c_str());
  return written;
}

Result<> adopt_durably(const fs::path& from, const fs::path& to) {
  auto synced = sync_path(from, O_RDONLY);
  if (!synced) return synced;
  return rename_durably(from, to);
}

Result<std::string> read_file(const fs::path& file, std::size_t max_bytes) {
  const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!in.ok()) return fail(errno_error("opening", file));
  std::string bytes;
  constexpr std::size_t kChunk = std::size_t{64} << 10U;
  while (true) {
    const std::size_t before = bytes.size();
    bytes.resize(before + kChunk);
    const ssize_t got = ::read(in.number(), bytes.data() + before, kChunk);
    if (got < 0 && errno != EINTR) return fail(errno_error("reading", file));
    bytes.resize(before + static_cast<std::size_t>(got < 0 ? 0 : got));
    if (got == 0) return bytes;
    if (bytes.size() > max_bytes) {
      return fail(ErrorCode::kCorrupt,
                  "'" + file.string() + "' is longer than " + std::to_string(max_bytes) + " bytes");
    }
  }
}

Result<std::size_t> delete_unnamed(const fs::path& folder,
                                   const std::set<std::string, std::less<>>& named) {
  std::error_code code;
  std::size_t deleted = 0;
  if (!fs::exists(folder, code)) return deleted;
  auto entries = fs::directory_iterator(folder, code);
  for (; !code && entries != fs::directory_iterator(); entries.increment(code)) {
    const bool regular = entries->is_regular_file(code);
    if (!regular || named.contains(entries->path().filename().string())) continue;
    if (::unlink(entries->path().c_str()) != 0)
      return fail(errno_error("deleting", entries->path()));
    ++deleted;
  }
  if (code) {
    return fail(ErrorCode::kUnavailable, "listing '" + folder.string() + "': " + code.message());
  }
  return deleted;
}

}  // namespace leeway::store
