#include "detectors/drift/kolmogorov_smirnov.h"

#include <gtest/gtest.h>

#include <cmath>

#include "detectors/drift/kolmogorov_distribution.h"
#include "tests/detectors/drift/samples.h"

namespace leeway::drift {
namespace {

double share_up_to(const std::vector<double>& values, double x) {
  return static_cast<double>(
             std::count_if(values.begin(), values.end(), [x](double v) { return v <= x; })) /
         static_cast<double>(values.size());
}

/// By the definition: at every pooled value.
KsDistances slowly(const std::vector<double>& reference, const std::vector<double>& current) {
  KsDistances distances;
  for (const auto& side : {reference, current}) {
    for (const double x : side) {
      const double gap = share_up_to(reference, x) - share_up_to(current, x);
      distances.greater = std::max(distances.greater, gap);
      distances.less = std::max(distances.less, -gap);
    }
  }
  return distances;
}

TEST(KolmogorovSmirnov, IsWhatTheDefinitionGives) {
  Random random(1);
  for (int run = 0; run < 300; ++run) {
    const double ties = 1.0 + static_cast<double>(random.below(20));
    const auto draw = [ties](Random& r) { return std::floor(normal(r) * ties); };
    const auto reference = sorted(draws(1 + random.below(40), random, draw));
    const auto current = sorted(draws(1 + random.below(40), random, draw));
    const auto fast = kolmogorov_smirnov(reference, current);
    const KsDistances slow = slowly(reference, current);
    ASSERT_TRUE(fast);
    EXPECT_NEAR(fast->greater, slow.greater, 1e-14) << run;
    EXPECT_NEAR(fast->less, slow.less, 1e-14) << run;
    const double there =
        std::abs(share_up_to(reference, fast->at) - share_up_to(current, fast->at));
    EXPECT_NEAR(there, fast->statistic(), 1e-14) << run;
  }
}

TEST(KolmogorovSmirnov, CountsTheLastOfEqualValuesWhenOneSideEnds) {
  const auto distances = kolmogorov_smirnov(std::vector<double>{1}, std::vector<double>{1, 1, 2});
  EXPECT_DOUBLE_EQ(distances->greater, 1.0 / 3);
  EXPECT_DOUBLE_EQ(distances->less, 0.0);
}

TEST(KolmogorovSmirnov, DoesNotSeeAMonotoneMap) {
  Random random(2);
  std::vector<double> reference = sorted(normals(200, random));
  std::vector<double> current = sorted(normals(150, random, 0.3));
  const double before = kolmogorov_smirnov(reference, current)->statistic();
  for (auto* side : {&reference, &current}) {
    for (double& value : *side) value = std::exp(3.0 * value);
  }
  EXPECT_EQ(kolmogorov_smirnov(reference, current)->statistic(), before);
}

TEST(KolmogorovSmirnov, SwapsItsSidesWithTheSamples) {
  Random random(3);
  const std::vector<double> a = sorted(normals(70, random));
  const std::vector<double> b = sorted(normals(90, random, 0.5));
  EXPECT_EQ(kolmogorov_smirnov(a, b)->greater, kolmogorov_smirnov(b, a)->less);
  EXPECT_EQ(kolmogorov_smirnov(a, a)->statistic(), 0.0);
  EXPECT_EQ(kolmogorov_smirnov(a, {}).error().code, ErrorCode::kInsufficientData);
}

TEST(KsPExact, IsTheShareOfAllOrders) {
  // Every way to lay 3 and 4 values out in a row, by its distances.
  const std::size_t m = 3;
  const std::size_t n = 4;
  std::vector<KsDistances> all;
  for (unsigned pick = 0; pick < 128; ++pick) {
    if (std::popcount(pick) != static_cast<int>(m)) continue;
    std::vector<double> reference;
    std::vector<double> current;
    for (unsigned place = 0; place < m + n; ++place)
      ((pick >> place) % 2 == 1 ? reference : current).push_back(place);
    all.push_back(*kolmogorov_smirnov(reference, current));
  }
  ASSERT_EQ(all.size(), 35U);
  for (const Alternative side :
       {Alternative::kTwoSided, Alternative::kLess, Alternative::kGreater}) {
    for (const KsDistances& one : all) {
      const double d = one.statistic(side);
      const auto as_far = std::count_if(all.begin(), all.end(), [&](const KsDistances& other) {
        return other.statistic(side) >= d - 1e-12;
      });
      EXPECT_NEAR(ks_p_exact(d, m, n, side), static_cast<double>(as_far) / 35.0, 1e-14);
    }
  }
}

TEST(KsPExact, KeepsItsDigitsFarOutInTheTail) {
  // Two of the C(200, 100) orders separate the samples: 2 / 9.05e58.
  EXPECT_NEAR(ks_p_exact(1.0, 100, 100) / 2.208760693199503e-59, 1.0, 1e-12);
}

using PValue = double (*)(double, std::uint64_t, std::uint64_t, Alternative);

/// How often p is at most 0.05 without drift.
double rejections(PValue p_value, std::size_t m, std::size_t n, int runs) {
  Random random(4);
  int rejected = 0;
  for (int run = 0; run < runs; ++run) {
    const auto distances =
        kolmogorov_smirnov(sorted(normals(m, random)), sorted(normals(n, random)));
    rejected += p_value(distances->statistic(), m, n, Alternative::kTwoSided) <= 0.05 ? 1 : 0;
  }
  return static_cast<double>(rejected) / runs;
}

TEST(KsPValues, RejectAtTheirLevelWithoutDrift) {
  // Binomial: 4 standard errors of 0.05 over 2,000 runs are 0.0195. The statistic takes few values,
  // so that the exact test may stay below its level but never rise above it.
  EXPECT_NEAR(rejections(&ks_p_exact, 90, 70, 2000), 0.045, 0.0195);
  EXPECT_LE(rejections(&ks_p_exact, 90, 70, 2000), 0.05 + 0.0195);
  EXPECT_NEAR(rejections(&ks_p_asymptotic, 300, 250, 2000), 0.05, 0.0195);
  EXPECT_NEAR(rejections(&ks_p_limit, 300, 250, 2000), 0.045, 0.0195);
}

TEST(KolmogorovDistribution, JoinsWhereItsFormulasMeet) {
  for (const double z : {0.5, 0.8, 1.2, 1.5}) {
    const double there = kolmogorov_sf(z / std::sqrt(140.0), 140);
    EXPECT_NEAR(kolmogorov_sf(z / std::sqrt(141.0), 141), there, 2e-4)
        << z;  // n itself moves it by 5e-5
  }
  for (const std::uint64_t n : {100U, 1000U}) {
    const double d = std::sqrt(2.5 / static_cast<double>(n));
    EXPECT_NEAR(kolmogorov_sf(d * (1 + 1e-12), n), kolmogorov_sf(d * (1 - 1e-12), n), 2e-6) << n;
  }
  for (const double energy : {3.0, 10.0, 40.0}) {
    const double at = kolmogorov_sf(std::sqrt(energy / 5000.0), 5000);
    EXPECT_NEAR(kolmogorov_sf(std::sqrt(energy / 5001.0), 5001) / at, 1.0, 0.02) << energy;
  }
  EXPECT_NEAR(kolmogorov_limit_sf(1.0 - 1e-9), kolmogorov_limit_sf(1.0 + 1e-9), 1e-8);
}

// Twice Smirnov's sum, all of it, with 60 decimal digits.
TEST(KolmogorovDistribution, KeepsItsDigitsInTheTailOfLargeSamples) {
  EXPECT_NEAR(kolmogorov_sf(0.05, 6000) / 1.7821450409183714e-13, 1.0, 1e-10);
  EXPECT_NEAR(kolmogorov_sf(0.03, 20'000) / 4.516330038670992e-16, 1.0, 1e-10);
  EXPECT_NEAR(kolmogorov_sf(0.1, 9000) / 8.438570289805172e-79, 1.0, 1e-10);
}

TEST(KolmogorovDistribution, IsInvertedByItsQuantile) {
  for (const double p : {0.999, 0.5, 0.05, 1e-3, 1e-9}) {
    EXPECT_NEAR(kolmogorov_limit_sf(kolmogorov_limit_isf(p)) / p, 1.0, 1e-9) << p;
  }
  EXPECT_NEAR(kolmogorov_limit_isf(0.05), 1.3581, 1e-4);  // the well-known table
}

TEST(KsNoiseFloor, IsTheMeanWithoutDrift) {
  Random random(5);
  double sum = 0.0;
  for (int run = 0; run < 400; ++run) {
    sum += kolmogorov_smirnov(sorted(normals(500, random)), sorted(normals(400, random)))
               ->statistic() /
           400;
  }
  // The limit; at these sizes the mean is 2-3 % below it.
  EXPECT_NEAR(sum / ks_noise_floor(500, 400), 0.98, 0.05);
}

}  // namespace
}  // namespace leeway::drift
