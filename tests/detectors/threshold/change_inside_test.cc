#include "detectors/threshold/change_inside.h"

#include <gmock/gmock.h>

#include "tests/detectors/drift/samples.h"

namespace leeway::threshold {
namespace {

using drift::normals;
using drift::reference_of;
using testing::HasSubstr;

constexpr std::size_t kWindows = 14;

/// Windows whose mean strays by 0.3 standard deviations besides what `mean_of`
/// says of each.
template <class MeanOf>
profile::Reference series(std::uint64_t seed, MeanOf mean_of, std::size_t count = kWindows) {
  Random random(seed);
  std::vector<std::vector<double>> windows;
  for (std::size_t i = 0; i < count; ++i)
    windows.push_back(normals(500, random, mean_of(i) + drift::normal(random, 0.0, 0.3)));
  return reference_of(windows);
}

TEST(ChangeInside, IsFoundWhereItHappens) {
  const auto change =
      change_inside(series(1, [](std::size_t i) { return i < 6 ? 0.0 : 1.5; }), 200, 1);
  ASSERT_TRUE(change);
  EXPECT_EQ(change->first, 6U);
  EXPECT_EQ(change->column, 0U);
  EXPECT_LE(change->p_value, 0.01);
  EXPECT_GT(change->psi, 0.5);
  EXPECT_THAT(change->sentence, HasSubstr("of rows"));
}

TEST(ChangeInside, IsNotFoundInWindowsThatMerelyStray) {
  // At 0.01 one of a hundred is expected; five have a probability of 0.3 %.
  int found = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    if (change_inside(series(seed, [](std::size_t) { return 0.0; }), 200, seed)) ++found;
  }
  EXPECT_LE(found, 4);
}

TEST(ChangeInside, IsNotWhatWeekendsAre) {
  const auto weekly = [](std::size_t i) { return i % 7 >= 5 ? 2.0 : 0.0; };
  EXPECT_FALSE(change_inside(series(3, weekly), 200, 3));
}

TEST(ChangeInside, IsNotShownByTooFewWindows) {
  const auto half = [](std::size_t i) { return i < 3 ? 0.0 : 3.0; };
  EXPECT_FALSE(change_inside(series(4, half, 6), 200, 4));
}

TEST(ChangeInside, IsOfNoAccountBelowThePracticalFloor) {
  Random random(5);
  std::vector<std::vector<double>> windows;
  for (std::size_t i = 0; i < kWindows; ++i)
    windows.push_back(normals(5000, random, i < 7 ? 0.0 : 0.12));
  EXPECT_FALSE(change_inside(reference_of(windows), 200, 5));
}

}  // namespace
}  // namespace leeway::threshold
