#include "tests/support/proc.h"

#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>

namespace leeway::tests {
namespace {

namespace fs = std::filesystem;

/// The fields of /proc/PID/stat that count, by their numbers in proc(5).
struct Stat {
  char state = ' ';        // 3
  pid_t parent = 0;        // 4
  double cpu_ticks = 0.0;  // 14 to 17
};

std::optional<pid_t> id_of(const fs::path& folder) {
  const std::string name = folder.filename().string();
  pid_t id = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), id);
  if (error != std::errc{} || end != name.data() + name.size()) return std::nullopt;
  return id;
}

std::optional<Stat> stat_of(pid_t id) {
  std::ifstream file("/proc/" + std::to_string(id) + "/stat");
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  // The name of the program stands in parentheses and may itself contain any character.
  std::istringstream fields(line.substr(line.rfind(')') + 1));
  Stat stat;
  fields >> stat.state >> stat.parent;
  std::string skipped;
  for (int field = 5; field < 14; ++field) fields >> skipped;
  for (int field = 14; field <= 17; ++field) {
    double ticks = 0.0;
    fields >> ticks;
    stat.cpu_ticks += ticks;
  }
  if (!fields) return std::nullopt;
  return stat;
}

/// "VmRSS:      1234 kB" gives 1234; 0 if there is no such line.
std::uint64_t field(const fs::path& status, std::string_view name) {
  std::ifstream file(status);
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(name)) continue;
    std::istringstream rest(line.substr(name.size()));
    std::uint64_t value = 0;
    rest >> value;
    return value;
  }
  return 0;
}

/// The folders below /proc/... that bear a number. Empty if the process has ended.
std::vector<pid_t> numbered(const fs::path& folder) {
  std::vector<pid_t> ids;
  std::error_code gone;
  for (fs::directory_iterator at(folder, gone), end; !gone && at != end; at.increment(gone)) {
    if (const auto id = id_of(at->path())) ids.push_back(*id);
  }
  return ids;
}

}  // namespace

std::vector<pid_t> process_tree(pid_t root) {
  std::multimap<pid_t, pid_t> children;
  for (const pid_t id : numbered("/proc")) {
    if (const auto stat = stat_of(id); stat && stat->state != 'Z')
      children.emplace(stat->parent, id);
  }
  const auto own = stat_of(root);
  if (!own || own->state == 'Z') return {};
  std::vector<pid_t> tree{root};
  for (std::size_t i = 0; i < tree.size(); ++i) {
    const auto [first, last] = children.equal_range(tree[i]);
    for (auto child = first; child != last; ++child) tree.push_back(child->second);
  }
  return tree;
}

Usage usage_of_tree(pid_t root) {
  Usage usage;
  for (const pid_t id : process_tree(root)) {
    const auto stat = stat_of(id);
    if (!stat) continue;
    const fs::path folder = "/proc/" + std::to_string(id);
    ++usage.processes;
    usage.cpu_seconds += stat->cpu_ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
    usage.anonymous_bytes += 1024 * field(folder / "status", "RssAnon:");
    usage.resident_bytes += 1024 * field(folder / "status", "VmRSS:");
    for (const pid_t thread : numbered(folder / "task")) {
      const fs::path status = folder / "task" / std::to_string(thread) / "status";
      usage.voluntary_switches += field(status, "voluntary_ctxt_switches:");
    }
  }
  return usage;
}

}  // namespace leeway::tests
