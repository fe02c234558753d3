#include <gmock/gmock.h>

#include <cmath>

#include "detectors/base/random.h"
#include "detectors/profile/distinct.h"
#include "detectors/profile/heavy_hitters.h"
#include "detectors/profile/sparse_cells.h"

namespace leeway::profile {
namespace {

using testing::ElementsAre;

template <class Sketch>
std::string bytes_of(const Sketch& sketch) {
  ByteWriter out;
  sketch.write(out);
  return std::move(out).take();
}

Distinct distinct_of(std::uint64_t first, std::uint64_t last) {
  Distinct made;
  for (std::uint64_t i = first; i < last; ++i)
    made.add_hash(Distinct::hash_of(static_cast<double>(i) * 0.1));
  return made;
}

TEST(Distinct, EstimatesWithinItsStandardError) {
  // 1.04/sqrt(2048) = 2.3 %; three of them, at fixed values: a fixed outcome.
  for (const unsigned n : {1U, 5U, 20U, 100U, 1'000U, 5'000U, 10'000U, 100'000U, 1'000'000U}) {
    const double expected = static_cast<double>(n);
    EXPECT_NEAR(distinct_of(0, n).estimate(), expected, std::max(0.5, 0.069 * expected)) << n;
  }
  EXPECT_EQ(Distinct{}.estimate(), 0.0);
}

TEST(Distinct, MergesToTheSketchOfBothStreams) {
  Distinct merged = distinct_of(0, 600);
  merged.merge(distinct_of(300, 5'000));
  EXPECT_EQ(merged, distinct_of(0, 5'000));
  merged.merge(Distinct{});
  EXPECT_EQ(merged, distinct_of(0, 5'000));
}

TEST(Distinct, AddsABlockAsItAddsValues) {
  const std::vector<double> values = {0.0, -0.0, 1.5, 1.5, 1e300};
  Distinct block;
  block.add_numbers(values);
  Distinct single;
  for (const double value : values) single.add_hash(Distinct::hash_of(value));
  EXPECT_EQ(block, single);
  EXPECT_NEAR(block.estimate(), 3.0, 0.1);
}

TEST(Distinct, IsTheSameAfterWritingAndReading) {
  for (const unsigned n : {0U, 1U, 10U, 600U, 900U, 100'000U}) {
    const Distinct distinct = distinct_of(0, n);
    const std::string bytes = bytes_of(distinct);
    ByteReader in(bytes);
    EXPECT_EQ(Distinct::read(in), distinct) << n;
    EXPECT_TRUE(in.at_end()) << n;
    EXPECT_LE(bytes.size(), Distinct::kRegisters + 3);
  }
}

TEST(HeavyHitters, CountExactlyWhileThereAreFewValues) {
  HeavyHitters hitters;
  for (const char* value : {"b", "a", "c", "a", "b", "a"}) hitters.add(value);
  EXPECT_THAT(hitters.top(2),
              ElementsAre(HeavyHitters::Item{"a", 3, 0}, HeavyHitters::Item{"b", 2, 0}));
  EXPECT_EQ(hitters.top(9).size(), 3U);
}

TEST(HeavyHitters, FindWhatIsFrequentAmongMany) {
  HeavyHitters hitters;
  Random random(1);
  std::uint64_t heavy = 0;
  for (int i = 0; i < 20'000; ++i) {
    const bool is_heavy = random.uniform() < 0.1;
    heavy += is_heavy ? 1 : 0;
    hitters.add(is_heavy ? "heavy" : "rare-" + std::to_string(random.below(100'000)));
  }
  const HeavyHitters::Item first = hitters.top(1).front();
  EXPECT_EQ(first.value, "heavy");
  EXPECT_GE(first.count, heavy);
  EXPECT_LE(first.count - first.over, heavy);
}

TEST(HeavyHitters, NeverCountTooLittleAfterMerging) {
  HeavyHitters a;
  HeavyHitters b;
  Random random(2);
  std::map<std::string, std::uint64_t> truth;
  for (int i = 0; i < 5'000; ++i) {
    const std::string value = std::to_string(random.below(1 + random.below(300)));
    ++truth[value];
    (i % 2 == 0 ? a : b).add(value);
  }
  a.merge(b);
  for (const HeavyHitters::Item& item : a.top(HeavyHitters::kCapacity)) {
    EXPECT_GE(item.count, truth[item.value]) << item.value;
    EXPECT_LE(item.count - item.over, truth[item.value]) << item.value;
  }
}

TEST(HeavyHitters, CutLongValuesBetweenCharacters) {
  HeavyHitters hitters;
  hitters.add(std::string(255, 'x') + "\xc3\xa9");
  EXPECT_EQ(hitters.top(1).front().value, std::string(255, 'x'));
}

TEST(HeavyHitters, AreTheSameAfterWritingAndReading) {
  HeavyHitters hitters;
  for (int i = 0; i < 200; ++i) hitters.add(std::to_string(i % 70));
  const std::string bytes = bytes_of(hitters);
  ByteReader in(bytes);
  EXPECT_EQ(HeavyHitters::read(in), hitters);
  EXPECT_TRUE(in.at_end());
}

TEST(SparseCells, MergeAndSubtract) {
  const SparseCells a{.index = {1, 4, 9}, .count = {2, 3, 1}, .sum = {2, 12, 9}};
  const SparseCells b{.index = {0, 4}, .count = {1, 1}, .sum = {0.5, 4}};
  SparseCells both = a;
  both.merge(b);
  EXPECT_EQ(both,
            (SparseCells{.index = {0, 1, 4, 9}, .count = {1, 2, 4, 1}, .sum = {0.5, 2, 16, 9}}));
  EXPECT_THAT(both.dense(6), ElementsAre(1, 2, 0, 0, 4, 0));
  EXPECT_EQ(both.total(), 8U);
  both.subtract(b);
  EXPECT_EQ(both, a);
  both.subtract(a);
  EXPECT_TRUE(both.index.empty());
}

TEST(SparseCells, RefuseEmptyCellsOverflowAndFarIndices) {
  const auto refused = [](const SparseCells& cells) {
    const std::string bytes = bytes_of(cells);
    ByteReader in(bytes);
    SparseCells::read(in);
    return !in.ok();
  };
  EXPECT_FALSE(refused({.index = {0, 7}, .count = {1, 2}, .sum = {}}));
  EXPECT_TRUE(refused({.index = {0, 7}, .count = {1, 0}, .sum = {}}));
  EXPECT_TRUE(refused({.index = {0, 7}, .count = {1, ~std::uint64_t{0}}, .sum = {}}));
  EXPECT_TRUE(refused({.index = {0, 400'000}, .count = {1, 1}, .sum = {}}));
}

}  // namespace
}  // namespace leeway::profile
