#include "detectors/drift/psi.h"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/detectors/drift/samples.h"

namespace leeway::drift {
namespace {

using Counts = std::vector<std::uint64_t>;

Counts draw_counts(const std::vector<double>& shares, std::size_t n, Random& random) {
  Counts counts(shares.size());
  for (std::size_t i = 0; i < n; ++i) {
    double u = random.uniform();
    std::size_t bin = 0;
    while (bin + 1 < shares.size() && u >= shares[bin]) u -= shares[bin++];
    ++counts[bin];
  }
  return counts;
}

TEST(Psi, FollowsItsDefinition) {
  // B = 3: p = (30.5, 50.5, 20.5)/101.5, q = (10 + 1.5 p1, 25 + 1.5 p2, 15 + 1.5 p3)/51.5.
  const auto psi = population_stability_index(Counts{30, 50, 20}, Counts{10, 25, 15});
  ASSERT_TRUE(psi);
  double expected = 0.0;
  const double r[] = {30, 50, 20};
  const double c[] = {10, 25, 15};
  for (int k = 0; k < 3; ++k) {
    const double p = (r[k] + 0.5) / 101.5;
    const double q = (c[k] + 1.5 * p) / 51.5;
    EXPECT_NEAR(psi->contributions[static_cast<std::size_t>(k)], (q - p) * std::log(q / p), 1e-15);
    expected += (q - p) * std::log(q / p);
  }
  EXPECT_NEAR(psi->value, expected, 1e-15);
  EXPECT_EQ(psi->bins, 3U);
}

TEST(Psi, DoesNotSeeBinsThatAreEmptyOnBothSides) {
  const auto with = population_stability_index(Counts{30, 0, 50, 0, 20}, Counts{10, 0, 25, 0, 15});
  const auto without = population_stability_index(Counts{30, 50, 20}, Counts{10, 25, 15});
  EXPECT_EQ(with->value, without->value);
  EXPECT_EQ(with->bins, 3U);
  EXPECT_EQ(with->contributions[1], 0.0);
}

TEST(Psi, IsSmallerTheFewerRowsSayIt) {
  const auto psi = [](std::uint64_t n) {
    return population_stability_index(Counts{100, 100}, Counts{n, 0})->value;
  };
  EXPECT_LT(psi(1), psi(10));
  EXPECT_LT(psi(10), psi(1000));
}

TEST(Psi, NeedsRowsOnBothSidesAndTheSameBins) {
  EXPECT_EQ(population_stability_index(Counts{1, 2}, Counts{0, 0}).error().code,
            ErrorCode::kInsufficientData);
  EXPECT_EQ(population_stability_index(Counts{0, 0}, Counts{1, 2}).error().code,
            ErrorCode::kInsufficientData);
  EXPECT_EQ(population_stability_index(Counts{1}, Counts{1, 2}).error().code,
            ErrorCode::kInvalidArgument);
}

struct NullCase {
  const char* name;
  std::vector<double> shares;
  std::size_t reference_rows;
  std::size_t current_rows;
};

class PsiWithoutDrift : public testing::TestWithParam<NullCase> {};

TEST_P(PsiWithoutDrift, HasAMeanNearItsNoiseFloor) {
  const NullCase& test = GetParam();
  Random random(11);
  const int runs = 400;
  double sum = 0.0;
  double floor = 0.0;
  for (int run = 0; run < runs; ++run) {
    const auto psi =
        population_stability_index(draw_counts(test.shares, test.reference_rows, random),
                                   draw_counts(test.shares, test.current_rows, random));
    sum += psi->value / runs;
    floor += psi_noise_floor(psi->bins, static_cast<double>(test.reference_rows),
                             static_cast<double>(test.current_rows)) /
             runs;
  }
  // Chi-squared with 9 degrees of freedom over 400 runs: the mean is good to 2.4 %, at four errors
  // 10 %.
  EXPECT_NEAR(sum / floor, 1.0, 0.1);
}

const std::vector<double> kTenths(10, 0.1);

INSTANTIATE_TEST_SUITE_P(
    Sizes, PsiWithoutDrift,
    testing::Values(NullCase{"few", kTenths, 20'000, 200}, NullCase{"equal", kTenths, 2'000, 2'000},
                    NullCase{"uneven", {0.5, 0.2, 0.1, 0.1, 0.05, 0.05}, 20'000, 500}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(PsiWithoutDrift, IsNotManufacturedByBinsThatTheReferenceBarelyFills) {
  // Three bins with 1 of a million reference rows each, which 200 current rows never meet.
  Counts reference(10, 100'000);
  reference.insert(reference.end(), {1, 1, 1});
  std::vector<double> shares(10, 0.0999997);
  shares.insert(shares.end(), {1e-6, 1e-6, 1e-6});
  Random random(12);
  double shrunk = 0.0;
  double half_counts = 0.0;
  for (int run = 0; run < 300; ++run) {
    const Counts current = draw_counts(shares, 200, random);
    shrunk += population_stability_index(reference, current)->value / 300;
    half_counts +=
        population_stability_index(reference, current, {.rule = ZeroRule::kLaplace})->value / 300;
  }
  const double floor = psi_noise_floor(10, 1'000'000, 200);
  EXPECT_LT(shrunk, 1.2 * floor);
  EXPECT_GT(half_counts, 2.0 * floor);
}

TEST(PsiNoiseFloor, IsNothingForOneBinOrNoRows) {
  EXPECT_EQ(psi_noise_floor(1, 100, 100), 0.0);
  EXPECT_EQ(psi_noise_floor(5, 100, 0), 0.0);
  EXPECT_DOUBLE_EQ(psi_noise_floor(11, 1000, 100), 10 * (0.01 + 0.001));
}

TEST(PsiCounts, CountEveryValueOnce) {
  Random random(13);
  std::vector<double> values = sorted(normals(500, random));
  values.insert(values.begin(), -INFINITY);
  values.push_back(INFINITY);
  for (const auto outer : {OuterBins::kOpen, OuterBins::kSeparate}) {
    for (const std::vector<double>& edges :
         {std::vector<double>{}, {0.0}, {-1.0, 1.0}, {-2.0, 0.0, values[100]}}) {
      std::uint64_t total = 0;
      for (const std::uint64_t count : psi_counts(values, edges, outer)) total += count;
      EXPECT_EQ(total, values.size());
    }
  }
}

}  // namespace
}  // namespace leeway::drift
