#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "detectors/base/bytes.h"

namespace leeway::profile {

/// Distinct values, estimated: HyperLogLog (Flajolet et al. 2007) with 2^11 registers over hash64,
/// standard error 2.3 %, read by the estimator of Ertl 2017 (arXiv:1702.01284), which needs no
/// correction for small numbers. Merging is exact: equal to the sketch of both streams.
class Distinct {
 public:
  static constexpr unsigned kRegisterBits = 11;
  static constexpr std::size_t kRegisters = std::size_t{1} << kRegisterBits;
  static constexpr double kStandardError = 0.023;  ///< relative: 1.04 / sqrt(kRegisters)

  void add_hash(std::uint64_t hash) {
    if (registers_.empty()) registers_.resize(kRegisters, 0);
    raise(registers_.data(), hash);
  }
  /// Of a number: its bits, mixed (the finalizer of MurmurHash3). -0 is 0.
  static std::uint64_t hash_of(double value) {
    auto bits = std::bit_cast<std::uint64_t>(value + 0.0);
    bits = (bits ^ (bits >> 33U)) * 0xFF51AFD7ED558CCDULL;
    bits = (bits ^ (bits >> 33U)) * 0xC4CEB9FE1A85EC53ULL;
    return bits ^ (bits >> 33U);
  }

  /// add_hash(hash_of(value)) of each, in about 1 ns.
  void add_numbers(std::span<const double> values);

  void merge(const Distinct& other);
  double estimate() const;
  /// Sparse while that is shorter.
  void write(ByteWriter& out) const;
  /// Refuses `in` if the registers make no sense.
  static Distinct read(ByteReader& in);
  bool operator==(const Distinct&) const = default;

 private:
  static constexpr std::uint64_t kGuard = std::uint64_t{1} << (kRegisterBits - 1);
  static constexpr std::uint8_t kMaxRank = 64 - kRegisterBits + 1;

  static void raise(std::uint8_t* registers, std::uint64_t hash) {
    const auto rank =
        static_cast<std::uint8_t>(std::countl_zero((hash << kRegisterBits) | kGuard) + 1);
    std::uint8_t& largest = registers[hash >> (64U - kRegisterBits)];
    if (rank > largest) [[unlikely]]
      largest = rank;
  }

  std::vector<std::uint8_t> registers_;  // empty: nothing was added
};

}  // namespace leeway::profile
