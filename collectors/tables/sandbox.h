#pragma once

#include <cstdint>
#include <string>

#include "detectors/base/result.h"

namespace leeway::tables {

struct SandboxLimits {
  std::uint64_t address_space = std::uint64_t{4} << 30U;
  std::uint64_t file_bytes = std::uint64_t{8} << 30U;
  std::uint64_t descriptors = 1024;
};

/// Takes from the process, for good, what decoding a file does not need: new privileges, sockets,
/// programs, other processes, core dumps, descriptors above `keep`, memory beyond the limits; and
/// makes it end with its parent. One call at the start, while there is one thread.
///
/// What the kernel refuses to set up is an error only where it must be there (limits, descriptors,
/// new privileges); without seccomp the sentence says so.
/// @return empty, or a sentence for the log on what is not in force
Result<std::string> enter_sandbox(int keep, const SandboxLimits& limits);

}  // namespace leeway::tables
