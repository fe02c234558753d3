#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace leeway::tests {

/// How one life of the daemon ends.
struct Kill {
  std::string failpoint;              ///< "name:n"; empty: killed from outside
  std::chrono::milliseconds after{};  ///< of its start, if killed from outside
};

/// As many kills at seeded random instants as at named failpoints, 60 each, in a seeded order.
std::vector<Kill> planned_kills(std::uint64_t seed);

/// From $LEEWAY_CRASH_SEED, to repeat a run; else always the same.
std::uint64_t crash_seed();

}  // namespace leeway::tests
