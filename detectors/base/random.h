#pragma once

#include <cstdint>

namespace leeway {

/// SplitMix64 (Steele, Lea, Flood 2014): every generator in Leeway, seeded and passed in.
/// The transforms are ours because those of std differ between libraries.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
  }
  /// In [0, 1), a multiple of 2^-53.
  double uniform() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }
  /// In [0, bound), bound >= 1; the bias of at most bound / 2^64 is of no account here.
  std::uint64_t below(std::uint64_t bound) {
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(next()) * bound) >> 64U);
  }
  /// Random(state()) goes on with the same numbers.
  std::uint64_t state() const { return state_; }

 private:
  std::uint64_t state_;
};

}  // namespace leeway
