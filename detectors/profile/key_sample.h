#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>

#include "detectors/base/bytes.h"

namespace leeway::profile {

/// How often keys (ids, whole rows) repeat, from a sample of the keys: all keys whose hash ends in
/// `level` zero bits, each with its count, the level as low as kCapacity allows (distinct sampling,
/// Gibbons 2001). A key is in the sample or not wherever it turns up, so that repetitions are seen
/// at any distance, and merging is exact: equal to the sample of both streams. Up to kCapacity
/// different keys everything is counted. A distinct count within 2 % could not tell 1 % of
/// duplicates from none; this can.
class KeySample {
 public:
  static constexpr std::size_t kCapacity = 4096;

  /// Rows that repeat an earlier one, as a share of all rows: 1 - keys / rows, both of the sample.
  struct Duplicates {
    double share = 0.0;
    /// Of the ratio, linearized (Cochran, Sampling Techniques, 1977, 6.4); 0 if all was counted.
    /// About 0.1 sqrt(100 share / keys of the sample) for pairs: at 1 % at most 0.0022.
    double standard_error = 0.0;
  };

  /// Of most keys, once there are many, one comparison.
  void add_hash(std::uint64_t hash, std::uint64_t count = 1) {
    const std::uint64_t key = hash >> kUnused;
    if ((key & mask()) == 0) insert(key, count);
  }

  void merge(const KeySample& other);
  std::optional<Duplicates> duplicates() const;  ///< nothing without keys

  bool empty() const { return counts_.empty(); }
  unsigned level() const { return level_; }
  std::uint64_t rows() const;  ///< of the sampled keys

  void write(ByteWriter& out) const;
  /// Refuses `in` if the keys make no sense.
  static KeySample read(ByteReader& in);
  bool operator==(const KeySample&) const = default;

 private:
  static constexpr unsigned kUnused = 16;  // 48 bits tell the keys of a sample apart
  static constexpr unsigned kMaxLevel = 32;

  std::uint64_t mask() const { return (std::uint64_t{1} << level_) - 1; }
  void insert(std::uint64_t key, std::uint64_t count);
  void raise(unsigned level);

  unsigned level_ = 0;
  std::unordered_map<std::uint64_t, std::uint64_t> counts_;
};

}  // namespace leeway::profile
