#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

namespace leeway::tests {

/// What a process and all its descendants use now.
struct Usage {
  std::uint64_t processes = 0;
  std::uint64_t anonymous_bytes = 0;     ///< RssAnon
  std::uint64_t resident_bytes = 0;      ///< VmRSS; pages shared between them count in each
  std::uint64_t voluntary_switches = 0;  ///< of the threads alive: about the number of wake-ups
  double cpu_seconds = 0.0;              ///< user and system, with children that were reaped
};

/// Read from /proc. A process that ends meanwhile is left out.
Usage usage_of_tree(pid_t root);

/// The ids of a process and all its descendants, the root first; empty if there is no such process.
std::vector<pid_t> process_tree(pid_t root);

}  // namespace leeway::tests
