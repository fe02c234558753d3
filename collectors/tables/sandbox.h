#pragma once

#include <cstdint>
#include <string>

#include "detectors/base/result.h"

namespace leeway::tables {

struct SandboxLimits {
  std::uint64_t address_space = std::uint64_t{16} << 30U;  ///< the most limit_memory() can allow
  std::uint64_t file_bytes = std::uint64_t{16} << 30U;     ///< of a file that it writes
  std::uint64_t descriptors = 1024;
};

/// Takes from the process, for good, what decoding a file does not need: new privileges, sockets,
/// programs, other processes, core dumps, descriptors above `keep`, memory beyond the limits; and
/// makes it end with its parent. One call at the start, while there is one thread.
///
/// @return empty, or a sentence for the log on what is not in force: seccomp, where the kernel has
/// none; kUnavailable if one of the others cannot be had
Result<std::string> enter_sandbox(int keep, const SandboxLimits& limits);

/// From now on the process may take `bytes` more of address space than it has, at most the
/// sandbox's limit. Beyond that allocations fail. Without effect under a sanitizer.
void limit_memory(std::uint64_t bytes);

/// What the process has in memory now.
std::uint64_t resident_bytes();

}  // namespace leeway::tables
