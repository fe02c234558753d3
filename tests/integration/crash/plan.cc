#include "tests/integration/crash/plan.h"

#include <cstdlib>
#include <utility>

#include "detectors/base/random.h"

namespace leeway::tests {
namespace {

constexpr std::uint64_t kSeed = 20010201;
constexpr int kAtRandom = 60;

/// The daemon does nothing of note before it is up; most of what it does follows within a second.
constexpr std::chrono::milliseconds kEarliest{20};
constexpr std::uint64_t kSpread = 900;

struct Place {
  const char* failpoint;
  int kills;
  std::uint64_t hits;  ///< killed at the 1st to the `hits`-th time that it is reached
};

/// 60 together.
constexpr Place kPlaces[] = {
    {"monitor.after_decode", 10, 3},    {"store.in_group", 4, 6},
    {"store.before_commit", 6, 8},      {"store.after_commit", 6, 8},
    {"monitor.after_commit", 5, 2},     {"monitor.before_judged", 4, 2},
    {"monitor.after_judged", 4, 2},     {"delivery.before_send", 3, 2},
    {"delivery.after_send", 8, 2},      {"store.before_rename", 2, 2},
    {"store.after_rename", 2, 2},       {"ledger.compacting", 4, 2},
    {"monitor.after_compaction", 2, 1},
};

}  // namespace

std::vector<Kill> planned_kills(std::uint64_t seed) {
  Random random(seed);
  std::vector<Kill> kills;
  for (const Place& place : kPlaces) {
    for (int i = 0; i < place.kills; ++i) {
      const std::uint64_t hit = 1 + random.below(place.hits);
      kills.push_back({.failpoint = place.failpoint + (":" + std::to_string(hit))});
    }
  }
  for (int i = 0; i < kAtRandom; ++i) {
    const std::chrono::milliseconds more(static_cast<std::int64_t>(random.below(kSpread)));
    kills.push_back({.failpoint = "", .after = kEarliest + more});
  }
  for (std::size_t left = kills.size(); left > 1; --left) {
    std::swap(kills[left - 1], kills[random.below(left)]);
  }
  return kills;
}

std::uint64_t crash_seed() {
  const char* given = std::getenv("LEEWAY_CRASH_SEED");  // NOLINT(concurrency-mt-unsafe)
  return given == nullptr ? kSeed : std::strtoull(given, nullptr, 10);
}

}  // namespace leeway::tests
