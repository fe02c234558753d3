#include "collectors/tables/extract.h"

#include <gmock/gmock.h>

#include <fstream>
#include <limits>

#include "collectors/tables/extract_builder.h"
#include "collectors/tables/sort.h"
#include "detectors/base/random.h"
#include "tests/support/process.h"

namespace leeway::tables {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

class Extract : public testing::Test {
 protected:
  std::filesystem::path write(const std::string& name, std::uint32_t index,
                              std::vector<double> values) const {
    const ExtractColumn column{.index = index, .values = values};
    const auto written = write_extract(folder_ / name, std::span(&column, 1));
    EXPECT_TRUE(written) << written.error().message;
    return folder_ / name;
  }

  leeway::tests::TemporaryFolder folder_;
};

TEST_F(Extract, IsReadAsItWasWritten) {
  const std::vector<double> first = {-kInfinity, -1.0, 0.0, 0.0, 2.5, kInfinity};
  const std::vector<double> third = {7.0};
  const std::vector<ExtractColumn> columns = {
      {.index = 0, .values = first}, {.index = 1, .values = {}}, {.index = 3, .values = third}};
  ASSERT_TRUE(write_extract(folder_ / "x", columns));
  const auto read = MappedExtract::open(folder_ / "x");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_THAT(read->column(0), testing::ElementsAreArray(first));
  EXPECT_THAT(read->column(1), IsEmpty());
  EXPECT_THAT(read->column(2), IsEmpty());
  EXPECT_THAT(read->column(3), ElementsAre(7.0));
}

TEST_F(Extract, IsRefusedWithOneBitWrong) {
  const auto path = write("x", 0, {1.0, 2.0, 3.0});
  const std::string good = leeway::tests::read_file(path);
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 4);
    std::ofstream(path, std::ios::binary) << bad;
    const auto read = MappedExtract::open(path);
    ASSERT_FALSE(read) << i;
    EXPECT_EQ(read.error().code, ErrorCode::kCorrupt);
  }
}

TEST_F(Extract, IsRefusedWhenCutOff) {
  const auto path = write("x", 0, {1.0, 2.0, 3.0});
  const std::string good = leeway::tests::read_file(path);
  for (std::size_t length = 0; length < good.size(); ++length) {
    std::ofstream(path, std::ios::binary) << good.substr(0, length);
    EXPECT_FALSE(MappedExtract::open(path)) << length;
  }
}

TEST_F(Extract, IsRefusedWhenNotInOrder) {
  EXPECT_FALSE(MappedExtract::open(write("x", 0, {2.0, 1.0})));
  EXPECT_FALSE(MappedExtract::open(write("y", 0, {std::nan("")})));
  EXPECT_FALSE(MappedExtract::open(write("z", 0, {1.0, std::nan(""), 2.0})));
}

TEST_F(Extract, IsNotFoundWhereItIsNot) {
  EXPECT_EQ(MappedExtract::open(folder_ / "none").error().code, ErrorCode::kNotFound);
}

TEST_F(Extract, MergesIntoOneInOrder) {
  const std::vector<std::filesystem::path> sources = {write("a", 0, {1.0, 3.0, 3.0, kInfinity}),
                                                      write("b", 0, {-1.0, 3.0, 4.0}),
                                                      write("c", 2, {5.0}), write("d", 0, {})};
  ASSERT_TRUE(merge_extracts(sources, folder_ / "all"));
  const auto read = MappedExtract::open(folder_ / "all");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_THAT(read->column(0), ElementsAre(-1.0, 1.0, 3.0, 3.0, 3.0, 4.0, kInfinity));
  EXPECT_THAT(read->column(2), ElementsAre(5.0));
}

TEST(Sort, OrdersInfinitiesAndTheLargestNumbersInListsOfAnyLength) {
  Random random(2);
  for (std::size_t size = 0; size < 300; ++size) {
    std::vector<double> values(size);
    for (double& value : values) {
      const std::uint64_t kind = random.below(6);
      value = kind == 0   ? kInfinity
              : kind == 1 ? -kInfinity
              : kind == 2 ? std::numeric_limits<double>::max()
                          : random.uniform();
    }
    std::vector<double> expected = values;
    std::sort(expected.begin(), expected.end());
    sort(values);
    ASSERT_EQ(values, expected) << size;
  }
}

TEST_F(Extract, HasTheSameBytesWhetherItsBuilderSpilledOrNot) {
  Random random(1);
  std::vector<double> values(100'000);
  for (double& value : values) value = random.uniform() - 0.5;
  values[5] = std::nan("");
  values[6] = -0.0;
  ExtractBuilder whole({0, 2}, folder_ / "whole");
  ExtractBuilder parts({0, 2}, folder_ / "parts");
  for (std::size_t at = 0; at < values.size(); at += 1000) {
    const auto part = std::span(values).subspan(at, 1000);
    for (ExtractBuilder* builder : {&whole, &parts}) {
      builder->add(0, part, {});
      builder->add(1, part.first(10), {});
    }
    if (at % 30'000 == 0) ASSERT_TRUE(parts.spill());
  }
  EXPECT_LT(parts.bytes_in_memory(), whole.bytes_in_memory());
  ASSERT_TRUE(whole.finish());
  ASSERT_TRUE(parts.finish());
  EXPECT_EQ(leeway::tests::read_file(folder_ / "whole"),
            leeway::tests::read_file(folder_ / "parts"));
  EXPECT_EQ(MappedExtract::open(folder_ / "parts")->column(0).size(), values.size() - 1);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "parts.1"));
}

TEST_F(Extract, LeavesNoRunsBehindWhenItIsGivenUp) {
  {
    ExtractBuilder builder({0}, folder_ / "x");
    builder.add(0, std::vector<double>{1.0}, {});
    ASSERT_TRUE(builder.spill());
    EXPECT_TRUE(std::filesystem::exists(folder_ / "x.1"));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

}  // namespace
}  // namespace leeway::tables
