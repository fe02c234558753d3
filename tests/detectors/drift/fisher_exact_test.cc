#include "detectors/drift/fisher_exact.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "detectors/base/random.h"
#include "detectors/drift/chi_squared.h"

namespace leeway::drift {
namespace {

struct Case {
  Table2x2 table;
  double two_sided;
  double less;
  double greater;
};

// Sums of the hypergeometric weights in decimal arithmetic of 60 digits.
TEST(FisherExact, IsExactForLargeCounts) {
  const Case cases[] = {
      {{50000, 49000, 60000, 61000},
       1.8585529494913138e-05,
       0.99999105872050353,
       9.2927647474565689e-06},
      {{500000, 500000, 499000, 501000},
       0.15771450478811258,
       0.92155785508606836,
       0.07885725239405629},
      {{3, 99997, 60, 99940}, 8.9762516128172144e-15, 4.4881258064086072e-15, 0.99999999999999978},
      {{1000, 9000, 1500, 8500}, 1.0141095629572775e-26, 5.0705478147863874e-27, 1.0},
      {{20, 1999980, 3, 999997}, 0.04511117066827753, 0.99325047010552714, 0.026474832776112796},
      {{0, 300, 40, 10}, 1.4691321028618285e-43, 1.4691321028618285e-43, 1.0},
      {{200000, 100, 100, 200000}, 0.0, 1.0, 0.0},
      {{40, 2, 1, 60}, 5.5878278533852568e-25, 1.0, 5.5878278533852568e-25},
  };
  for (const Case& expected : cases) {
    const auto test = fisher_exact(expected.table);
    ASSERT_TRUE(test);
    EXPECT_NEAR(test->p_two_sided, expected.two_sided, 1e-11 * expected.two_sided);
    EXPECT_NEAR(test->p_less, expected.less, 1e-11 * expected.less);
    EXPECT_NEAR(test->p_greater, expected.greater, 1e-11 * expected.greater);
  }
}

/// The definition, term by term.
FisherExact by_enumeration(const Table2x2& t) {
  const double row = static_cast<double>(t.a + t.b);
  const double other = static_cast<double>(t.c + t.d);
  const double column = static_cast<double>(t.a + t.c);
  const auto log_choose = [](double n, double k) {
    return std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0);
  };
  const auto probability = [&](double x) {
    return std::exp(log_choose(row, x) + log_choose(other, column - x) -
                    log_choose(row + other, column));
  };
  const double a = static_cast<double>(t.a);
  FisherExact test{.p_two_sided = 0.0, .p_less = 0.0, .p_greater = 0.0};
  for (double x = std::max(0.0, column - other); x <= std::min(row, column); x += 1.0) {
    const double p = probability(x);
    if (p <= probability(a) * (1.0 + 1e-7)) test.p_two_sided += p;
    if (x <= a) test.p_less += p;
    if (x >= a) test.p_greater += p;
  }
  return test;
}

TEST(FisherExact, EqualsTheSumOverAllTables) {
  Random random(5);
  for (int i = 0; i < 3000; ++i) {
    const std::uint64_t most = i % 2 == 0 ? 12 : 90;  // small ones have ties and empty cells
    const Table2x2 table{random.below(most), random.below(most), random.below(most),
                         random.below(most)};
    const FisherExact expected = by_enumeration(table);
    const auto test = fisher_exact(table);
    ASSERT_TRUE(test);
    EXPECT_NEAR(test->p_two_sided, expected.p_two_sided, 1e-10 * expected.p_two_sided);
    EXPECT_NEAR(test->p_less, expected.p_less, 1e-10 * expected.p_less);
    EXPECT_NEAR(test->p_greater, expected.p_greater, 1e-10 * expected.p_greater);
  }
}

TEST(FisherExact, StaysTheSameWhenTheTableIsTurned) {
  const auto there = fisher_exact({7, 31, 25, 40});
  const auto turned = fisher_exact({7, 25, 31, 40});
  const auto swapped = fisher_exact({25, 40, 7, 31});
  EXPECT_NEAR(there->p_two_sided, turned->p_two_sided, 1e-13);
  EXPECT_NEAR(there->p_two_sided, swapped->p_two_sided, 1e-13);
  EXPECT_NEAR(there->p_less, swapped->p_greater, 1e-13);
  EXPECT_NEAR(*there->odds_ratio, 1.0 / *swapped->odds_ratio, 1e-13);
}

TEST(FisherExact, ApproachesTheCorrectedChiSquaredTestWithABillionRows) {
  const Table2x2 table{250'030'000, 249'970'000, 250'000'000, 250'000'000};
  const auto test = fisher_exact(table);
  const auto normal = contingency(std::vector<std::uint64_t>{table.a, table.b},
                                  std::vector<std::uint64_t>{table.c, table.d});
  EXPECT_NEAR(test->p_two_sided, normal->yates.p_value, 1e-6);
  EXPECT_NEAR(test->p_less + test->p_greater, 1.0, 1e-4);  // one table is in both
}

TEST(FisherExact, HasNoOddsWhereNothingCanBeCompared) {
  EXPECT_FALSE(fisher_exact({5, 0, 7, 0})->odds_ratio);
  EXPECT_EQ(fisher_exact({5, 0, 7, 0})->p_two_sided, 1.0);
  EXPECT_EQ(fisher_exact({0, 0, 0, 0})->p_less, 1.0);
  EXPECT_EQ(*fisher_exact({5, 0, 7, 2})->odds_ratio, std::numeric_limits<double>::infinity());
  EXPECT_EQ(*fisher_exact({0, 5, 7, 2})->odds_ratio, 0.0);
}

TEST(FisherExact, RefusesCountsThatADoubleCannotHold) {
  const auto test = fisher_exact({1, 2, 3, std::uint64_t{1} << 50U});
  ASSERT_FALSE(test);
  EXPECT_EQ(test.error().code, ErrorCode::kInvalidArgument);
}

// At the level 0.05 an exact test rejects less often without drift, never more.
TEST(FisherExact, RejectsWithoutDriftNoMoreOftenThanItSays) {
  Random random(8);
  int rejected = 0;
  const int tables = 3000;
  for (int i = 0; i < tables; ++i) {
    Table2x2 table;
    for (int k = 0; k < 120; ++k) ++(random.uniform() < 0.3 ? table.a : table.b);
    for (int k = 0; k < 80; ++k) ++(random.uniform() < 0.3 ? table.c : table.d);
    rejected += fisher_exact(table)->p_two_sided <= 0.05 ? 1 : 0;
  }
  const double share = rejected / double{tables};
  EXPECT_LT(share, 0.05 + 3.0 * std::sqrt(0.05 * 0.95 / tables));
  EXPECT_GT(share, 0.02);  // nor is it blind
}

}  // namespace
}  // namespace leeway::drift
