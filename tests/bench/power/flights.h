#pragma once

#include <filesystem>
#include <vector>

#include "detectors/base/result.h"
#include "detectors/profile/reference.h"

namespace leeway::power {

/// The flights of January to June 2001, a window a day, from flights.csv: how many fell into each
/// of some thirty cells of a column. On one grid, so that any of the days can be the reference of
/// any other.
Result<profile::Reference> read_flights(const std::filesystem::path& file);

/// The reference of some of the windows of another.
profile::Reference some_windows(const profile::Reference& all,
                                const std::vector<std::size_t>& windows);

}  // namespace leeway::power
