#include "collectors/files/file_watch.h"

#include <algorithm>
#include <limits>

namespace leeway::files {
namespace {

std::int64_t to_nanos(Duration duration) {
  const std::int64_t micros = duration.count();
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / 1000;
  return std::clamp(micros, -kMost, kMost) * 1000;
}

}  // namespace

std::string SeenFile::version() const {
  return std::to_string(size) + "-" + std::to_string(mtime_ns);
}

FileWatch::FileWatch(std::string pattern, Duration interval)
    : pattern_(std::move(pattern)), interval_(interval) {}

Poll FileWatch::poll(TimePoint now) { return judge(list_files(pattern_), now); }

Poll FileWatch::judge(Listing listing, TimePoint now) {
  const std::int64_t settled =
      to_nanos(now.time_since_epoch() - interval_ - std::chrono::seconds(1));
  Poll poll;
  poll.troubles = std::move(listing.troubles);
  std::map<std::string, SeenFile, std::less<>> seen;
  for (SeenFile& file : listing.files) {
    const auto before = seen_.find(file.path);
    const bool unchanged = before != seen_.end() && before->second == file;
    const bool old = file.size > 0 && file.mtime_ns < settled;
    seen.emplace(file.path, file);
    if (unchanged || old) {
      poll.ready.push_back(std::move(file));
    } else {
      ++poll.waiting;
    }
  }
  seen_ = std::move(seen);
  return poll;
}

}  // namespace leeway::files
