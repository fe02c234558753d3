#include "tests/structure/checks.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <regex>
#include <span>

namespace leeway::tests {
namespace {

/// A room and the rooms of its own layer that it may know. Rooms of lower layers are open to all.
struct Room {
  std::string_view name;
  std::string_view knows;  ///< names, separated by blanks; "*": all
};

constexpr auto kRooms = std::to_array<Room>({
    {"detectors/base", ""},
    {"detectors/profile", "base"},
    // drift/ holds two libraries: measures, which threshold/ learns for, and compare, on top of
    // both.
    {"detectors/quality", "base profile"},
    {"detectors/threshold", "base drift profile"},
    {"detectors/drift", "base profile threshold"},
    {"detectors/multivariate", "base threshold"},
    {"detectors/performance", "base"},
    {"detectors/sequential", "base drift"},
    {"collectors/async", ""},
    {"collectors/compute", "async net"},
    {"collectors/files", "async"},
    {"collectors/net", "async"},
    {"collectors/endpoints", "async net"},
    {"collectors/registry", "async net"},
    {"collectors/tables", "async"},
    {"daemon/config", ""},
    {"daemon/log", ""},
    {"daemon/store", ""},
    {"daemon/rules", ""},
    {"daemon/api", ""},
    {"daemon/exporter", ""},
    {"daemon/delivery", "store"},
    {"daemon/retraining", "delivery store"},
    {"daemon/monitor", "config delivery exporter log retraining rules store"},
    {"daemon/endpoints", "config exporter log monitor store"},
    {"daemon/compute", "config exporter log monitor retraining store"},
    {"daemon/registry", "config exporter log monitor store"},
    {"daemon/app",
     "api compute config delivery endpoints exporter log monitor registry retraining rules store"},
    {"daemon/cli", "*"},
    {"daemon", "cli"},
});

/// Lower layers first.
constexpr std::array<std::string_view, 4> kLayers{"detectors", "collectors", "daemon", "tests"};

struct Wrapped {
  std::string_view prefix;  ///< how its headers begin
  std::vector<std::string_view> places;
};

const std::vector<Wrapped>& wrapped_libraries() {
  static const std::vector<Wrapped> wrapped{
      {"duckdb.h", {"collectors/tables/"}},
      {"sqlite3.h", {"daemon/store/"}},
      {"re2/", {"collectors/tables/", "collectors/endpoints/"}},
      {"yaml-cpp/", {"daemon/config/"}},
      {"CLI/", {"daemon/cli/"}},
      {"spdlog/", {"daemon/log/"}},
      {"openssl/", {"collectors/net/", "daemon/api/", "daemon/delivery/"}},
      {"boost/beast", {"collectors/net/", "collectors/async/asio.cc", "daemon/api/"}},
      {"prometheus/", {"daemon/exporter/", "daemon/app/"}},
  };
  return wrapped;
}

constexpr std::array<std::string_view, 7> kForNumbers{
    "Eigen/", "boost/math/", "hwy/", "tl/expected.hpp", "xxhash.h", "zstd.h", "immintrin.h"};

constexpr std::array<std::string_view, 14> kImpureHeaders{
    "condition_variable", "csignal", "filesystem", "fstream",      "future",
    "iostream",           "mutex",   "semaphore",  "shared_mutex", "stop_token",
    "syncstream",         "thread",  "barrier",    "latch"};

constexpr std::array<std::string_view, 7> kImpureCalls{
    "::now(", "random_device", "getenv(", "std::rand(", "std::cout", "std::cerr", "fopen("};

constexpr std::array<std::string_view, 8> kTopLevel{
    "CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md", "collectors", "daemon",
    "deploy",         "detectors"};
constexpr std::array<std::string_view, 2> kTopLevelToo{"systemd", "tests"};

constexpr std::size_t kLongest = 600;

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  return lines;
}

std::string_view layer_of(std::string_view path) { return path.substr(0, path.find('/')); }

/// "daemon/rules" for "daemon/rules/parser.h", "daemon" for "daemon/main.cc".
std::string_view room_of(std::string_view path) { return path.substr(0, path.rfind('/')); }

std::size_t height_of(std::string_view layer) {
  return static_cast<std::size_t>(std::ranges::find(kLayers, layer) - kLayers.begin());
}

bool is_header(std::string_view path) { return path.ends_with(".h"); }
bool is_cpp(std::string_view path) { return is_header(path) || path.ends_with(".cc"); }
bool is_test(std::string_view path) { return path.starts_with("tests/"); }

bool knows(const Room& room, std::string_view other) {
  if (room.knows == "*") return true;
  const std::string wanted = " " + std::string(other.substr(other.find('/') + 1)) + " ";
  return (" " + std::string(room.knows) + " ").find(wanted) != std::string::npos;
}

const Room* find_room(std::string_view name) {
  const auto found = std::ranges::find(kRooms, name, &Room::name);
  return found == kRooms.end() ? nullptr : &*found;
}

/// Why `path` may not include `target`; empty if it may.
std::string against_direction(std::string_view path, std::string_view target) {
  const std::size_t from = height_of(layer_of(path));
  const std::size_t to = height_of(layer_of(target));
  if (to == kLayers.size()) return "is not included from the root";
  if (to > from) {
    return std::string(layer_of(path)) + "/ must not know " + std::string(layer_of(target)) + "/";
  }
  if (to < from || is_test(path) || room_of(path) == room_of(target)) return {};
  const Room* room = find_room(room_of(path));
  if (room == nullptr) return "comes from a room that kRooms does not list";
  if (knows(*room, room_of(target))) return {};
  return std::string(room->name) + " must not know " + std::string(room_of(target));
}

/// The line without its comment; texts in quotes may lose their ends, which no check minds.
std::string_view code_of(std::string_view line) { return line.substr(0, line.find("//")); }

Complaint complaint(std::string_view path, std::size_t line, std::string message) {
  return {.path = std::string(path), .line = line, .message = std::move(message)};
}

/// A complaint for each line whose code contains one of these.
Complaints find_code(std::string_view path, std::string_view text,
                     std::span<const std::string_view> forbidden, std::string_view why) {
  Complaints complaints;
  std::size_t number = 0;
  for (const std::string_view line : lines_of(text)) {
    ++number;
    for (const std::string_view word : forbidden) {
      if (code_of(line).find(word) == std::string_view::npos) continue;
      complaints.push_back(
          complaint(path, number, "'" + std::string(word) + "' " + std::string(why)));
    }
  }
  return complaints;
}

/// The definition of a class at the left margin, which is where namespaces have theirs.
bool defines_class(std::string_view line) {
  return line.starts_with("class ") && line.find(';') == std::string_view::npos;
}

bool is_comment(std::string_view line) { return line.starts_with("//") || line.ends_with("*/"); }

}  // namespace

