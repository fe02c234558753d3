#include "detectors/drift/merge_walk.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/detectors/drift/samples.h"

namespace leeway::drift {
namespace {

using Values = std::vector<double>;

struct Slow {
  KsDistances ks;
  double area = 0.0;
  double squares = 0.0;
};

/// By the definition: F and G behind each pooled value.
Slow slowly(const Values& reference, const Values& current) {
  Values pooled = reference;
  pooled.insert(pooled.end(), current.begin(), current.end());
  std::sort(pooled.begin(), pooled.end());
  const auto share = [](const Values& values, double x) {
    const auto end = std::upper_bound(values.begin(), values.end(), x);
    return static_cast<double>(end - values.begin()) / static_cast<double>(values.size());
  };
  Slow slow;
  double greater_at = reference.front();
  double less_at = current.front();
  for (std::size_t k = 0; k < pooled.size(); ++k) {
    const double gap = share(reference, pooled[k]) - share(current, pooled[k]);
    const double width = k + 1 < pooled.size() ? pooled[k + 1] - pooled[k] : 0.0;
    if (gap > slow.ks.greater + 1e-13) greater_at = pooled[k];
    if (-gap > slow.ks.less + 1e-13) less_at = pooled[k];
    slow.ks.greater = std::max(slow.ks.greater, gap);
    slow.ks.less = std::max(slow.ks.less, -gap);
    slow.area += std::abs(gap) * width;
    slow.squares += gap * gap * width;
  }
  slow.ks.at = slow.ks.greater > slow.ks.less - 1e-13 ? greater_at : less_at;
  return slow;
}

void expect_equal(const Values& reference, const Values& current) {
  const Slow slow = slowly(reference, current);
  const MergeWalk both = walk_extremes_and_area(reference, current);
  const MergeWalk extremes = walk_extremes(reference, current);
  EXPECT_NEAR(both.ks.greater, slow.ks.greater, 1e-13);
  EXPECT_NEAR(both.ks.less, slow.ks.less, 1e-13);
  EXPECT_EQ(both.ks.at, slow.ks.at);
  EXPECT_EQ(extremes.ks.greater, both.ks.greater);
  EXPECT_EQ(extremes.ks.less, both.ks.less);
  EXPECT_EQ(extremes.ks.at, both.ks.at);
  EXPECT_NEAR(both.integral, slow.area, 1e-12 * (1.0 + slow.area));
  EXPECT_EQ(walk_area(reference, current).integral, both.integral);
  EXPECT_NEAR(walk_squares(reference, current).integral, slow.squares,
              1e-12 * (1.0 + slow.squares));
}

Values drawn(Random& random, std::size_t n, double mean) {
  Values values = normals(n, random, mean);
  const double grain = std::array{1e-9, 0.01, 1.0}[random.below(3)];
  for (double& value : values) value = std::floor(value / grain) * grain;
  return sorted(values);
}

TEST(MergeWalk, OfManyValuesIsWhatTheDefinitionGives) {
  Random random(1);
  for (int run = 0; run < 200; ++run) {
    const auto reference = drawn(random, 1 + random.below(6000), 0.0);
    const auto current = drawn(random, 1 + random.below(6000), 0.1 * normal(random));
    expect_equal(reference, current);
  }
}

TEST(MergeWalk, TakesSamplesThatLieApart) {
  Random random(2);
  for (const double apart : {-100.0, -2.5, 2.5, 100.0}) {
    const auto low = drawn(random, 3000, 0.0);
    const auto high = drawn(random, 2000, apart);
    expect_equal(low, high);
    expect_equal(high, low);
  }
}

TEST(MergeWalk, TakesOneValueAgainstMany) {
  Random random(3);
  const auto many = drawn(random, 5000, 0.0);
  for (const double one : {-10.0, many.front(), 0.0, many[2500], many.back(), 10.0}) {
    expect_equal(many, {one});
    expect_equal({one}, many);
  }
}

TEST(MergeWalk, FindsTheFirstOfEqualExtremes) {
  // F - G goes up and down between 0 and 1/n at every pair: all places are equally extreme.
  Values reference;
  Values current;
  for (int k = 0; k < 4000; ++k) {
    reference.push_back(2 * k);
    current.push_back(2 * k + 1);
  }
  EXPECT_EQ(walk_extremes(reference, current).ks.at, 0.0);
  EXPECT_EQ(walk_extremes(current, reference).ks.at, 0.0);
  expect_equal(reference, current);
  expect_equal(reference, reference);
}

TEST(MergeWalk, OrdersInfinitiesLikeOtherValues) {
  Random random(4);
  auto reference = drawn(random, 3000, 0.0);
  auto current = drawn(random, 2000, 0.0);
  reference.insert(reference.begin(), 300, -INFINITY);
  current.insert(current.end(), 700, INFINITY);
  const Slow slow = slowly(reference, current);
  EXPECT_NEAR(walk_extremes(reference, current).ks.greater, slow.ks.greater, 1e-13);
  EXPECT_NEAR(walk_extremes(reference, current).ks.less, slow.ks.less, 1e-13);
  EXPECT_EQ(walk_extremes(reference, current).ks.at, slow.ks.at);
  EXPECT_FALSE(std::isfinite(walk_area(reference, current).integral));
}

TEST(MergeWalk, IsZeroForEqualSamplesToTheLastBit) {
  Random random(5);
  const auto values = drawn(random, 100'000, 3.0);
  const MergeWalk walk = walk_extremes_and_area(values, values);
  EXPECT_EQ(walk.ks.statistic(), 0.0);
  EXPECT_EQ(walk.integral, 0.0);
  EXPECT_EQ(walk_squares(values, values).integral, 0.0);
}

}  // namespace
}  // namespace leeway::drift
