#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/base/result.h"

/// The text files of the kernel: /proc and cgroups.
namespace leeway::compute {

/// The whole file, at most 1 MiB of it. kNotFound where there is none or what it tells of is gone
/// (ENODEV, ESRCH), kUnavailable where it may not be read or the kernel does not support it.
Result<std::string> read_kernel_text(const std::string& path);

/// Splits at white space.
std::vector<std::string_view> words(std::string_view text);

std::vector<std::string_view> lines(std::string_view text);

std::optional<std::uint64_t> to_count(std::string_view word);

/// The number after `key` in lines of "key value".
std::optional<std::uint64_t> value_of(std::string_view text, std::string_view key);

/// "some avg10=0.00 avg60=0.00 avg300=0.00 total=123": the total of a line of pressure stall
/// information, in seconds. `which` is "some" or "full".
std::optional<double> stalled_seconds(std::string_view text, std::string_view which);

/// "0-3,8,10-11": how many CPUs a list names; nothing if it is no list or empty.
std::optional<std::uint64_t> count_cpus(std::string_view list);

}  // namespace leeway::compute
