#pragma once

#include <memory>
#include <string>

#include "collectors/compute/source.h"

namespace leeway::compute {

/// The whole machine, for one that serves nothing but the model: CPU time and number of CPUs of
/// /proc/stat, /proc/meminfo, /proc/pressure/*, OOM kills of /proc/vmstat. CPU time is what was
/// not idle, waiting for I/O or stolen by the hypervisor; time of guests is in it once. Memory in
/// use is MemTotal - MemAvailable.
///
/// Under ProcSubset=pid of systemd these files are hidden; the error names the drop-in.
struct HostOptions {
  std::string proc = "/proc";
};

Result<Reading> read_host(const HostOptions& options);

std::unique_ptr<Source> make_host(HostOptions options);

/// Adds the stalled seconds of the files prefix + "cpu" | "memory" | "io" + suffix, or why there
/// are none.
void read_pressure(const std::string& prefix, const std::string& suffix, Reading& reading);

}  // namespace leeway::compute
