#include "detectors/base/binning.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace leeway {
namespace {

using testing::ElementsAre;

TEST(QuantileEdges, LieBetweenValuesAndCoincideWithThem) {
  const std::vector<double> values = {1, 2, 3, 4, 5};
  EXPECT_THAT(quantile_edges(values, 4), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(quantile_edges(values, 3), ElementsAre(1, 1 + 1 + 1.0 / 3, 3 + 2.0 / 3, 5));
}

TEST(QuantileEdges, AreGivenOnceEach) {
  const std::vector<double> values = {0, 0, 0, 0, 0, 0, 0, 1};
  EXPECT_THAT(quantile_edges(values, 2), ElementsAre(0, 1));
  EXPECT_TRUE(quantile_edges({}, 10).empty());
}

TEST(QuantileEdges, StayFiniteOverTheWholeRangeOfDouble) {
  const double most = std::numeric_limits<double>::max();
  for (const double edge : quantile_edges(std::vector<double>{-most, most}, 7))
    EXPECT_TRUE(std::isfinite(edge));
}

TEST(Quantile, InterpolatesAsType7) {
  const std::vector<double> values = {1, 2, 4, 8};
  EXPECT_DOUBLE_EQ(quantile(values, 0.0), 1);
  EXPECT_DOUBLE_EQ(quantile(values, 0.5), 3);
  EXPECT_DOUBLE_EQ(quantile(values, 0.9), 6.8);
  EXPECT_DOUBLE_EQ(quantile(values, 1.0), 8);
}

TEST(EqualWidthEdges, EndExactlyAtTheUpperEnd) {
  EXPECT_THAT(equal_width_edges(0.0, 1.0, 4), ElementsAre(0.0, 0.25, 0.5, 0.75, 1.0));
  EXPECT_EQ(equal_width_edges(0.1, 0.7, 3).back(), 0.7);
  EXPECT_THAT(equal_width_edges(3.0, 3.0, 5), ElementsAre(3.0));
  const double most = std::numeric_limits<double>::max();
  for (const double edge : equal_width_edges(-most, most, 5)) EXPECT_TRUE(std::isfinite(edge));
}

}  // namespace
}  // namespace leeway
