#include "collectors/compute/cgroup.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "collectors/compute/host.h"
#include "collectors/compute/kernel_text.h"

namespace leeway::compute {
namespace {

namespace fs = std::filesystem;

constexpr int kMostDepth = 10;
constexpr int kMostFolders = 50'000;
constexpr std::size_t kShortestId = 8;

bool exists(const std::string& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

Result<> check_version(const std::string& root) {
  if (exists(root + "/cgroup.controllers")) return {};
  if (exists(root + "/cpu") || exists(root + "/memory") || exists(root + "/unified")) {
    return fail(
        ErrorCode::kUnavailable,
        "'" + root +
            "' is cgroup v1, which Leeway does not read: boot the host with "
            "systemd.unified_cgroup_hierarchy=1, or name the process or a Prometheus query");
  }
  return fail(ErrorCode::kUnavailable, "'" + root +
                                           "' is no cgroup file system: mount cgroup2 "
                                           "there, in a container with the host's groups");
}

/// Calls `found` with the name of every folder until it says true.
void walk(const std::string& root, const std::function<bool(const fs::path&)>& found) {
  std::error_code error;
  int seen = 0;
  fs::recursive_directory_iterator at(root, fs::directory_options::skip_permission_denied, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (!at->is_directory(error)) continue;
    if (++seen > kMostFolders || found(at->path())) return;
    if (at.depth() >= kMostDepth) at.disable_recursion_pending();
  }
}

/// "docker-ID.scope", "cri-containerd-ID.scope", "crio-ID.scope", "libpod-ID.scope" or the bare id
/// of the cgroupfs driver; the id in there, empty for another name.
std::string_view container_of(std::string_view name) {
  constexpr std::string_view kScope = ".scope";
  if (name.ends_with(kScope)) {
    name.remove_suffix(kScope.size());
    const std::size_t dash = name.rfind('-');
    if (dash == std::string_view::npos) return {};
    name.remove_prefix(dash + 1);
  }
  const bool is_id =
      name.size() == 64 && name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  return is_id ? name : std::string_view{};
}

Result<std::string> find_container(const CgroupOptions& options) {
  if (options.container.size() < kShortestId) {
    return fail(ErrorCode::kInvalidArgument, "the container id '" + options.container +
                                                 "' is too short: give at least 8 characters");
  }
  std::vector<std::string> found;
  walk(options.root, [&](const fs::path& folder) {
    if (container_of(folder.filename().string()).starts_with(options.container)) {
      found.push_back(folder.string());
    }
    return found.size() > 1;
  });
  if (found.empty()) {
    return fail(ErrorCode::kNotFound,
                "no group of a container '" + options.container + "' below '" + options.root + "'");
  }
  if (found.size() > 1) {
    return fail(ErrorCode::kInvalidArgument,
                "several containers begin with '" + options.container + "': give more of the id");
  }
  return found[0];
}

/// kubepods-burstable-podUID.slice with '_' for '-', or podUID.
Result<std::string> find_pod(const CgroupOptions& options) {
  std::string underscored = options.pod;
  std::ranges::replace(underscored, '-', '_');
  const std::string plain = "pod" + options.pod;
  const std::string slice = "-pod" + underscored + ".slice";
  std::string found;
  walk(options.root, [&](const fs::path& folder) {
    const std::string name = folder.filename().string();
    if (name == plain || name.ends_with(slice)) found = folder.string();
    return !found.empty();
  });
  if (found.empty()) {
    return fail(ErrorCode::kNotFound,
                "no group of a pod '" + options.pod + "' below '" + options.root + "'");
  }
  return found;
}

Result<std::string> find_path(const CgroupOptions& options) {
  std::string path = options.path;
  while (path.starts_with('/')) path.erase(0, 1);
  std::string folder = options.root + "/" + path;
  if (!exists(folder) && path.find('/') == std::string::npos) {
    folder = options.root + "/system.slice/" + path;
  }
  if (exists(folder)) return folder;
  return fail(ErrorCode::kNotFound, "no group '" + path + "' in '" + options.root +
                                        "': it has one while its unit or container runs");
}

std::string identity_of(const std::string& folder) {
  struct stat status{};
  if (::stat(folder.c_str(), &status) != 0) return {};
  return "cgroup " + std::to_string(status.st_ino);
}

void read_cpu(const std::string& folder, Reading& reading) {
  const auto text = read_kernel_text(folder + "/cpu.stat");
  const auto add = [&](Metric metric, std::string_view key, double scale, std::string_view why) {
    const auto value = text ? value_of(*text, key) : std::nullopt;
    if (value) {
      reading.add(metric, static_cast<double>(*value) * scale);
    } else {
      reading.lacks(metric, text ? std::string(why) : text.error().message);
    }
  };
  constexpr std::string_view kNoController =
      "cpu.stat has no periods: the controller 'cpu' is not enabled for the group "
      "(CPUAccounting=yes "
      "or CPUQuota= in its unit)";
  add(Metric::kCpuSeconds, "usage_usec", 1e-6, "cpu.stat has no usage_usec");
  add(Metric::kCpuPeriods, "nr_periods", 1.0, kNoController);
  add(Metric::kCpuThrottledPeriods, "nr_throttled", 1.0, kNoController);
  add(Metric::kCpuThrottledSeconds, "throttled_usec", 1e-6, kNoController);
}

/// The least of `limit_in` over the group and those above it.
std::optional<double> tightest(
    const std::string& root, std::string folder,
    const std::function<std::optional<double>(const std::string&)>& limit_in) {
  std::optional<double> least;
  while (folder.size() > root.size()) {
    const auto limit = limit_in(folder);
    if (limit && (!least || *limit < *least)) least = limit;
    folder.erase(folder.rfind('/'));
  }
  return least;
}

std::optional<double> cpu_quota(const std::string& folder) {
  const auto text = read_kernel_text(folder + "/cpu.max");
  const auto parts = text ? words(*text) : std::vector<std::string_view>{};
  const auto quota = parts.size() == 2 ? to_count(parts[0]) : std::nullopt;
  const auto period = parts.size() == 2 ? to_count(parts[1]) : std::nullopt;
  if (!quota || !period || *period == 0) return std::nullopt;  // "max"
  return static_cast<double>(*quota) / static_cast<double>(*period);
}

std::optional<double> cpuset_of(const std::string& folder) {
  const auto text = read_kernel_text(folder + "/cpuset.cpus.effective");
  const auto cpus = text ? count_cpus(*text) : std::nullopt;
  if (!cpus) return std::nullopt;
  return static_cast<double>(*cpus);
}

std::optional<double> memory_limit(const std::string& folder) {
  const auto text = read_kernel_text(folder + "/memory.max");
  const auto parts = text ? words(*text) : std::vector<std::string_view>{};
  const auto bytes = parts.empty() ? std::nullopt : to_count(parts[0]);
  if (!bytes) return std::nullopt;
  return static_cast<double>(*bytes);
}

void read_limits(const std::string& root, const std::string& folder, Reading& reading) {
  const auto quota = tightest(root, folder, cpu_quota);
  auto cpus = tightest(root, folder, cpuset_of);
  if (!cpus) cpus = cpuset_of(root);
  if (quota || cpus) {
    constexpr double kNone = std::numeric_limits<double>::infinity();
    reading.add(Metric::kCpuLimitCores, std::min(quota.value_or(kNone), cpus.value_or(kNone)));
  } else {
    reading.lacks(Metric::kCpuLimitCores, "neither cpu.max nor cpuset limits the group");
  }
  const auto memory = tightest(root, folder, memory_limit);
  if (memory) {
    reading.add(Metric::kMemoryLimitBytes, *memory);
  } else {
    reading.lacks(Metric::kMemoryLimitBytes, "no memory.max is set for the group or above it");
  }
}

void read_memory(const std::string& folder, Reading& reading) {
  const auto current = read_kernel_text(folder + "/memory.current");
  const auto bytes =
      current ? to_count(words(*current).empty() ? "" : words(*current)[0]) : std::nullopt;
  if (!bytes) {
    constexpr std::string_view kWhy =
        "the controller 'memory' is not enabled for the group (MemoryAccounting=yes in its unit)";
    for (const Metric metric :
         {Metric::kMemoryBytes, Metric::kMemoryWorkingSetBytes, Metric::kOomKills}) {
      reading.lacks(metric, std::string(kWhy));
    }
    return;
  }
  reading.add(Metric::kMemoryBytes, static_cast<double>(*bytes));
  const auto stat = read_kernel_text(folder + "/memory.stat");
  const auto inactive = stat ? value_of(*stat, "inactive_file") : std::nullopt;
  if (inactive) {
    // The two files are not read at one moment.
    const std::uint64_t kept = *inactive < *bytes ? *bytes - *inactive : 0;
    reading.add(Metric::kMemoryWorkingSetBytes, static_cast<double>(kept));
  } else {
    reading.lacks(Metric::kMemoryWorkingSetBytes, "memory.stat has no inactive_file");
  }
  const auto peak = read_kernel_text(folder + "/memory.peak");
  const auto most = peak ? to_count(words(*peak).empty() ? "" : words(*peak)[0]) : std::nullopt;
  if (most) {
    reading.add(Metric::kMemoryPeakBytes, static_cast<double>(*most));
  } else {
    reading.lacks(Metric::kMemoryPeakBytes, "the kernel has no memory.peak (Linux 5.19)");
  }
  const auto events = read_kernel_text(folder + "/memory.events");
  const auto kills = events ? value_of(*events, "oom_kill") : std::nullopt;
  if (kills) {
    reading.add(Metric::kOomKills, static_cast<double>(*kills));
  } else {
    reading.lacks(Metric::kOomKills, "memory.events has no oom_kill");
  }
}

void read_io(const std::string& folder, Reading& reading) {
  const auto text = read_kernel_text(folder + "/io.stat");
  if (!text) {
    constexpr std::string_view kWhy =
        "the controller 'io' is not enabled for the group (IOAccounting=yes in its unit)";
    reading.lacks(Metric::kIoReadBytes, std::string(kWhy));
    reading.lacks(Metric::kIoWrittenBytes, std::string(kWhy));
    return;
  }
  double read = 0.0;
  double written = 0.0;
  for (const std::string_view word : words(*text)) {
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos) continue;
    const double value = static_cast<double>(to_count(word.substr(equals + 1)).value_or(0));
    if (word.substr(0, equals) == "rbytes") read += value;
    if (word.substr(0, equals) == "wbytes") written += value;
  }
  reading.add(Metric::kIoReadBytes, read);
  reading.add(Metric::kIoWrittenBytes, written);
}

void read_processes(const std::string& folder, Reading& reading) {
  const auto text = read_kernel_text(folder + "/pids.current");
  const auto tasks = text && !words(*text).empty() ? to_count(words(*text)[0]) : std::nullopt;
  if (tasks) {
    reading.add(Metric::kProcesses, static_cast<double>(*tasks));
  } else {
    reading.lacks(Metric::kProcesses,
                  "the controller 'pids' is not enabled for the group (TasksAccounting=yes)");
  }
}

class Cgroup final : public Source {
 public:
  explicit Cgroup(CgroupOptions options) : options_(std::move(options)) {}
  std::string_view kind() const override { return "cgroup"; }

