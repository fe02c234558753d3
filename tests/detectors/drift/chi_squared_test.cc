#include "detectors/drift/chi_squared.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "detectors/base/random.h"
#include "detectors/drift/deviance.h"
#include "detectors/drift/divergences.h"
#include "detectors/drift/two_proportions.h"

namespace leeway::drift {
namespace {

using Counts = std::vector<std::uint64_t>;

/// The sets of the executed cross-check values: floor(u^m k) of a linear congruential generator,
/// cat(7, 600, 5, 2) against cat(8, 450, 5, 1); cat(9, 600, 4, 1) against cat(10, 450, 5, 1), with
/// a new category; cat(11, 300, 2, 1) against cat(12, 300, 2, 2).
struct Set {
  Counts reference;
  Counts current;
};
const Set kD{{264, 120, 81, 74, 61}, {94, 100, 76, 96, 84}};
const Set kE{{159, 148, 149, 144, 0}, {78, 103, 100, 84, 85}};
const Set kF{{170, 130}, {208, 92}};

/// Equal to twelve printed digits.
void expect_printed(double got, double printed) {
  EXPECT_NEAR(got, printed, 1e-11 * std::abs(printed)) << printed;
}
/// Equal to ten.
void expect_ten_digits(double got, double printed) {
  EXPECT_NEAR(got, printed, 1e-9 * std::abs(printed)) << printed;
}

Contingency contingency_of(const Set& set) { return *contingency(set.reference, set.current); }

// Computed with the peers' own, unchanged functions (SciPy's chi2_contingency underneath).
TEST(Contingency, GivesTheNumbersOfNannyMLAndFrouros) {
  expect_ten_digits(contingency_of(kD).yates.statistic, 69.18232185);
  expect_ten_digits(contingency_of(kD).yates.p_value, 3.377472663e-14);
  expect_ten_digits(contingency_of(kE).yates.statistic, 127.3538031);
  expect_ten_digits(contingency_of(kE).yates.p_value, 1.432920948e-26);
  expect_ten_digits(contingency_of(kF).yates.statistic, 9.788359788);
  expect_ten_digits(contingency_of(kF).yates.p_value, 0.001756200454);
}

TEST(Contingency, CorrectsForContinuityWithTwoCategoriesOnly) {
  expect_ten_digits(contingency_of(kF).pearson.statistic, 10.32461032);
  expect_ten_digits(contingency_of(kF).pearson.p_value, 0.001312679723);
  for (const Set& set : {kD, kE}) {
    EXPECT_EQ(contingency_of(set).pearson.statistic, contingency_of(set).yates.statistic);
    EXPECT_EQ(contingency_of(set).pearson.p_value, contingency_of(set).yates.p_value);
  }
}

// Edge cases of the same run of Frouros.
TEST(Contingency, GivesTheNumbersOfFrourosAtTheEdges) {
  expect_ten_digits(contingency_of({{50, 0}, {0, 60}}).yates.statistic, 106.0036389);
  expect_ten_digits(contingency_of({{50, 50}, {100, 0}}).yates.statistic, 64.02666667);
  expect_ten_digits(contingency_of({{999, 1}, {990, 10}}).yates.statistic, 5.850358792);
  EXPECT_NEAR(contingency_of({{999, 1}, {990, 10}}).yates.p_value, 0.01557, 5e-6);
}

TEST(GoodnessOfFit, GivesTheNumbersOfEvidently) {
  expect_printed(goodness_of_fit(kD.reference, kD.current)->pearson.p_value, 3.11088554705e-25);
  EXPECT_EQ(goodness_of_fit(kE.reference, kE.current)->pearson.p_value, 0.0);  // a new category
  expect_printed(goodness_of_fit(kF.reference, kF.current)->pearson.p_value, 9.53788007687e-06);
  expect_printed(goodness_of_fit(kF.reference, kF.current)->g.p_value, 6.59777706957e-06);
  EXPECT_NEAR(goodness_of_fit(Counts{50, 50}, Counts{100, 0})->pearson.p_value, 1.524e-23, 5e-27);
  EXPECT_NEAR(goodness_of_fit(Counts{999, 1}, Counts{990, 10})->pearson.p_value, 2.166e-19, 5e-23);
}

TEST(LInfinity, GivesTheNumbersOfNannyMLAndTFDV) {
  const auto distance = [](const Set& set) {
    return l_infinity(*shares(set.reference, set.current));
  };
  expect_printed(distance(kD), 0.231111111111);
  expect_printed(distance(kE), 0.188888888889);
  expect_printed(distance(kF), 0.126666666667);
}

TEST(TwoProportions, GiveTheNumberOfEvidently) {
  expect_printed(two_proportions_z(170, 300, 208, 300)->p_two_sided, 0.00131267972271);
}

/// As Deepchecks: both sides are scaled down to the smaller one and rounded to whole rows.
Set scaled_to_the_smaller(const Set& set) {
  const auto total = [](const Counts& counts) {
    double sum = 0.0;
    for (const std::uint64_t count : counts) sum += static_cast<double>(count);
    return sum;
  };
  const double least = std::min(total(set.reference), total(set.current));
  const auto scaled = [&](const Counts& counts) {
    Counts out;
    for (const std::uint64_t count : counts) {
      const double rows = static_cast<double>(count) * least / total(counts);
      out.push_back(static_cast<std::uint64_t>(std::nearbyint(rows)));
    }
    return out;
  };
  return {scaled(set.reference), scaled(set.current)};
}

TEST(CramersV, GivesTheNumbersOfDeepchecks) {
  const auto deepchecks = [](const Set& set) {
    const Contingency table = contingency_of(scaled_to_the_smaller(set));
    return cramers_v_bias_corrected(table.yates.statistic, table);
  };
  expect_printed(deepchecks(kD), 0.251304035294);
  expect_printed(deepchecks(kE), 0.322509231808);
  expect_printed(deepchecks(kF), 0.121115535759);
  expect_printed(deepchecks({{50, 0}, {0, 60}}), 0.979793814212);
  expect_printed(deepchecks({{50, 50}, {100, 0}}), 0.562760751385);
}

TEST(Contingency, SaysWhatIsWrongWithItsArguments) {
  const auto shapes = contingency(Counts{1, 2}, Counts{1, 2, 3});
  ASSERT_FALSE(shapes);
  EXPECT_EQ(shapes.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(shapes.error().message, "chi-squared: 'reference' has 2 categories, 'current' 3");
  EXPECT_EQ(contingency(Counts{1, 2}, Counts{0, 0}).error().code, ErrorCode::kInsufficientData);
  EXPECT_EQ(contingency(Counts{}, Counts{}).error().code, ErrorCode::kInsufficientData);
  EXPECT_EQ(contingency(Counts{5, 0}, Counts{7, 0}).error().message,
            "chi-squared: there is only one category");
}

TEST(Contingency, IsSymmetricAndZeroForEqualShares) {
  const Contingency there = contingency_of(kD);
  const Contingency back = contingency_of({kD.current, kD.reference});
  EXPECT_NEAR(there.pearson.statistic, back.pearson.statistic, 1e-10);
  EXPECT_NEAR(there.g.statistic, back.g.statistic, 1e-10);
  // A tenth of the rows with the same shares; exact where the plain sum of O ln(O/E) is not.
  const Contingency same = contingency_of({{1000, 2000, 3000}, {100, 200, 300}});
  EXPECT_NEAR(same.pearson.statistic, 0.0, 1e-20);
  EXPECT_NEAR(same.g.statistic, 0.0, 1e-20);
  EXPECT_EQ(same.pearson.p_value, 1.0);
}

TEST(TwoProportions, SquareToChiSquaredWithoutCorrection) {
  Random random(11);
  for (int i = 0; i < 200; ++i) {
    const std::uint64_t a = 1 + random.below(500);
    const std::uint64_t b = 1 + random.below(500);
    const std::uint64_t c = 1 + random.below(50);
    const std::uint64_t d = 1 + random.below(50);
    const auto z = two_proportions_z(a, a + b, c, c + d);
    const Contingency table = contingency_of({{a, b}, {c, d}});
    EXPECT_NEAR(z->z * z->z, table.pearson.statistic, 1e-9 * (1.0 + table.pearson.statistic));
    EXPECT_NEAR(z->p_two_sided, table.pearson.p_value, 1e-9);
    EXPECT_NEAR(z->p_less + z->p_greater, 1.0, 1e-15);
  }
}

TEST(TwoProportions, NeedRowsOfBothKinds) {
  EXPECT_EQ(two_proportions_z(0, 10, 0, 20).error().code, ErrorCode::kInsufficientData);
  EXPECT_EQ(two_proportions_z(10, 10, 20, 20).error().code, ErrorCode::kInsufficientData);
  EXPECT_EQ(two_proportions_z(0, 0, 5, 20).error().code, ErrorCode::kInsufficientData);
  EXPECT_EQ(two_proportions_z(11, 10, 5, 20).error().code, ErrorCode::kInvalidArgument);
}

TEST(CramersV, BiasCorrectedIsDefinedForTheSmallestTables) {
  for (const Set& set :
       {Set{{1, 0}, {0, 1}}, Set{{1, 1, 0}, {0, 0, 1}}, Set{{1, 0, 1}, {0, 1, 0}}}) {
    const Contingency table = contingency_of(set);
    const double v = cramers_v_bias_corrected(table.pearson.statistic, table);
    EXPECT_GE(v, 0.0);
    EXPECT_LE(v, 1.0);
  }
}

/// Counts of n rows that fall into k categories alike.
Counts drawn(std::size_t k, std::size_t n, Random& random) {
  Counts counts(k);
  for (std::size_t i = 0; i < n; ++i) ++counts[random.below(k)];
  return counts;
}

// 4,000 tables without drift: the share of p <= 0.05 has a standard deviation of 0.0034.
TEST(Contingency, RejectsWithoutDriftAsOftenAsItSays) {
  Random random(42);
  int pearson = 0;
  int g = 0;
  double v = 0.0;
  double corrected = 0.0;
  const int tables = 4000;
  for (int i = 0; i < tables; ++i) {
    const Contingency table = contingency_of({drawn(6, 3000, random), drawn(6, 400, random)});
    pearson += table.pearson.p_value <= 0.05 ? 1 : 0;
    g += table.g.p_value <= 0.05 ? 1 : 0;
    v += cramers_v(table.pearson.statistic, table) / tables;
    corrected += cramers_v_bias_corrected(table.pearson.statistic, table) / tables;
  }
  EXPECT_NEAR(pearson / double{tables}, 0.05, 0.012);
  EXPECT_NEAR(g / double{tables}, 0.05, 0.012);
  EXPECT_LT(corrected, 0.4 * v);  // what Bergsma's correction is for
}

TEST(Deviance, KeepsItsDigitsWhereTheCountIsWhatWasExpected) {
  EXPECT_EQ(deviance(7.0, 7.0), 0.0);
  EXPECT_EQ(deviance(0.0, 3.0), 3.0);
  // x ln(x/m) + m - x with m = x (1 + e): x (e - ln(1 + e)) = x (e^2/2 - e^3/3 + e^4/4 - ...).
  const double e = 1e-6;
  EXPECT_NEAR(deviance(1e9, 1e9 * (1.0 + e)), 1e9 * (e * e / 2.0 - e * e * e / 3.0), 1e-12);
  for (const double x : {0.5, 3.0, 80.0, 1e5}) {
    for (const double ratio : {0.01, 0.8, 0.83, 1.2, 1.25, 40.0}) {
      const double m = ratio * x;
      const double plain = x * std::log(x / m) + m - x;
      EXPECT_NEAR(deviance(x, m), plain, 1e-13 * (x + m)) << x << ' ' << ratio;
    }
  }
}

TEST(ChiSquaredP, ReachesFromOneToTheSmallestNumbers) {
  EXPECT_EQ(chi_squared_p(0.0, 3.0), 1.0);
  EXPECT_EQ(chi_squared_p(std::numeric_limits<double>::infinity(), 3.0), 0.0);
  EXPECT_EQ(chi_squared_p(1e6, 1.0), 0.0);
  // With two degrees of freedom it is exp(-x/2).
  for (const double x : {0.1, 5.0, 100.0, 1400.0})
    EXPECT_NEAR(chi_squared_p(x, 2.0), std::exp(-x / 2.0), 1e-13 * std::exp(-x / 2.0));
}

}  // namespace
}  // namespace leeway::drift
