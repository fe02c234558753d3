#include "detectors/threshold/persistence.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "detectors/base/random.h"
#include "tests/detectors/drift/samples.h"

namespace leeway::threshold {
namespace {

/// Deviations of windows from one to the next, of variance 1.
std::vector<double> autoregression(std::size_t n, double phi, Random& random) {
  std::vector<double> values(n);
  double state = drift::normal(random);
  for (double& value : values) {
    value = state;
    state = phi * state + std::sqrt(1.0 - phi * phi) * drift::normal(random);
  }
  return values;
}

Differences differences_of(const std::vector<double>& windows, double noise) {
  const auto n = static_cast<double>(windows.size());
  double sum = 0.0;
  for (const double window : windows) sum += window;
  Differences differences{.noise_from_all = noise, .noise_from_next = 2.0 * noise};
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const double others = (sum - windows[i]) / (n - 1.0);
    differences.from_all += (windows[i] - others) * (windows[i] - others) / n;
    if (i + 1 < windows.size())
      differences.from_next += std::pow(windows[i] - windows[i + 1], 2.0) / (n - 1.0);
  }
  differences.from_all += noise;
  differences.from_next += 2.0 * noise;
  return differences;
}

TEST(Persistence, OfIndependentWindowsIsNone) {
  Random random(1);
  const auto windows = autoregression(3000, 0.0, random);
  const Persistence persistence = persistence_of(differences_of(windows, 0.0), 3000);
  EXPECT_GT(persistence.effective_windows, 2980.0);
  EXPECT_LT(persistence.inflation, 1.001);
}

TEST(Persistence, IsThatOfTheAutoregressionInALongSeries) {
  Random random(2);
  for (const double phi : {0.3, 0.6, 0.8}) {
    constexpr double kWindows = 20'000;
    const auto windows = autoregression(static_cast<std::size_t>(kWindows), phi, random);
    const Persistence persistence = persistence_of(differences_of(windows, 0.0), windows.size());
    const double squares = (1.0 - phi * phi) / (1.0 + phi * phi);
    EXPECT_NEAR(persistence.effective_windows / kWindows / squares, 1.0, 0.05) << phi;
    const double v = (1.0 + phi) / (1.0 - phi) / kWindows;
    EXPECT_NEAR(persistence.inflation, 1.0 + 2.0 * (v - 1.0 / kWindows), 1e-4) << phi;
  }
}

TEST(Persistence, CountsLessWhereTheLuckOfRowsIsMostOfAStray) {
  Random random(3);
  const auto windows = autoregression(30, 0.8, random);
  const Persistence clear = persistence_of(differences_of(windows, 0.0), 30);
  const Persistence noisy = persistence_of(differences_of(windows, 20.0), 30);
  EXPECT_LT(clear.effective_windows, 20.0);
  EXPECT_GT(clear.inflation, 1.1);
  EXPECT_GT(noisy.effective_windows, 29.0);
  EXPECT_LT(noisy.inflation, 1.1);
  EXPECT_GT(noisy.inflation, 1.0);
}

TEST(Persistence, IsBoundedForWindowsThatMoveOnAndNothingForThoseThatDoNot) {
  std::vector<double> trend(30);
  for (std::size_t i = 0; i < trend.size(); ++i) trend[i] = static_cast<double>(i);
  const Persistence moving = persistence_of(differences_of(trend, 0.0), 30);
  EXPECT_GT(moving.effective_windows, 1.0);
  EXPECT_LT(moving.effective_windows, 6.0);
  EXPECT_GT(moving.inflation, 2.0);
  EXPECT_LT(moving.inflation, 6.0);
  const Persistence still = persistence_of(differences_of(std::vector<double>(30), 0.1), 30);
  EXPECT_EQ(still.effective_windows, 30.0);
  EXPECT_EQ(still.inflation, 1.0);
  std::vector<double> alternating(30);
  for (std::size_t i = 0; i < alternating.size(); ++i) alternating[i] = i % 2 == 0 ? 1.0 : -1.0;
  EXPECT_EQ(persistence_of(differences_of(alternating, 0.0), 30).inflation, 1.0);
}

}  // namespace
}  // namespace leeway::threshold
