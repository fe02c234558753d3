#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/base/result.h"

namespace leeway {

/// Appends numbers and strings in a form that does not depend on the machine: little endian,
/// doubles by their bits, unsigned integers as LEB128 where the name says `varint`.
class ByteWriter {
 public:
  void u8(std::uint8_t value);
  void u32(std::uint32_t value);
  void u64(std::uint64_t value);
  void i64(std::int64_t value);
  void f64(double value);
  void varint(std::uint64_t value);
  void text(std::string_view value);  ///< varint length, then the bytes
  void raw(std::string_view bytes);   ///< the bytes alone

  const std::string& bytes() const { return bytes_; }
  std::string take() && { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads what ByteWriter wrote, from bytes that may be anything. After the first read that does not
/// fit, every read gives zero or empty and ok() is false: check once at the end. `count` reads a
/// varint that announces that many items of at least `item_bytes` each and refuses more than fit.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  std::uint8_t u8();
  std::uint32_t u32();
  std::uint64_t u64();
  std::int64_t i64();
  double f64();
  std::uint64_t varint();
  std::string_view text();
  std::string_view raw(std::size_t length);
  std::size_t count(std::size_t item_bytes);

  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && rest_.empty(); }
  void refuse() {
    ok_ = false;
    rest_ = {};
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

/// Magic (8 bytes), version (u32), length of the body (u64), XXH64 of the body (u64), body.
/// Everything that is saved or crosses a process border travels in such a frame.
std::string frame(std::string_view magic, std::uint32_t version, std::string_view body);

struct Frame {
  std::uint32_t version = 0;
  std::string_view body;  ///< a view into the bytes that were given
};

/// kCorrupt, naming what differs, if magic, length or checksum is not right.
Result<Frame> open_frame(std::string_view magic, std::string_view bytes);

/// XXH64 with seed 0: equal on every machine, not cryptographic.
std::uint64_t hash64(std::string_view bytes);

}  // namespace leeway
