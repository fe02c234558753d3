#include "detectors/base/validity.h"

#include <algorithm>
#include <bit>

namespace leeway {
namespace {

std::uint64_t word_at(Validity valid, std::size_t first, std::size_t size) {
  const std::size_t n = std::min<std::size_t>(64, size - first);
  return valid[first / 64] & (~std::uint64_t{0} >> (64 - n));
}

}  // namespace

std::size_t count_valid(Validity valid, std::size_t size) {
  if (valid.empty()) return size;
  std::size_t count = 0;
  for (std::size_t first = 0; first < size; first += 64) {
    count += static_cast<std::size_t>(std::popcount(word_at(valid, first, size)));
  }
  return count;
}

std::size_t keep_valid(std::span<const double> values, Validity valid, double* kept) {
  if (valid.empty()) {
    std::copy(values.begin(), values.end(), kept);
    return values.size();
  }
  std::size_t count = 0;
  for (std::size_t first = 0; first < values.size(); first += 64) {
    const std::size_t n = std::min<std::size_t>(64, values.size() - first);
    std::uint64_t bits = valid[first / 64];
    // Without a branch: gaps come at random.
    for (std::size_t i = 0; i < n; ++i, bits >>= 1U) {
      kept[count] = values[first + i];
      count += bits & 1U;
    }
  }
  return count;
}

}  // namespace leeway
