#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "detectors/base/random.h"

namespace leeway::tables {

/// Draws rows of a stream without replacement such that samples of several streams merge: every row
/// has a random key of 64 bits, and the rows with the smallest keys are the sample (bottom-k; Cohen
/// and Kaplan, PODC 2007). The smallest of two samples' keys are those of both streams together.
///
/// Keys of rows that have no chance are not drawn: how many of them follow is geometric, so rows
/// that are passed over cost nothing, and a stream of n rows O(k log(n/k)) in all.
class RowPicker {
 public:
  /// @param most  k >= 1
  RowPicker(std::size_t most, std::uint64_t seed) : most_(most), random_(seed) {}

  /// For the next `count` rows of the stream: pick(position, slot) for those that are sampled, in
  /// order; a slot below size() holds an earlier row, which is replaced.
  template <class Pick>
  void pass(std::size_t count, Pick pick) {
    std::size_t at = 0;
    while (count - at > passed_over_) {
      at += static_cast<std::size_t>(passed_over_);
      pick(at, take());
      ++at;
    }
    passed_over_ -= count - at;
  }

  /// Keeps the `most` smallest keys from now on; gives the slots that remain, in the order in which
  /// they are numbered afterwards: smallest key first.
  std::vector<std::size_t> shrink(std::size_t most) {
    std::sort(heap_.begin(), heap_.end());
    heap_.resize(std::min(heap_.size(), most));
    std::vector<std::size_t> order;
    for (Key& key : heap_) order.push_back(std::exchange(key.slot, order.size()));
    std::make_heap(heap_.begin(), heap_.end());
    most_ = most;
    if (heap_.size() == most_) skip();
    return order;
  }

  std::size_t size() const { return heap_.size(); }
  std::size_t most() const { return most_; }

  /// By slot.
  std::vector<std::uint64_t> keys() const {
    std::vector<std::uint64_t> keys(heap_.size());
    for (const Key& key : heap_) keys[key.slot] = key.value;
    return keys;
  }

 private:
  struct Key {
    std::uint64_t value = 0;
    std::size_t slot = 0;
    auto operator<=>(const Key&) const = default;
  };

  std::size_t take() {
    if (heap_.size() < most_) {
      heap_.push_back({.value = random_.next(), .slot = heap_.size()});
      std::push_heap(heap_.begin(), heap_.end());
      if (heap_.size() == most_) skip();
      return heap_.size() - 1;
    }
    std::pop_heap(heap_.begin(), heap_.end());
    Key& largest = heap_.back();
    largest.value = random_.below(std::max<std::uint64_t>(largest.value, 1));
    const std::size_t slot = largest.slot;
    std::push_heap(heap_.begin(), heap_.end());
    skip();
    return slot;
  }

  /// Once the sample is full: how many rows follow that have no key smaller than its largest.
  void skip() {
    const double chance = static_cast<double>(heap_.front().value) * 0x1.0p-64;
    const double rows = std::floor(std::log(1.0 - random_.uniform()) / std::log1p(-chance));
    passed_over_ = rows < 0x1.0p62 ? static_cast<std::uint64_t>(rows)
                                   : std::numeric_limits<std::uint64_t>::max();
  }

  std::size_t most_;
  Random random_;
  std::vector<Key> heap_;  // the largest key in front
  std::uint64_t passed_over_ = 0;
};

}  // namespace leeway::tables
