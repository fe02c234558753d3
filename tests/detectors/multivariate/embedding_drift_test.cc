#include "detectors/multivariate/embedding_drift.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/detectors/multivariate/samples.h"

namespace leeway::multivariate {
namespace {

/// Points around (1, 0, 0, ...).
Vectors vectors(std::size_t rows, std::size_t dimension, Random& random, double spread = 0.5) {
  Vectors made{.dimension = dimension};
  for (std::size_t i = 0; i < rows * dimension; ++i) {
    const double middle = i % dimension == 0 ? 1.0 : 0.0;
    made.values.push_back(static_cast<float>(middle + spread * normal(random)));
  }
  return made;
}

EmbeddingDrift drift_of(const Vectors& reference, const Vectors& current, std::uint64_t seed = 1) {
  auto found = embedding_drift(reference, current, {.permutations = 99, .seed = seed});
  EXPECT_TRUE(found) << (found ? "" : found.error().message);
  return found ? std::move(*found) : EmbeddingDrift{};
}

TEST(EmbeddingDrift, AngleSeesATurnThatLengthsDoNot) {
  Random random(1);
  const Vectors reference = vectors(300, 16, random);
  Vectors current = vectors(300, 16, random);
  for (std::size_t row = 0; row < 300; ++row)
    std::swap(current.values[row * 16], current.values[row * 16 + 1]);
  const EmbeddingDrift found = drift_of(reference, current);
  EXPECT_NEAR(found.cosine.value, 1.0, 0.1);  // a right angle
  EXPECT_EQ(found.cosine.p_value, 0.01);
  EXPECT_EQ(*found.mmd.p_value, 0.01);
  EXPECT_GT(found.norm.p_value, 0.01);
}

TEST(EmbeddingDrift, LengthsSeeAScaleThatTheAngleDoesNot) {
  Random random(2);
  const Vectors reference = vectors(300, 16, random);
  Vectors current = vectors(300, 16, random);
  for (float& value : current.values) value *= 1.2F;
  const EmbeddingDrift found = drift_of(reference, current);
  EXPECT_LT(found.norm.p_value, 1e-9);
  EXPECT_GT(found.norm.value, 0.5);
  EXPECT_GT(found.cosine.p_value, 0.01);
}

TEST(EmbeddingDrift, OfVectorsOfLengthOneCountsAThousandthAsADeviation) {
  Random random(3);
  const auto unit = [](Vectors made) {
    for (std::size_t row = 0; row < made.rows(); ++row) {
      float* at = made.values.data() + row * made.dimension;
      float sum = 0.0F;
      for (std::size_t d = 0; d < made.dimension; ++d) sum += at[d] * at[d];
      for (std::size_t d = 0; d < made.dimension; ++d) at[d] /= std::sqrt(sum);
    }
    return made;
  };
  const Vectors reference = unit(vectors(200, 8, random));
  Vectors current = unit(vectors(200, 8, random));
  EXPECT_LT(drift_of(reference, current).norm.value, 1e-3);  // float's rounding
  for (float& value : current.values) value *= 1.01F;
  EXPECT_NEAR(drift_of(reference, current).norm.value, 10.0, 0.1);
}

TEST(EmbeddingDrift, PValuesAreUniformWithoutDrift) {
  constexpr std::size_t kRuns = 200;
  constexpr double kAlpha = 0.1;
  std::size_t mmd = 0;
  std::size_t cosine = 0;
  std::size_t norm = 0;
  for (std::size_t run = 0; run < kRuns; ++run) {
    Random random(40 + run);
    const Vectors reference = vectors(60, 6, random);
    const EmbeddingDrift found = drift_of(reference, vectors(50, 6, random), run);
    mmd += *found.mmd.p_value <= kAlpha ? 1U : 0U;
    cosine += found.cosine.p_value <= kAlpha ? 1U : 0U;
    norm += found.norm.p_value <= kAlpha ? 1U : 0U;
  }
  const double reach = binomial_reach(kAlpha, kRuns);
  EXPECT_NEAR(static_cast<double>(mmd) / kRuns, kAlpha, reach);
  EXPECT_NEAR(static_cast<double>(cosine) / kRuns, kAlpha, reach);
  EXPECT_NEAR(static_cast<double>(norm) / kRuns, kAlpha, reach);
}

TEST(EmbeddingDrift, SaysWhatIsWrongWithItsVectors) {
  Random random(5);
  const Vectors reference = vectors(50, 8, random);
  const auto other = embedding_drift(reference, vectors(50, 4, random), {});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().message, "embedding: lists of 4 numbers, the reference has 8");
  const auto few = embedding_drift(reference, vectors(10, 8, random), {});
  ASSERT_FALSE(few);
  EXPECT_EQ(few.error().code, ErrorCode::kInsufficientData);
  Vectors wild = vectors(50, 8, random);
  wild.values[3] = std::numeric_limits<float>::quiet_NaN();
  const auto bad = embedding_drift(reference, wild, {});
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace leeway::multivariate
