#include "detectors/profile/moments.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "detectors/base/random.h"

namespace leeway::profile {
namespace {

std::vector<double> sample(std::size_t n, double center) {
  Random random(3);
  std::vector<double> values(n);
  for (double& value : values) value = center + std::exp(random.uniform() + random.uniform());
  return values;
}

TEST(Moments, AreThoseOfKnownNumbers) {
  // scipy 1.10: describe([1, 2, 4, 8]) with bias; mean 3.75, variance 7.1875 (population).
  const Moments moments = Moments::of(std::vector<double>{1, 2, 4, 8});
  EXPECT_DOUBLE_EQ(moments.mean, 3.75);
  EXPECT_DOUBLE_EQ(moments.variance_population(), 7.1875);
  EXPECT_NEAR(*moments.skewness(), 0.6568077344996993, 1e-14);
  EXPECT_NEAR(*moments.kurtosis_excess(), -1.0989792060491494, 1e-14);
}

TEST(Moments, KeepTheVarianceOfSmallDifferencesOfLargeNumbers) {
  EXPECT_EQ(Moments::of(std::vector<double>{1e15 + 1, 1e15 + 2, 1e15 + 3}).m2, 2.0);
  EXPECT_EQ(Moments::of(std::vector<double>(7, 0.1)).m2, 0.0);
}

TEST(Moments, MergeToTheMomentsOfTheWhole) {
  const std::vector<double> values = sample(1000, 1e6);
  const Moments whole = Moments::of(values);
  for (const std::size_t cut :
       {std::size_t{0}, std::size_t{1}, std::size_t{300}, std::size_t{1000}}) {
    Moments merged = Moments::of(std::span(values).first(cut));
    merged.merge(Moments::of(std::span(values).subspan(cut)));
    EXPECT_EQ(merged.count, whole.count);
    // Rounding: a mean of 1e6 is exact to 1e-10, which shows in the sums of squares at 1e-9.
    EXPECT_NEAR(merged.mean, whole.mean, 1e-9);
    EXPECT_NEAR(merged.m2 / whole.m2, 1.0, 1e-9);
    EXPECT_NEAR(*merged.skewness(), *whole.skewness(), 1e-8);
    EXPECT_NEAR(*merged.kurtosis_excess(), *whole.kurtosis_excess(), 1e-8);
  }
}

TEST(Moments, AddedOneByOneAreThoseOfTheBlock) {
  const std::vector<double> values = sample(100, 0.0);
  Moments added;
  for (const double value : values) added.add(value);
  const Moments whole = Moments::of(values);
  EXPECT_NEAR(added.mean, whole.mean, 1e-13);
  EXPECT_NEAR(added.m2, whole.m2, 1e-10);
  EXPECT_NEAR(added.m4, whole.m4, 1e-9);
}

TEST(Moments, KeepAFiniteMeanWhereTheSumOverflows) {
  const Moments huge = Moments::of(std::vector<double>{1.7e308, 1.7e308, 1.6e308});
  EXPECT_NEAR(huge.mean / 1.6666666666666666e308, 1.0, 1e-12);
  EXPECT_TRUE(std::isinf(huge.m2));
  EXPECT_FALSE(huge.skewness());
  Moments apart = Moments::of(std::vector<double>{1.7e308});
  apart.merge(Moments::of(std::vector<double>{-1.7e308, -1.7e308}));
  EXPECT_TRUE(std::isfinite(apart.mean));
  EXPECT_TRUE(apart.m2 > 0.0);
}

TEST(Moments, HaveNoShapeWhenConstantOrEmpty) {
  EXPECT_FALSE(Moments{}.skewness());
  EXPECT_EQ(Moments{}.variance_population(), 0.0);
  EXPECT_FALSE(Moments::of(std::vector<double>(9, 2.0)).kurtosis_excess());
}

}  // namespace
}  // namespace leeway::profile
