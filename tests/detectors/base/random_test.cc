#include "detectors/base/random.h"

#include <gtest/gtest.h>

#include <array>

namespace leeway {
namespace {

TEST(Random, IsSplitMix64) {
  // The first outputs for seed 1234567, as published with the reference implementation of S. Vigna.
  Random random(1234567);
  EXPECT_EQ(random.next(), 6457827717110365317ULL);
  EXPECT_EQ(random.next(), 3203168211198807973ULL);
  EXPECT_EQ(random.next(), 9817491932198370423ULL);
}

TEST(Random, DrawsUniformlyBelowABound) {
  Random random(5);
  std::array<int, 6> counts{};
  for (int i = 0; i < 60'000; ++i) ++counts.at(random.below(6));
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 460);  // five standard deviations
  for (int i = 0; i < 1000; ++i) {
    const double u = random.uniform();
    EXPECT_TRUE(u >= 0.0 && u < 1.0);
  }
  EXPECT_EQ(random.below(1), 0U);
}

}  // namespace
}  // namespace leeway
