#include "collectors/tables/number_buffer.h"

#include <sys/mman.h>

#include <algorithm>
#include <new>
#include <utility>

namespace leeway::tables {

NumberBuffer::~NumberBuffer() {
  if (data_ != nullptr) ::munmap(data_, room_ * sizeof(double));
}

NumberBuffer::NumberBuffer(NumberBuffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      room_(std::exchange(other.room_, 0)) {}

NumberBuffer& NumberBuffer::operator=(NumberBuffer&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(room_, other.room_);
  return *this;
}

void NumberBuffer::append(std::span<const double> numbers, Validity valid) {
  make_room(size_ + numbers.size());
  size_ += keep_valid(numbers, valid, data_ + size_);
}

void NumberBuffer::append(double number, std::size_t count) {
  make_room(size_ + count);
  std::fill_n(data_ + size_, count, number);
  size_ += count;
}

void NumberBuffer::make_room(std::size_t size) {
  constexpr std::size_t kFirst = 4096;
  constexpr std::size_t kLargePage = (std::size_t{2} << 20U) / sizeof(double);
  if (size <= room_) return;
  std::size_t room = std::max({size, kFirst, room_ + room_ / 2});
  // Whole large pages where there are some: a fault each 4 KiB costs as much as half a sort.
  const bool large = room >= kLargePage;
  if (large) room = (room + kLargePage - 1) / kLargePage * kLargePage;
  void* moved = data_ == nullptr ? ::mmap(nullptr, room * sizeof(double), PROT_READ | PROT_WRITE,
                                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                                 : ::mremap(data_, room_ * sizeof(double), room * sizeof(double),
                                            MREMAP_MAYMOVE);
  if (moved == MAP_FAILED) throw std::bad_alloc();
  data_ = static_cast<double*>(moved);
  room_ = room;
  if (large) static_cast<void>(::madvise(data_, room * sizeof(double), MADV_HUGEPAGE));
}

}  // namespace leeway::tables