std::string to_string(const Complaint& complaint) {
  const std::string line = complaint.line == 0 ? "" : ":" + std::to_string(complaint.line);
  return complaint.path + line + ": " + complaint.message;
}

std::vector<Include> includes_of(std::string_view text) {
  static const std::regex kInclude(R"re(^\s*#\s*include\s*([<"])([^>"]+)[>"])re");
  std::vector<Include> includes;
  std::size_t number = 0;
  for (const std::string_view line : lines_of(text)) {
    ++number;
    std::match_results<std::string_view::const_iterator> match;
    if (!std::regex_search(line.begin(), line.end(), match, kInclude)) continue;
    includes.push_back({.line = number, .target = match[2], .quoted = *match[1].first == '"'});
  }
  return includes;
}

Complaints check_direction(std::string_view path, std::string_view text) {
  Complaints complaints;
  if (!is_cpp(path)) return complaints;
  for (const Include& include : includes_of(text)) {
    if (!include.quoted) continue;
    const bool is_neighbour = is_test(path) && include.target.find('/') == std::string::npos;
    if (is_neighbour) continue;
    const std::string why = against_direction(path, include.target);
    if (!why.empty()) {
      complaints.push_back(complaint(path, include.line, "'" + include.target + "': " + why));
    }
  }
  return complaints;
}

Complaints check_purity(std::string_view path, std::string_view text) {
  if (!is_cpp(path) || layer_of(path) != "detectors") return {};
  Complaints complaints = find_code(path, text, kImpureCalls, "has no place in detectors/");
  for (const Include& include : includes_of(text)) {
    if (include.quoted) continue;
    const bool is_std = include.target.find_first_of("/.") == std::string::npos;
    const bool is_pure =
        is_std ? std::ranges::find(kImpureHeaders, include.target) == kImpureHeaders.end()
               : std::ranges::any_of(kForNumbers, [&include](std::string_view known) {
                   return include.target.starts_with(known);
                 });
    if (is_pure) continue;
    complaints.push_back(
        complaint(path, include.line, "<" + include.target + "> has no place in detectors/"));
  }
  return complaints;
}