  Async<Reading> read(TimePoint /*now*/) override {
    if (folder_.empty() || !exists(folder_)) {
      auto found = find_cgroup(options_);
      if (!found) co_return fail(found.error());
      folder_ = *found;
    }
    co_return read_cgroup(options_.root, folder_);
  }

 private:
  CgroupOptions options_;
  std::string folder_;
};

}  // namespace

Result<std::string> find_cgroup(const CgroupOptions& options) {
  if (const auto checked = check_version(options.root); !checked) return fail(checked.error());
  if (!options.container.empty()) return find_container(options);
  if (!options.pod.empty()) return find_pod(options);
  return find_path(options);
}

Result<Reading> read_cgroup(const std::string& root, const std::string& folder) {
  Reading reading;
  reading.identity = identity_of(folder);
  if (reading.identity.empty()) {
    return fail(ErrorCode::kNotFound, "the group '" + folder + "' is gone");
  }
  read_cpu(folder, reading);
  read_limits(root, folder, reading);
  read_memory(folder, reading);
  read_io(folder, reading);
  read_processes(folder, reading);
  read_pressure(folder + "/", ".pressure", reading);
  return reading;
}

std::unique_ptr<Source> make_cgroup(CgroupOptions options) {
  return std::make_unique<Cgroup>(std::move(options));
}

}  // namespace leeway::compute
