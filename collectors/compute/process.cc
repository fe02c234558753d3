#include "collectors/compute/process.h"

#include <dirent.h>
#include <unistd.h>

#include <map>
#include <utility>
#include <vector>

#include "collectors/compute/kernel_text.h"
#include "detectors/base/bytes.h"

namespace leeway::compute {
namespace {

using Key = std::pair<pid_t, std::uint64_t>;  ///< id and start

std::vector<pid_t> all_processes(const std::string& proc) {
  std::vector<pid_t> ids;
  DIR* folder = ::opendir(proc.c_str());
  if (folder == nullptr) return ids;
  while (const dirent* entry = ::readdir(folder)) {
    if (const auto id = to_count(entry->d_name)) ids.push_back(static_cast<pid_t>(*id));
  }
  ::closedir(folder);
  return ids;
}

std::optional<ProcessStat> stat_of(const std::string& proc, pid_t id) {
  const auto text = read_kernel_text(proc + "/" + std::to_string(id) + "/stat");
  return text ? parse_process_stat(*text) : std::nullopt;
}

std::string name_of(const std::map<Key, std::uint64_t>& processes) {
  ByteWriter bytes;
  for (const auto& [key, ticks] : processes) {
    bytes.varint(static_cast<std::uint64_t>(key.first));
    bytes.varint(key.second);
  }
  return "processes " + std::to_string(hash64(bytes.bytes()));
}

class ProcessSource final : public Source {
 public:
  explicit ProcessSource(ProcessOptions options) : options_(std::move(options)) {}
  std::string_view kind() const override { return "process"; }

  Async<Reading> read(TimePoint /*now*/) override {
    const auto found = find();
    if (!found) co_return fail(found.error());
    co_return sum(*found);
  }

 private:
  Result<std::vector<ProcessStat>> find() const {
    return options_.pid_file.empty() ? by_name() : by_file();
  }

  Result<std::vector<ProcessStat>> by_file() const {
    const auto text = read_kernel_text(options_.pid_file);
    if (!text) return fail(Error(text.error()).in("the file with the process id"));
    const auto parts = words(*text);
    const auto id = parts.empty() ? std::nullopt : to_count(parts[0]);
    if (!id) return fail(ErrorCode::kCorrupt, "'" + options_.pid_file + "' holds no process id");
    auto stat = stat_of(options_.proc, static_cast<pid_t>(*id));
    if (!stat) {
      return fail(ErrorCode::kNotFound,
                  "no process " + std::to_string(*id) +
                      " can be seen: it "
                      "has ended, or ProtectProc=invisible hides it (drop-in host-metrics.conf)");
    }
    return std::vector<ProcessStat>{std::move(*stat)};
  }

  Result<std::vector<ProcessStat>> by_name() const {
    std::vector<ProcessStat> found;
    for (const pid_t id : all_processes(options_.proc)) {
      auto stat = stat_of(options_.proc, id);
      if (stat && stat->name == options_.name) found.push_back(std::move(*stat));
    }
    if (found.empty()) {
      return fail(ErrorCode::kNotFound,
                  "no process named '" + options_.name +
                      "' can be seen: none "
                      "runs, or ProtectProc=invisible hides it (drop-in host-metrics.conf)");
    }
    return found;
  }

  Reading sum(const std::vector<ProcessStat>& found) {
    std::map<Key, std::uint64_t> ticks;
    double resident = 0.0;
    double threads = 0.0;
    for (const ProcessStat& stat : found) {
      const Key key{stat.id, stat.start_ticks};
      const std::uint64_t used = stat.user_ticks + stat.system_ticks;
      const auto before = ticks_.find(key);
      const std::uint64_t old = before == ticks_.end() ? 0 : before->second;
      total_ticks_ += used > old ? used - old : 0;
      ticks.emplace(key, used);
      resident += static_cast<double>(stat.resident_pages);
      threads += static_cast<double>(stat.threads);
    }
    // The sum holds processes that have ended, so another object goes on with it only where it
    // begins with the same ones.
    if (identity_.empty()) identity_ = name_of(ticks);
    ticks_ = std::move(ticks);
    Reading reading{.identity = identity_, .samples = {}, .absent = {}};
    reading.add(Metric::kCpuSeconds,
                static_cast<double>(total_ticks_) / static_cast<double>(::sysconf(_SC_CLK_TCK)));
    reading.add(Metric::kMemoryBytes, resident * static_cast<double>(::sysconf(_SC_PAGESIZE)));
    reading.add(Metric::kProcesses, threads);
    return reading;
  }

  ProcessOptions options_;
  std::string identity_;
  std::map<Key, std::uint64_t> ticks_;
  std::uint64_t total_ticks_ = 0;
};

}  // namespace

std::optional<ProcessStat> parse_process_stat(std::string_view text) {
  const std::size_t open = text.find('(');
  const std::size_t close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    return std::nullopt;
  }
  const auto id = words(text.substr(0, open));
  const auto rest = words(text.substr(close + 1));  // begins with field 3, the state
  const auto field = [&rest](std::size_t number) {
    return number - 3 < rest.size() ? to_count(rest[number - 3]) : std::nullopt;
  };
  const auto pid = id.size() == 1 ? to_count(id[0]) : std::nullopt;
  const auto user = field(14);
  const auto system = field(15);
  const auto threads = field(20);
  const auto start = field(22);
  const auto resident = field(24);
  if (!pid || !user || !system || !threads || !start || !resident) return std::nullopt;
  return ProcessStat{.id = static_cast<pid_t>(*pid),
                     .name = std::string(text.substr(open + 1, close - open - 1)),
                     .user_ticks = *user,
                     .system_ticks = *system,
                     .threads = *threads,
                     .start_ticks = *start,
                     .resident_pages = *resident};
}

std::unique_ptr<Source> make_process(ProcessOptions options) {
  return std::make_unique<ProcessSource>(std::move(options));
}

}  // namespace leeway::compute
