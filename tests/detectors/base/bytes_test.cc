#include "detectors/base/bytes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "detectors/base/compression.h"

namespace leeway {
namespace {

std::string written() {
  ByteWriter out;
  out.u8(7);
  out.u32(0x01020304U);
  out.u64(0x1122334455667788ULL);
  out.i64(-5);
  out.f64(-0.0);
  out.varint(0);
  out.varint(300);
  out.varint(std::numeric_limits<std::uint64_t>::max());
  out.text("grid");
  return std::move(out).take();
}

TEST(Bytes, ReadsBackWhatWasWritten) {
  const std::string bytes = written();
  ByteReader in(bytes);
  EXPECT_EQ(in.u8(), 7);
  EXPECT_EQ(in.u32(), 0x01020304U);
  EXPECT_EQ(in.u64(), 0x1122334455667788ULL);
  EXPECT_EQ(in.i64(), -5);
  EXPECT_TRUE(std::signbit(in.f64()));
  EXPECT_EQ(in.varint(), 0U);
  EXPECT_EQ(in.varint(), 300U);
  EXPECT_EQ(in.varint(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(in.text(), "grid");
  EXPECT_TRUE(in.at_end());
}

TEST(Bytes, AreLittleEndianOnEveryMachine) {
  EXPECT_EQ(written().substr(1, 4), std::string("\x04\x03\x02\x01"));
}

TEST(Bytes, GiveZeroAfterTheFirstReadThatDoesNotFit) {
  const std::string bytes = written();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    ByteReader in(std::string_view(bytes).substr(0, length));
    in.u8();
    in.u32();
    in.u64();
    in.i64();
    in.f64();
    in.varint();
    in.varint();
    in.varint();
    EXPECT_EQ(in.text(), "") << length;
    EXPECT_FALSE(in.ok()) << length;
    EXPECT_EQ(in.u64(), 0U);
  }
}

TEST(Bytes, RefuseAVarintOfMoreThan64Bits) {
  ByteReader in("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02");
  EXPECT_EQ(in.varint(), 0U);
  EXPECT_FALSE(in.ok());
}

TEST(Bytes, RefuseACountThatCannotFit) {
  ByteWriter out;
  out.varint(1'000'000'000'000ULL);
  out.u64(0);
  ByteReader in(out.bytes());
  EXPECT_EQ(in.count(8), 0U);
  EXPECT_FALSE(in.ok());
}

TEST(Frame, OpensWhatItClosed) {
  const std::string bytes = frame("LWTESTED", 3, "body");
  const auto opened = open_frame("LWTESTED", bytes);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->version, 3U);
  EXPECT_EQ(opened->body, "body");
}

TEST(Frame, RefusesEveryPrefixAndEveryFlippedBitOfBodyLengthAndMagic) {
  const std::string bytes = frame("LWTESTED", 3, "body");
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(open_frame("LWTESTED", std::string_view(bytes).substr(0, length))) << length;
  }
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    if (at >= 8 && at < 12) continue;  // the version is the reader's to judge
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string flipped = bytes;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
      EXPECT_FALSE(open_frame("LWTESTED", flipped)) << at << " bit " << bit;
    }
  }
}

TEST(Compression, RefusesMoreThanTheLimitBeforeItUnpacks) {
  const std::string packed = compress(std::string(1 << 20, 'a'));
  EXPECT_EQ(decompress(packed, 1 << 20)->size(), std::size_t{1} << 20U);
  const auto refused = decompress(packed, (1 << 20) - 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kCorrupt);
  EXPECT_FALSE(decompress("nothing of the kind", 100));
  EXPECT_FALSE(decompress(std::string_view(packed).substr(0, packed.size() - 1), 1 << 20));
}

}  // namespace
}  // namespace leeway
