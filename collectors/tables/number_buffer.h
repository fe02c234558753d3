#pragma once

#include <cstddef>
#include <span>

#include "detectors/base/validity.h"

namespace leeway::tables {

/// A growing array of numbers. Growing moves pages, not numbers, and what is not used yet takes no
/// memory: a std::vector would hold two to three times the numbers while it grows.
class NumberBuffer {
 public:
  NumberBuffer() = default;
  ~NumberBuffer();
  NumberBuffer(NumberBuffer&& other) noexcept;
  NumberBuffer& operator=(NumberBuffer&& other) noexcept;

  std::size_t size() const { return size_; }
  std::span<double> numbers() { return {data_, size_}; }
  std::span<const double> numbers() const { return {data_, size_}; }

  /// Those of the numbers that are there.
  void append(std::span<const double> numbers, Validity valid);
  void append(double number, std::size_t count);  ///< the same number `count` times
  /// Forgets the numbers behind the first `size`.
  void truncate(std::size_t size) { size_ = size; }

 private:
  void make_room(std::size_t size);

  double* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t room_ = 0;
};

}  // namespace leeway::tables
