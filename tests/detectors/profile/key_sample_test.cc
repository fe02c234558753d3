#include "detectors/profile/key_sample.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "detectors/base/random.h"

namespace leeway::profile {
namespace {

std::string bytes_of(const KeySample& sample) {
  ByteWriter out;
  sample.write(out);
  return std::move(out).take();
}

std::uint64_t hash_of(std::uint64_t key) { return hash64("key " + std::to_string(key)); }

/// `rows` rows of which a share repeats keys that came before, at any distance.
std::vector<std::uint64_t> hashes(std::size_t rows, double duplicates, std::uint64_t seed) {
  Random random(seed);
  std::vector<std::uint64_t> made;
  std::uint64_t next = seed << 40U;
  for (std::size_t i = 0; i < rows; ++i) {
    const bool repeat = !made.empty() && random.uniform() < duplicates;
    made.push_back(repeat ? made[random.below(made.size())] : hash_of(next++));
  }
  return made;
}

KeySample sample_of(const std::vector<std::uint64_t>& hashes, std::size_t first, std::size_t last) {
  KeySample sample;
  for (std::size_t i = first; i < last; ++i) sample.add_hash(hashes[i]);
  return sample;
}

TEST(KeySample, MergesToTheSampleOfTheWholeInAnyOrder) {
  for (const std::size_t rows : {0U, 1U, 3'000U, 9'000U, 200'000U}) {
    const auto all = hashes(rows, 0.05, 7);
    const KeySample whole = sample_of(all, 0, rows);
    Random random(rows);
    std::size_t cut[4] = {0, 0, 0, rows};
    cut[1] = rows == 0 ? 0 : random.below(rows);
    cut[2] = cut[1] + (rows == cut[1] ? 0 : random.below(rows - cut[1]));
    for (const auto& order : {std::vector{0, 1, 2}, std::vector{2, 0, 1}, std::vector{1, 2, 0}}) {
      KeySample merged;
      for (const int part : order) {
        const auto at = static_cast<std::size_t>(part);
        merged.merge(sample_of(all, cut[at], cut[at + 1]));
      }
      EXPECT_EQ(merged, whole) << rows;
      EXPECT_EQ(bytes_of(merged), bytes_of(whole)) << rows;
    }
  }
}

TEST(KeySample, CountsExactlyWhileKeysAreFew) {
  KeySample sample;
  for (std::uint64_t i = 0; i < 1000; ++i) sample.add_hash(hash_of(i), i < 100 ? 2 : 1);
  const auto duplicates = sample.duplicates();
  ASSERT_TRUE(duplicates);
  EXPECT_DOUBLE_EQ(duplicates->share, 100.0 / 1100.0);
  EXPECT_EQ(duplicates->standard_error, 0.0);
  EXPECT_EQ(sample.rows(), 1100U);
  EXPECT_FALSE(KeySample{}.duplicates());
}

TEST(KeySample, TellsOnePercentOfDuplicatesFromNoneAtAnySize) {
  for (const std::size_t rows : {100'000U, 300'000U, 1'000'000U}) {
    for (const double share : {0.0, 0.01, 0.1, 0.5}) {
      const auto all = hashes(rows, share, 3);
      const auto found = sample_of(all, 0, rows).duplicates();
      ASSERT_TRUE(found);
      // Of a fixed seed: three standard errors of the sample, and of the draw of the rows.
      const double drawn = std::sqrt(share * (1.0 - share) / static_cast<double>(rows));
      EXPECT_NEAR(found->share, share, 3.0 * found->standard_error + 3.0 * drawn + 1e-9)
          << rows << " rows";
      if (share <= 0.01) {
        EXPECT_LT(found->standard_error, 0.0023);
      }
    }
  }
}

// The error that is stated is the one that is made: over many sets of keys, about two thirds of the
// estimates lie within one standard error and nearly all within two.
TEST(KeySample, StatesTheErrorThatItMakes) {
  constexpr int kRuns = 200;
  int within_one = 0;
  int within_two = 0;
  for (int run = 0; run < kRuns; ++run) {
    const auto seed = static_cast<std::uint64_t>(run) + 100;
    KeySample sample;
    std::uint64_t keys = 0;
    std::uint64_t rows = 0;
    Random random(seed);
    for (std::uint64_t i = 0; i < 40'000; ++i) {
      const std::uint64_t count = random.uniform() < 0.03 ? 2 : 1;
      sample.add_hash(hash_of((seed << 40U) + i), count);
      ++keys;
      rows += count;
    }
    const double truth = 1.0 - static_cast<double>(keys) / static_cast<double>(rows);
    const auto found = sample.duplicates();
    const double error = std::abs(found->share - truth) / found->standard_error;
    within_one += error <= 1.0 ? 1 : 0;
    within_two += error <= 2.0 ? 1 : 0;
  }
  // 0.683 and 0.954 of 200; three standard deviations of a binomial, 19.8 and 8.9.
  EXPECT_NEAR(within_one, 136.6, 19.8);
  EXPECT_NEAR(within_two, 190.9, 8.9);
}

TEST(KeySample, IsTheSameAfterWritingAndReading) {
  for (const std::size_t rows : {0U, 1U, 4'000U, 50'000U}) {
    const KeySample sample = sample_of(hashes(rows, 0.2, 1), 0, rows);
    const std::string bytes = bytes_of(sample);
    ByteReader in(bytes);
    EXPECT_EQ(KeySample::read(in), sample);
    EXPECT_TRUE(in.at_end());
  }
}

TEST(KeySample, RefusesBytesThatMakeNoSense) {
  const auto refused = [](std::initializer_list<std::uint64_t> numbers, std::uint8_t level) {
    ByteWriter out;
    out.u8(level);
    for (const std::uint64_t number : numbers) out.varint(number);
    ByteReader in(out.bytes());
    static_cast<void>(KeySample::read(in));
    return !in.ok();
  };
  EXPECT_FALSE(refused({1, 5, 1}, 0));
  EXPECT_TRUE(refused({1, 5, 0}, 0)) << "a key that never came";
  EXPECT_TRUE(refused({1, std::uint64_t{1} << 48U, 1}, 0)) << "a key beyond 48 bits";
  EXPECT_TRUE(refused({1, 5, 1}, 33)) << "a level that is never reached";
  EXPECT_TRUE(refused({2, 5, ~std::uint64_t{0}, 0, 1}, 0)) << "more rows than can be counted";
  EXPECT_TRUE(refused({5000}, 0)) << "more keys than are there";
}

}  // namespace
}  // namespace leeway::profile
