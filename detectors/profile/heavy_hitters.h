#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/base/bytes.h"

namespace leeway::profile {

/// The most frequent among the values that are no category of the reference. Space-Saving
/// (Metwally, Agrawal, El Abbadi 2005) with `kCapacity` counters; each count is over by at most
/// its `over`, and by nothing while there are at most kCapacity different values. Merging as in
/// Agarwal et al. 2012. Deterministic for one order of the values.
class HeavyHitters {
 public:
  static constexpr std::size_t kCapacity = 64;
  static constexpr std::size_t kMaxBytes = 256;
  struct Item {
    std::string value;  ///< cut to kMaxBytes
    std::uint64_t count = 0;
    std::uint64_t over = 0;
    bool operator==(const Item&) const = default;
  };

  void add(std::string_view value, std::uint64_t count = 1);
  void merge(const HeavyHitters& other);
  /// Most frequent first, equal ones in byte order.
  std::vector<Item> top(std::size_t n) const;
  bool empty() const { return items_.empty(); }

  void write(ByteWriter& out) const;
  /// Refuses `in` if the items make no sense.
  static HeavyHitters read(ByteReader& in);
  bool operator==(const HeavyHitters& other) const;

 private:
  std::uint64_t least_count() const;

  std::vector<Item> items_;            // in no order that means something
  std::vector<std::uint64_t> hashes_;  // of the values: found by running over 64 numbers
};

}  // namespace leeway::profile
