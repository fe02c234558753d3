#pragma once

#include <memory>
#include <string>

#include "collectors/compute/source.h"

namespace leeway::compute {

/// A control group, by exactly one of the names.
struct CgroupOptions {
  std::string root = "/sys/fs/cgroup";
  std::string path;       ///< below the root; "NAME.service" alone is looked for in system.slice
  std::string container;  ///< the id, or its first characters (at least 8)
  std::string pod;        ///< the uid of a Kubernetes pod
};

/// Where the group is: its folder. Containers and pods are found by the names that Docker, Podman,
/// containerd and CRI-O give to their groups, with either cgroup driver. kNotFound while there is
/// none, kUnavailable on a host with cgroup v1, kInvalidArgument if several containers begin with
/// that id.
Result<std::string> find_cgroup(const CgroupOptions& options);

/// One group of cgroup v2: cpu.stat, memory.*, io.stat, pids.current, *.pressure. The limits of CPU
/// and memory are the tightest of the group and of those above it, up to the root; without a limit
/// the CPUs are those that cpuset gives. The working set is memory.current less inactive_file, as
/// the kubelet has it; memory_bytes is memory.current, as systemd-cgtop shows it.
Result<Reading> read_cgroup(const std::string& root, const std::string& folder);

std::unique_ptr<Source> make_cgroup(CgroupOptions options);

}  // namespace leeway::compute
