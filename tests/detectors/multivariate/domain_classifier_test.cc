#include "detectors/multivariate/domain_classifier.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/detectors/multivariate/samples.h"

namespace leeway::multivariate {
namespace {

DomainClassifier classified(const Table& reference, const Table& current, std::uint64_t seed = 1) {
  auto found = domain_classifier(reference, current, {.seed = seed});
  EXPECT_TRUE(found) << (found ? "" : found.error().message);
  return found ? std::move(*found) : DomainClassifier{};
}

// Exchangeable held-out scores, with the doubled variance of dependent folds; two shapes of data,
// since the doubling is derived for one direction alone.
TEST(DomainClassifier, PValuesAreUniformWithoutDrift) {
  constexpr std::size_t kRuns = 300;
  for (const std::size_t columns : {std::size_t{1}, std::size_t{5}}) {
    std::size_t below[2] = {};
    constexpr double kAlphas[2] = {0.05, 0.25};
    for (std::size_t run = 0; run < kRuns; ++run) {
      Random random(run + 1000 * columns);
      const Table reference = factor_table(120, columns, 1, random);
      const Table current = factor_table(90, columns, 1, random);
      const auto found =
          domain_classifier(reference, current, {.seed = run, .boosting = {.trees = 12}});
      ASSERT_TRUE(found);
      for (int i = 0; i < 2; ++i) below[i] += found->p_value <= kAlphas[i] ? 1U : 0U;
    }
    for (int i = 0; i < 2; ++i) {
      EXPECT_NEAR(static_cast<double>(below[i]) / kRuns, kAlphas[i],
                  binomial_reach(kAlphas[i], kRuns))
          << columns << " columns";
    }
  }
}

TEST(DomainClassifier, FindsAColumnThatNoLongerGoesWithTheOthersAndNamesIt) {
  constexpr std::size_t kRuns = 5;
  std::size_t found = 0;
  std::size_t named_first = 0;
  for (std::size_t run = 0; run < kRuns; ++run) {
    Random random(500 + run);
    const Table reference = factor_table(600, 8, 2, random);
    Table current = factor_table(600, 8, 2, random);
    shuffle(current.columns[3].numbers, random);  // the same values in other rows
    const DomainClassifier result = classified(reference, current, run);
    found += result.p_value <= 0.001 ? 1U : 0U;
    named_first += !result.carriers.empty() && result.carriers.front().column == "x3" ? 1U : 0U;
    EXPECT_LE(result.lower, result.auc);
    EXPECT_GE(result.upper, result.auc);
  }
  EXPECT_EQ(found, kRuns);
  EXPECT_GE(named_first, kRuns - 1);
}

TEST(DomainClassifier, SeesCategoriesThatNoLongerGoWithNumbers) {
  Random random(7);
  const Table reference = factor_table(1000, 6, 2, random);
  Table current = factor_table(1000, 6, 2, random);
  shuffle(current.columns[6].codes, random);
  EXPECT_LT(classified(reference, current).p_value, 1e-4);
}

TEST(DomainClassifier, SeesThatValuesWentMissing) {
  Random random(8);
  const Table reference = factor_table(500, 4, 0, random);
  Table current = factor_table(500, 4, 0, random);
  for (std::size_t i = 0; i < 500; i += 4)
    current.columns[2].numbers[i] = std::numeric_limits<double>::quiet_NaN();
  const DomainClassifier result = classified(reference, current);
  EXPECT_LT(result.p_value, 1e-6);
  ASSERT_FALSE(result.carriers.empty());
  EXPECT_EQ(result.carriers.front().column, "x2");
  EXPECT_GT(result.carriers.front().share, 0.7);
}

TEST(DomainClassifier, DoesNotChangeUnderMonotoneMaps) {
  Random random(9);
  Table reference = factor_table(300, 3, 1, random);
  Table current = factor_table(300, 3, 1, random);
  shuffle(current.columns[0].numbers, random);
  const double plain = classified(reference, current).auc;
  for (Table* table : {&reference, &current}) {
    for (double& value : table->columns[0].numbers) value = std::exp(value);
  }
  EXPECT_EQ(classified(reference, current).auc, plain);
  EXPECT_GT(plain, 0.55);
}

TEST(DomainClassifier, TellsDisjointRowsApartPerfectly) {
  Random random(10);
  const Table reference = factor_table(200, 2, 0, random);
  Table current = factor_table(200, 2, 0, random);
  for (double& value : current.columns[1].numbers) value += 100.0;
  const DomainClassifier result = classified(reference, current);
  EXPECT_GT(result.auc, 0.999);  // a bin may hold the last of one and the first of the other
  EXPECT_EQ(result.carriers.front().column, "x1");
}

TEST(DomainClassifier, NeedsTenRowsInAFold) {
  Random random(11);
  const auto found =
      domain_classifier(factor_table(500, 2, 0, random), factor_table(49, 2, 0, random), {});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kInsufficientData);
  EXPECT_EQ(found.error().message, "domain_classifier: 49 rows, 50 are needed on each side");
}

TEST(Carriers, AreNamedUntilTwoThirdsAreTold) {
  EXPECT_EQ(named(carriers_of({"a", "b", "c", "d"}, {0.5, 0.25, 0.25, -1.0})),
            "a (50 %), b (25 %)");
  EXPECT_EQ(named(carriers_of({"a", "b"}, {0.9, 0.1})), "a (90 %)");
  EXPECT_EQ(named(carriers_of({"a", "b", "c", "d", "e"}, {1, 1, 1, 1, 1})),
            "a (20 %), b (20 %), c (20 %)");
  EXPECT_EQ(named({}), "");
  EXPECT_TRUE(carriers_of({"a"}, {0.0}).empty());
}

}  // namespace
}  // namespace leeway::multivariate
