#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "collectors/compute/source.h"

namespace leeway::compute {

/// One process by the file with its id, or all processes of a name. Exactly one of the two.
struct ProcessOptions {
  std::string proc = "/proc";
  std::string pid_file;
  std::string name;  ///< as `ps -o comm` shows it, at most 15 characters
};

/// What Leeway needs of /proc/[pid]/stat. The name may contain blanks and ')', so the fields are
/// counted from the last ')'.
struct ProcessStat {
  pid_t id = 0;
  std::string name;
  std::uint64_t user_ticks = 0;
  std::uint64_t system_ticks = 0;
  std::uint64_t threads = 0;
  std::uint64_t start_ticks = 0;  ///< after boot; with the id it names a process for good
  std::uint64_t resident_pages = 0;
};

std::optional<ProcessStat> parse_process_stat(std::string_view text);

/// CPU time in user and system mode of the processes themselves (children count while they are of
/// that name), resident memory, threads. A process that ends keeps what it had used, so that the
/// sum never falls; one that appears counts from its start. kNotFound while there is none.
std::unique_ptr<Source> make_process(ProcessOptions options);

}  // namespace leeway::compute
