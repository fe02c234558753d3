#include "detectors/multivariate/null.h"

#include <gtest/gtest.h>

namespace leeway::multivariate {
namespace {

TEST(Null, HasTheQuantilesOfTheBooks) {
  EXPECT_NEAR(Null::normal(1.0, 2.0).quantile(0.025), 1.0 + 2.0 * 1.959963985, 1e-8);
  EXPECT_NEAR(Null::largest_of(1.0, 1.0).quantile(0.05), 1.959963985, 1e-8);
  // Sidak: one of ten two-sided comparisons at 5 % is one of 1 - 0.95^(1/10) = 0.512 %.
  EXPECT_NEAR(Null::largest_of(1.0, 10.0).quantile(0.05), 2.7996252, 1e-6);
  // Frequency factors of Pearson type III, skewness 1 and 2, exceeded once in 100 (Harter, 1969).
  EXPECT_NEAR(Null::gamma(0.0, 1.0, 1.0).quantile(0.01), 3.02256, 1e-5);
  EXPECT_NEAR(Null::gamma(0.0, 1.0, 2.0).quantile(0.01), 3.60517, 1e-5);
}

TEST(Null, TailAndQuantileUndoEachOther) {
  for (const Null& null : {Null::normal(0.5, 0.01), Null::largest_of(0.2, 1.0),
                           Null::largest_of(0.2, 190.0), Null::gamma(0.001, 0.002, 0.7)}) {
    for (const double alpha : {0.4, 0.05, 1e-3, 1e-6}) {
      EXPECT_NEAR(null.tail(null.quantile(alpha)) / alpha, 1.0, 1e-8)
          << static_cast<int>(null.shape) << " " << alpha;
    }
  }
}

TEST(Null, MeanOfALargestValueIsThatOfTheBooks) {
  EXPECT_NEAR(Null::largest_of(1.0, 1.0).mean(), 0.797885, 1e-6);  // of |N(0, 1)|
  // The mean of the largest of 200 standard normal values is 2.7460 (Harter 1961), and the largest
  // of 100 absolute ones is about that.
  EXPECT_NEAR(Null::largest_of(1.0, 100.0).mean(), 2.746, 0.03);
}

TEST(Null, WithoutSkewnessIsNormalAndWithoutSpreadIsAStep) {
  EXPECT_EQ(Null::gamma(1.0, 2.0, 0.0), Null::normal(1.0, 2.0));
  EXPECT_EQ(Null::gamma(1.0, 2.0, -0.5), Null::normal(1.0, 2.0));
  const Null step = Null::largest_of(0.0, 1.0);
  EXPECT_EQ(step.tail(0.0), 1.0);
  EXPECT_EQ(step.tail(1e-9), 0.0);
  EXPECT_EQ(Null::gamma(0.0, 1.0, 0.5).tail(-10.0), 1.0);
}

}  // namespace
}  // namespace leeway::multivariate
