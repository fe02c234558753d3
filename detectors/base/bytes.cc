#include "detectors/base/bytes.h"

#include <xxhash.h>

#include <bit>
#include <limits>

namespace leeway {
namespace {

constexpr std::size_t kMagicBytes = 8;

template <class T>
void append_little(std::string& out, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i)
    out.push_back(static_cast<char>((value >> (8U * i)) & 0xFFU));
}

template <class T>
T read_little(std::string_view bytes) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    value |= static_cast<T>(static_cast<T>(static_cast<unsigned char>(bytes[i])) << (8U * i));
  }
  return value;
}

}  // namespace

void ByteWriter::u8(std::uint8_t value) { bytes_.push_back(static_cast<char>(value)); }
void ByteWriter::u32(std::uint32_t value) { append_little(bytes_, value); }
void ByteWriter::u64(std::uint64_t value) { append_little(bytes_, value); }
void ByteWriter::i64(std::int64_t value) { u64(std::bit_cast<std::uint64_t>(value)); }
void ByteWriter::f64(double value) { u64(std::bit_cast<std::uint64_t>(value)); }

void ByteWriter::varint(std::uint64_t value) {
  while (value >= 0x80U) {
    u8(static_cast<std::uint8_t>(value | 0x80U));
    value >>= 7U;
  }
  u8(static_cast<std::uint8_t>(value));
}

void ByteWriter::text(std::string_view value) {
  varint(value.size());
  raw(value);
}

void ByteWriter::raw(std::string_view bytes) { bytes_.append(bytes); }

std::string_view ByteReader::raw(std::size_t length) {
  if (length > rest_.size()) {
    refuse();
    return {};
  }
  const std::string_view taken = rest_.substr(0, length);
  rest_.remove_prefix(length);
  return taken;
}

std::uint8_t ByteReader::u8() {
  const std::string_view taken = raw(1);
  return taken.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(taken[0]);
}

std::uint32_t ByteReader::u32() {
  const std::string_view taken = raw(4);
  return taken.empty() ? 0U : read_little<std::uint32_t>(taken);
}

std::uint64_t ByteReader::u64() {
  const std::string_view taken = raw(8);
  return taken.empty() ? 0U : read_little<std::uint64_t>(taken);
}

std::int64_t ByteReader::i64() { return std::bit_cast<std::int64_t>(u64()); }
double ByteReader::f64() { return std::bit_cast<double>(u64()); }

std::uint64_t ByteReader::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const std::uint8_t byte = u8();
    if (!ok_ || (shift == 63 && byte > 1)) break;
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if ((byte & 0x80U) == 0) return value;
  }
  refuse();
  return 0;
}

std::string_view ByteReader::text() {
  const std::uint64_t length = varint();
  return raw(length > rest_.size() ? std::numeric_limits<std::size_t>::max()
                                   : static_cast<std::size_t>(length));
}

std::size_t ByteReader::count(std::size_t item_bytes) {
  const std::uint64_t items = varint();
  if (items > rest_.size() / (item_bytes == 0 ? 1 : item_bytes)) {
    refuse();
    return 0;
  }
  return static_cast<std::size_t>(items);
}

std::uint64_t hash64(std::string_view bytes) { return XXH64(bytes.data(), bytes.size(), 0); }

std::string frame(std::string_view magic, std::uint32_t version, std::string_view body) {
  LEEWAY_ASSERT(magic.size() == kMagicBytes, "every magic of ours has eight bytes");
  ByteWriter out;
  out.raw(magic);
  out.u32(version);
  out.u64(body.size());
  out.u64(hash64(body));
  out.raw(body);
  return std::move(out).take();
}

Result<Frame> open_frame(std::string_view magic, std::string_view bytes) {
  ByteReader in(bytes);
  if (in.raw(kMagicBytes) != magic) {
    return fail(ErrorCode::kCorrupt, "does not start with '" + std::string(magic) + "'");
  }
  Frame opened;
  opened.version = in.u32();
  const std::uint64_t length = in.u64();
  const std::uint64_t checksum = in.u64();
  const std::size_t header = kMagicBytes + 20;
  if (!in.ok() || bytes.size() - header != length) {
    return fail(ErrorCode::kCorrupt,
                "announces " + std::to_string(length) + " bytes and has " +
                    std::to_string(bytes.size() < header ? 0 : bytes.size() - header));
  }
  opened.body = bytes.substr(header);
  if (hash64(opened.body) != checksum) return fail(ErrorCode::kCorrupt, "checksum differs");
  return opened;
}

}  // namespace leeway