Complaints check_wrapping(std::string_view path, std::string_view text) {
  Complaints complaints;
  if (!is_cpp(path) || is_test(path)) return complaints;
  for (const Include& include : includes_of(text)) {
    for (const Wrapped& wrapped : wrapped_libraries()) {
      if (!include.target.starts_with(wrapped.prefix)) continue;
      const bool is_place = std::ranges::any_of(
          wrapped.places, [path](std::string_view place) { return path.starts_with(place); });
      if (is_place) continue;
      complaints.push_back(complaint(
          path, include.line,
          "<" + include.target + "> belongs in " + std::string(wrapped.places.front()) + " only"));
    }
  }
  return complaints;
}

Complaints check_length(std::string_view path, std::string_view text) {
  // One section a key of the configuration; a test compares it with the table that it is made from.
  if (path == "deploy/CONFIGURATION.md") return {};
  const std::size_t lines = lines_of(text).size();
  if (lines <= kLongest) return {};
  return {complaint(path, 0, std::to_string(lines) + " lines: there is a second idea in it")};
}

Complaints check_open_questions(std::string_view path, std::string_view text) {
  // Written apart, so that this file has none.
  static const std::regex kNote(
      "\\b(TO"
      "DO|FIX"
      "ME)\\b");
  Complaints complaints;
  std::size_t number = 0;
  for (const std::string_view line : lines_of(text)) {
    ++number;
    if (!std::regex_search(line.begin(), line.end(), kNote)) continue;
    complaints.push_back(complaint(path, number, "an open question is an issue"));
  }
  return complaints;
}

Complaints check_header(std::string_view path, std::string_view text) {
  if (!is_header(path)) return {};
  Complaints complaints;
  const auto lines = lines_of(text);
  if (std::ranges::find(lines, "#pragma once") == lines.end()) {
    complaints.push_back(complaint(path, 1, "has no '#pragma once'"));
  }
  auto line = std::ranges::find_if(lines, defines_class);
  if (line == lines.end()) {
    if (text.find("///") == std::string_view::npos) {
      complaints.push_back(complaint(path, 0, "has no word on what it is"));
    }
    return complaints;
  }
  const auto number = static_cast<std::size_t>(line - lines.begin()) + 1;
  while (line != lines.begin() && std::prev(line)->starts_with("template")) --line;
  if (line == lines.begin() || !is_comment(*std::prev(line))) {
    complaints.push_back(complaint(path, number, "its first class has no comment"));
  }
  return complaints;
}

Complaints check_habits(std::string_view path, std::string_view text) {
  if (!is_cpp(path)) return {};
  constexpr std::array<std::string_view, 2> kUnowned{"asio::detached", ".detach()"};
  constexpr std::array<std::string_view, 2> kSleeps{"this_thread::sleep", "usleep("};
  // One waits for other processes, one is this file.
  constexpr std::array<std::string_view, 2> kExempt{"tests/support/process.cc",
                                                    "tests/structure/checks.cc"};
  Complaints complaints;
  const auto lines = lines_of(text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!lines[i].starts_with("namespace std")) continue;
    complaints.push_back(complaint(path, i + 1, "namespace std belongs to the library"));
  }
  const Complaints more = is_test(path)
                              ? find_code(path, text, kSleeps, "has no place in a test")
                              : find_code(path, text, kUnowned, "has no owner: use a TaskGroup");
  if (std::ranges::find(kExempt, path) == kExempt.end()) {
    complaints.insert(complaints.end(), more.begin(), more.end());
  }
  return complaints;
}

Complaints check_top_level(const std::vector<std::string>& entries) {
  Complaints complaints;
  for (const std::string& entry : entries) {
    if (entry.starts_with('.') || std::ranges::find(kTopLevel, entry) != kTopLevel.end() ||
        std::ranges::find(kTopLevelToo, entry) != kTopLevelToo.end()) {
      continue;
    }
    complaints.push_back(complaint(entry, 0, "has no place at the top level"));
  }
  return complaints;
}

Complaints check_file(std::string_view path, std::string_view text) {
  Complaints all;
  for (const auto check : {check_direction, check_purity, check_wrapping, check_length,
                           check_open_questions, check_header, check_habits}) {
    Complaints complaints = check(path, text);
    all.insert(all.end(), complaints.begin(), complaints.end());
  }
  return all;
}

}  // namespace leeway::tests
