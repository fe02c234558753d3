#include "collectors/tables/number_coder.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace leeway::tables {
namespace {

const MissingValues kNone;

TEST(NumberCoder, GivesOneCodeToOneNumberWhateverItsType) {
  NumberCoder coder(kNone);
  const std::uint32_t seven = coder.code(7.0);
  const std::vector<std::int32_t> integers{7, 8, 7};
  std::vector<std::uint32_t> codes(3);
  coder.code_for("INTEGER").codes(Vector(integers.data(), nullptr, 3), codes);
  EXPECT_THAT(codes, testing::ElementsAre(seven, seven + 1, seven));
  const std::vector<float> floats{8.0F, 0.5F};
  codes.resize(2);
  coder.code_for("FLOAT").codes(Vector(floats.data(), nullptr, 2), codes);
  EXPECT_THAT(codes, testing::ElementsAre(seven + 1, seven + 2));
  EXPECT_EQ(coder.numbers()[codes[1]], 0.5);
  EXPECT_EQ(coder.code(-0.0), coder.code(0.0));
}

TEST(NumberCoder, TellsAbsentValuesAndThoseThatStandForNone) {
  const MissingValues missing({"-999"});
  NumberCoder coder(missing);
  const std::vector<std::int64_t> integers{1, 2, -999};
  const std::uint64_t valid = 0b101;
  std::vector<std::uint32_t> codes(3);
  coder.code_for("BIGINT").codes(Vector(integers.data(), &valid, 3), codes);
  EXPECT_NE(codes[0], NumberCoder::kMissing);
  EXPECT_EQ(codes[1], NumberCoder::kMissing);
  EXPECT_EQ(codes[2], NumberCoder::kConfigured);
  EXPECT_TRUE(std::isnan(coder.numbers()[NumberCoder::kMissing]));
  EXPECT_TRUE(std::isnan(coder.numbers()[NumberCoder::kConfigured]));
}

TEST(NumberCoder, KeepsNaNAndInfinitiesAsNumbers) {
  NumberCoder coder(kNone);
  const std::uint32_t nan = coder.code(std::nan(""));
  EXPECT_NE(nan, NumberCoder::kMissing);
  EXPECT_EQ(coder.code(std::nan("")), nan);
  EXPECT_NE(coder.code(std::numeric_limits<double>::infinity()), nan);
}

TEST(NumberCoder, SaysWhenThereAreTooManyNumbers) {
  NumberCoder coder(kNone);
  for (std::size_t i = 0; i < NumberCoder::kMost; ++i) {
    ASSERT_EQ(coder.code(static_cast<double>(i)), NumberCoder::kFirst + i);
  }
  EXPECT_FALSE(coder.is_full());
  EXPECT_EQ(coder.code(17.0), NumberCoder::kFirst + 17);
  EXPECT_EQ(coder.code(-1.0), NumberCoder::kMissing);
  EXPECT_TRUE(coder.is_full());
}

TEST(NumberCoder, ReadsPlainNumbersOnly) {
  EXPECT_TRUE(NumberCoder::reads("UTINYINT"));
  EXPECT_FALSE(NumberCoder::reads("DECIMAL"));
  EXPECT_FALSE(NumberCoder::reads("VARCHAR"));
}

}  // namespace
}  // namespace leeway::tables
