// Wasserstein-1 and the energy distance of sorted samples.

#include <gtest/gtest.h>

#include <cmath>

#include "detectors/drift/energy.h"
#include "detectors/drift/sorted_distances.h"
#include "detectors/drift/wasserstein.h"
#include "tests/detectors/drift/samples.h"

namespace leeway::drift {
namespace {

using Values = std::vector<double>;

double w1(const Values& reference, const Values& current) {
  return *wasserstein_distance(sorted(reference), sorted(current));
}

double energy(const Values& reference, const Values& current) {
  return *energy_distance(sorted(reference), sorted(current));
}

double mean_distance(const Values& a, const Values& b) {
  double sum = 0.0;
  for (const double x : a) {
    for (const double y : b) sum += std::abs(x - y);
  }
  return sum / static_cast<double>(a.size() * b.size());
}

/// By the definition over pairs.
double slow_energy(const Values& a, const Values& b) {
  return std::sqrt(
      std::max(0.0, 2.0 * mean_distance(a, b) - mean_distance(a, a) - mean_distance(b, b)));
}

/// As the mean distance of rows of equal rank, each row repeated until both sides have m*n.
double slow_w1(const Values& a, const Values& b) {
  const Values x = sorted(a);
  const Values y = sorted(b);
  double sum = 0.0;
  for (std::size_t k = 0; k < x.size() * y.size(); ++k)
    sum += std::abs(x[k / y.size()] - y[k / x.size()]);
  return sum / static_cast<double>(x.size() * y.size());
}

/// Coarse values tie, within a side and across.
Values drawn(Random& random, std::size_t most) {
  const double grain = random.below(2) == 0 ? 0.5 : 1e-9;
  Values values = normals(1 + random.below(most), random, 0.3, 1.5);
  for (double& value : values) value = std::round(value / grain) * grain;
  return values;
}

TEST(AreaDistances, AreWhatTheirOtherDefinitionsGive) {
  Random random(1);
  for (int run = 0; run < 400; ++run) {
    const Values reference = drawn(random, 60);
    const Values current = drawn(random, 60);
    EXPECT_NEAR(w1(reference, current), slow_w1(reference, current), 1e-12);
    EXPECT_NEAR(energy(reference, current), slow_energy(reference, current), 1e-7);
  }
}

TEST(AreaDistances, AreMetrics) {
  Random random(2);
  for (int run = 0; run < 200; ++run) {
    const Values a = drawn(random, 50);
    const Values b = drawn(random, 50);
    const Values c = drawn(random, 50);
    for (const auto distance : {&w1, &energy}) {
      EXPECT_EQ(distance(a, a), 0.0);
      EXPECT_NEAR(distance(a, b), distance(b, a), 1e-14);
      EXPECT_LE(distance(a, c), distance(a, b) + distance(b, c) + 1e-12);
    }
  }
}

TEST(AreaDistances, FollowShiftsAndScales) {
  Random random(3);
  for (int run = 0; run < 100; ++run) {
    const Values a = drawn(random, 50);
    const Values b = drawn(random, 50);
    const auto mapped = [](Values values, double factor, double shift) {
      for (double& value : values) value = factor * value + shift;
      return values;
    };
    EXPECT_NEAR(w1(mapped(a, -4, 3), mapped(b, -4, 3)), 4 * w1(a, b), 1e-12);
    EXPECT_NEAR(energy(mapped(a, -4, 3), mapped(b, -4, 3)), 2 * energy(a, b), 1e-12);
    EXPECT_NEAR(w1(a, mapped(a, 1, 2.5)), 2.5, 1e-12);
  }
}

TEST(AreaDistances, OfEveryValueTwiceAreTheSame) {
  Random random(4);
  const Values a = drawn(random, 50);
  const Values b = drawn(random, 50);
  Values twice = a;
  twice.insert(twice.end(), a.begin(), a.end());
  EXPECT_NEAR(w1(twice, b), w1(a, b), 1e-13);
  EXPECT_NEAR(energy(twice, b), energy(a, b), 1e-13);
}

TEST(AreaDistances, WithWeightsAreThoseOfRepeatedValues) {
  Random random(5);
  for (int run = 0; run < 100; ++run) {
    const Values a = sorted(drawn(random, 30));
    const Values b = sorted(drawn(random, 30));
    Values weights;
    Values repeated;
    for (const double value : a) {
      const std::size_t n = weights.empty() ? 1 : random.below(4);
      weights.push_back(0.5 * static_cast<double>(n));
      repeated.insert(repeated.end(), n, value);
    }
    const Values ones(b.size(), 1.0);
    const Weighted reference{.values = a, .weights = weights};
    const Weighted current{.values = b, .weights = ones};
    EXPECT_NEAR(*wasserstein_distance(reference, current), w1(repeated, b), 1e-12);
    EXPECT_NEAR(*energy_distance(reference, current), energy(repeated, b), 1e-12);
  }
}

TEST(AreaDistances, ReachOverTheWholeRangeOfDouble) {
  EXPECT_DOUBLE_EQ(w1({-1.5e308, 1.5e308}, {1.5e308, 1.5e308}), 1.5e308);
  EXPECT_DOUBLE_EQ(energy({-1e308}, {1e308}), 2e154);
  EXPECT_EQ(w1({-1.5e308}, {1.5e308}), INFINITY);  // 3e308
  EXPECT_EQ(w1({-1.5e308, 1.5e308}, {1.5e308, -1.5e308}), 0.0);
  EXPECT_EQ(w1({0.0, -0.0}, {-0.0}), 0.0);
}

TEST(AreaDistances, AreRefusedWithASentence) {
  const Values some = {1, 2};
  const Values infinite = {1, INFINITY};
  EXPECT_EQ(wasserstein_distance(some, Values{}).error().code, ErrorCode::kInsufficientData);
  EXPECT_EQ(wasserstein_distance(some, infinite).error().message,
            "wasserstein: 'current' holds an infinity, to which there is no distance");
  EXPECT_EQ(energy_distance(infinite, some).error().message,
            "energy: 'reference' holds an infinity, to which there is no distance");
  const auto weighted = [&](const Values& weights) {
    return wasserstein_distance(Weighted{some, weights}, Weighted{some, some});
  };
  EXPECT_EQ(weighted({1, 2, 3}).error().message,
            "wasserstein: 'reference' has 2 values and 3 weights");
  EXPECT_EQ(weighted({1, -2}).error().message,
            "wasserstein: 'reference' weight 1 is -2.000000, must be >= 0");
  EXPECT_EQ(weighted({0, 0}).error().code, ErrorCode::kInsufficientData);
  for (const double bad : {-1.0, 1e308, std::nan(""), double{INFINITY}})
    EXPECT_EQ(weighted({bad, bad}).error().code, ErrorCode::kInvalidArgument);
}

TEST(SortedDistances, AreThoseOfTheSingleMeasures) {
  Random random(6);
  for (int run = 0; run < 300; ++run) {
    const Values a = sorted(drawn(random, 400));
    const Values b = sorted(drawn(random, 400));
    const auto both = sorted_distances(a, b);
    const auto ks = kolmogorov_smirnov(a, b);
    EXPECT_EQ(both->ks.greater, ks->greater);
    EXPECT_EQ(both->ks.less, ks->less);
    EXPECT_EQ(both->ks.at, ks->at);
    EXPECT_EQ(both->wasserstein, *wasserstein_distance(a, b));
  }
  const auto infinite = sorted_distances(Values{1, 2}, Values{-INFINITY, INFINITY});
  EXPECT_EQ(infinite->ks.statistic(), 0.5);
  EXPECT_EQ(infinite->wasserstein, std::nullopt);
  EXPECT_EQ(sorted_distances(Values{}, Values{1}).error().code, ErrorCode::kInsufficientData);
}

TEST(FinitePart, LeavesOutInfinities) {
  const Values values = {-INFINITY, -INFINITY, -1, 2, INFINITY};
  const auto finite = finite_part(values);
  EXPECT_EQ(Values(finite.begin(), finite.end()), (Values{-1, 2}));
  EXPECT_TRUE(finite_part(Values{-INFINITY, INFINITY}).empty());
  EXPECT_TRUE(finite_part(Values{}).empty());
}

TEST(PopulationDeviation, NeitherOverflowsNorUnderflows) {
  EXPECT_DOUBLE_EQ(population_deviation(Values{1e300, 2e300}), 5e299);
  EXPECT_DOUBLE_EQ(population_deviation(Values{-1.7e308, 1.7e308}), 1.7e308);
  EXPECT_DOUBLE_EQ(population_deviation(Values{1e-300, 3e-300}), 1e-300);
  EXPECT_DOUBLE_EQ(population_deviation(Values{2, 4, 4, 4, 5, 5, 7, 9}), 2.0);
  EXPECT_EQ(population_deviation(Values{7, 7, 7}), 0.0);
  EXPECT_EQ(population_deviation(Values{}), 0.0);
}

}  // namespace
}  // namespace leeway::drift
